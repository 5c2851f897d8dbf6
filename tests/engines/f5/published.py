"""Small checkpoints with random weights, laid out as the published ones are."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

ENTRIES = [" ", *(chr(code) for code in range(33, 127)), "é", "，", "。", "ni3", "hao3", "shi4", "jie4"]
"""What the small models can read."""

DIM, HEADS, TEXT, MEL = 128, 2, 32, 100

Tensors = dict[str, Tensor]


def folder(path: Path, family: str = "f5-v1", *, seed: int = 0) -> Path:
    """A folder as a fine-tune has it: weights, vocabulary and family."""
    path.mkdir(parents=True, exist_ok=True)
    save_file(ema(backbone(family, seed=seed)), path / "model.safetensors")
    (path / "vocab.txt").write_text("".join(f"{entry}\n" for entry in ENTRIES), encoding="utf-8")
    (path / "model.toml").write_text(f'family = "{family}"\nlicence = "MIT"\n')
    return path


def vocoder_folder(path: Path, *, seed: int = 0) -> Path:
    """A folder with Vocos, as published."""
    path.mkdir(parents=True, exist_ok=True)
    torch.save(vocoder(seed=seed), path / "pytorch_model.bin")
    return path


def ema(tensors: Tensors) -> Tensors:
    """The tensors as training saves their moving average, with its counters and tables."""
    named = {f"ema_model.transformer.{key}": value for key, value in tensors.items()}
    counters = {"initted": torch.tensor(True), "step": torch.tensor(1)}
    return named | counters | {"ema_model.mel_spec.mel_stft.mel_scale.fb": torch.zeros(513, 100)}


def backbone(family: str = "f5-v1", *, seed: int = 0) -> Tensors:
    """The tensors of a transformer, without prefixes."""
    text_dim, layers = (MEL, 4) if family == "e2" else (TEXT, 2)
    shapes: dict[str, tuple[int, ...]] = {
        **_linear("time_embed.time_mlp.0", 256, DIM),
        **_linear("time_embed.time_mlp.2", DIM, DIM),
        "text_embed.text_embed.weight": (len(ENTRIES) + 1, text_dim),
        **_linear("input_embed.proj", 2 * MEL + text_dim, DIM),
        "rotary_embed.inv_freq": (32,),
        **_linear("proj_out", DIM, MEL),
    }
    for index in (0, 2):
        shapes |= _convolution(f"input_embed.conv_pos_embed.conv1d.{index}", DIM, DIM // 16, 31)
    if family == "e2":
        shapes["norm_out.g"] = (DIM,)
        for index in range(layers):
            shapes |= _unet_layer(f"layers.{index}", later=index >= layers // 2)
    else:
        shapes |= _linear("norm_out.linear", DIM, 2 * DIM)
        for index in range(layers):
            shapes |= _dit_block(f"transformer_blocks.{index}")
        for index in range(2):
            shapes |= _text_block(f"text_embed.text_blocks.{index}")
    return _drawn(shapes, seed)


def vocoder(*, seed: int = 0) -> Tensors:
    """The tensors of a vocoder."""
    dim, inner = 32, 64
    shapes: dict[str, tuple[int, ...]] = {
        **_convolution("backbone.embed", dim, MEL, 7),
        **_norm("backbone.norm", dim),
        **_norm("backbone.final_layer_norm", dim),
        **_linear("head.out", dim, 1026),
        "head.istft.window": (1024,),
        "feature_extractor.mel_spec.spectrogram.window": (1024,),
    }
    for index in range(2):
        block = f"backbone.convnext.{index}"
        shapes |= _convolution(f"{block}.dwconv", dim, 1, 7) | _norm(f"{block}.norm", dim)
        shapes |= _linear(f"{block}.pwconv1", dim, inner) | _linear(f"{block}.pwconv2", inner, dim)
        shapes[f"{block}.gamma"] = (dim,)
    return _drawn(shapes, seed)


def _dit_block(name: str) -> dict[str, tuple[int, ...]]:
    shapes = _linear(f"{name}.attn_norm.linear", DIM, 6 * DIM)
    return shapes | _attention(f"{name}.attn") | _feed_forward(f"{name}.ff", 2)


def _unet_layer(name: str, *, later: bool) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {f"{name}.1.g": (DIM,), f"{name}.3.g": (DIM,)}
    if later:
        shapes[f"{name}.0.weight"] = (DIM, 2 * DIM)
    return shapes | _attention(f"{name}.2") | _feed_forward(f"{name}.4", 4)


def _text_block(name: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{name}.grn.{part}": (1, 1, 2 * TEXT) for part in ("gamma", "beta")
    }
    shapes |= _convolution(f"{name}.dwconv", TEXT, 1, 7) | _norm(f"{name}.norm", TEXT)
    return shapes | _linear(f"{name}.pwconv1", TEXT, 2 * TEXT) | _linear(f"{name}.pwconv2", 2 * TEXT, TEXT)


def _attention(name: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for part in ("to_q", "to_k", "to_v", "to_out.0"):
        shapes |= _linear(f"{name}.{part}", DIM, DIM)
    return shapes


def _feed_forward(name: str, factor: int) -> dict[str, tuple[int, ...]]:
    return _linear(f"{name}.ff.0.0", DIM, factor * DIM) | _linear(f"{name}.ff.2", factor * DIM, DIM)


def _linear(name: str, into: int, out: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


def _convolution(name: str, out: int, into: int, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into, width), f"{name}.bias": (out,)}


def _norm(name: str, size: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (size,), f"{name}.bias": (size,)}


def _drawn(shapes: dict[str, tuple[int, ...]], seed: int) -> Tensors:
    source = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, shape in sorted(shapes.items()):
        drawn = torch.randn(shape, generator=source)
        scale = drawn[0].numel() ** -0.5 if drawn.dim() > 1 else 0.1
        tensors[name] = drawn * scale
    return tensors
