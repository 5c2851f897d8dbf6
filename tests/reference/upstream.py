"""The `f5-tts` package's own models with seeded random weights, small or as large as the published ones."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from f5_tts.model import CFM, DiT, UNetT
from f5_tts.model.utils import convert_char_to_pinyin, list_str_to_idx
from safetensors.torch import save_file
from torch import Tensor, nn

SMALL = {"f5-v1": (96, 3, 64), "f5": (96, 3, 64), "e2": (96, 4, 100)}
FULL = {"f5-v1": (1024, 22, 512), "f5": (1024, 22, 512), "e2": (1024, 24, 100)}


def vocabulary() -> list[str]:
    """That of the published models, which the package carries."""
    import f5_tts

    path = Path(f5_tts.__path__[0]) / "infer/examples/vocab.txt"
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def model(family: str, *, masks: bool, sizes: dict[str, tuple[int, int, int]] = SMALL, seed: int = 0) -> Any:
    dim, depth, text_dim = sizes[family]
    entries = vocabulary()
    common: dict[str, Any] = {
        "dim": dim,
        "depth": depth,
        "heads": dim // 64 if dim > 128 else 2,
        "text_num_embeds": len(entries),
        "mel_dim": 100,
        "attn_mask_enabled": masks,
        "pe_attn_head": None if family == "f5-v1" else 1,
    }
    with warnings.catch_warnings():  # its advice to install flash-attn
        warnings.simplefilter("ignore")
        if family == "e2":
            net: nn.Module = UNetT(ff_mult=4, text_mask_padding=False, **common)
        else:
            hides = family == "f5-v1"
            net = DiT(ff_mult=2, text_dim=text_dim, conv_layers=4, text_mask_padding=hides, **common)
    randomize(net, seed)
    return CFM(net, vocab_char_map={entry: index for index, entry in enumerate(entries)}).eval()


def randomize(module: nn.Module, seed: int) -> None:
    """Weights under which every part matters: features keep their size from layer to layer."""
    source = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        drawn = torch.randn(parameter.shape, generator=source)
        if parameter.dim() > 1 and "embed.weight" not in name:
            drawn *= parameter[0].numel() ** -0.5
        elif parameter.dim() == 1 and name.endswith((".g", "norm.weight", "gamma")):
            drawn = 1 + 0.1 * drawn
        else:
            drawn *= 0.3
        parameter.data = drawn


def save(module: nn.Module, path: Path) -> Path:
    """Write a checkpoint as the published ones are laid out."""
    tensors = {f"ema_model.{key}": value.contiguous() for key, value in module.state_dict().items()}
    save_file(tensors | {"initted": torch.tensor(True), "step": torch.tensor(1)}, path)
    return path


def ids(upstream: Any, text: str) -> Tensor:
    found: Tensor = list_str_to_idx(convert_char_to_pinyin([text]), upstream.vocab_char_map)[0]
    return found


def sample(upstream: Any, rows: list[Any], steps: int) -> Tensor:
    """Mel spectrograms ``(b, n, 100)`` by the package's own sampler, for rows of ours."""
    pad = nn.utils.rnn.pad_sequence
    with torch.inference_mode():
        found: Tensor = upstream.sample(
            cond=pad([row.reference for row in rows], batch_first=True),
            text=pad([row.text for row in rows], batch_first=True, padding_value=-1),
            duration=torch.tensor([row.frames for row in rows]),
            lens=torch.tensor([len(row.reference) for row in rows]),
            steps=steps,
            cfg_strength=2.0,
            sway_sampling_coef=-1.0,
            seed=rows[0].seed,
        )[0]
    return found
