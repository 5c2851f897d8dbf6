"""CTC models made for tests: random wav2vec2 networks, and a graph that hears tones as letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from voxcue.aligners.ctc.wav2vec2 import Shape, Wav2Vec2
from voxcue.types import Clip

RATE = 16_000
VOCABULARY = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]

TINY: dict[str, Any] = {
    "model_type": "wav2vec2",
    "architectures": ["Wav2Vec2ForCTC"],
    "vocab_size": len(VOCABULARY),
    "pad_token_id": 0,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "conv_dim": [8] * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}
GROUP = TINY | {"feat_extract_norm": "group", "do_stable_layer_norm": False, "conv_bias": False}
LAYER = TINY | {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}


def write(folder: Path, config: dict[str, Any], vocabulary: list[str], *, normalise: bool) -> None:
    """All files of a model but its weights."""
    numbers = {entry: number for number, entry in enumerate(vocabulary)}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.json").write_text(json.dumps(numbers))
    (folder / "preprocessor_config.json").write_text(json.dumps({"do_normalize": normalise}))


def random_model(folder: Path, config: dict[str, Any], *, norm: str = "weight_") -> Path:
    """A folder as Hugging Face has them, with small random weights; ``norm`` names those of weight norm."""
    torch.manual_seed(4)
    shape = {key: value for key, value in config.items() if key in Shape.__dataclass_fields__}
    network = Wav2Vec2(Shape(**shape))
    tensors = {}
    for key, value in network.state_dict().items():
        name = key if key.startswith("lm_head") else f"wav2vec2.{key}"
        if key == "encoder.pos_conv_embed.conv.weight":
            stem = name.removesuffix("weight")
            gain, direction = ("weight_g", "weight_v") if norm == "weight_" else (norm + "0", norm + "1")
            tensors[stem + direction] = 3 * value
            tensors[stem + gain] = value.norm(dim=(0, 1), keepdim=True)
        else:
            tensors[name] = value.contiguous()
    tensors["wav2vec2.masked_spec_embed"] = torch.zeros(16)
    write(folder, config, VOCABULARY, normalise=True)
    save_file(tensors, folder / "model.safetensors")
    return folder


TONES = "abcdef"
PITCHES = {letter: 500.0 + 400.0 * at for at, letter in enumerate(TONES)}
_FRAME = 320


def tone_model(folder: Path) -> Path:
    """An ONNX model that hears a sine as a letter, frame by frame, and silence as the blank."""
    wave = np.arange(400) / RATE * 2 * np.pi
    pairs = [fn(wave * pitch) / 200 for pitch in PITCHES.values() for fn in (np.sin, np.cos)]
    filters = np.asarray(pairs, np.float32)[:, None]
    vocabulary = ["<pad>", "|", *TONES]
    mix = np.zeros((len(vocabulary), len(pairs), 1), np.float32)
    for at in range(len(TONES)):
        mix[2 + at, 2 * at : 2 * at + 2] = 200.0  # a tone of amplitude 0.5 has energy 0.25
    bias = np.asarray([12.0] + [0.0] * (len(vocabulary) - 1), np.float32)
    config = {"architectures": ["Wav2Vec2ForCTC"], "conv_kernel": [400], "conv_stride": [_FRAME]}
    write(folder, config, vocabulary, normalise=False)
    (folder / "model.onnx").write_bytes(_graph(filters, mix, bias))
    return folder


def tones(text: str) -> Clip:
    """Letters as tones of 80 ms with 20 ms of silence after each; spaces are 200 ms of silence."""
    parts: list[NDArray[np.float64]] = []
    for letter in text:
        if letter == " ":
            parts.append(np.zeros(RATE // 5))
            continue
        times = np.arange(RATE * 8 // 100) / RATE
        parts += [0.5 * np.sin(2 * np.pi * PITCHES[letter] * times), np.zeros(RATE // 50)]
    samples = np.concatenate(parts) if parts else np.zeros(0)
    return Clip(samples.astype(np.float32), RATE)


def _graph(filters: NDArray[np.float32], mix: NDArray[np.float32], bias: NDArray[np.float32]) -> bytes:
    """The bytes of an ONNX graph (a protocol buffer): energies of filters, mixed to logits."""
    nodes = [
        _node("Unsqueeze", ["samples", "axis"], "channel"),
        _node("Conv", ["channel", "filters"], "waves", _integers("strides", [_FRAME])),
        _node("Mul", ["waves", "waves"], "energies"),
        _node("Conv", ["energies", "mix", "bias"], "scores"),
        _node("Transpose", ["scores"], "logits", _integers("perm", [0, 2, 1])),
    ]
    weights = [_tensor("filters", filters), _tensor("mix", mix), _tensor("bias", bias)]
    axis = _field(1, 1) + _field(2, 7) + _field(8, b"axis") + _field(9, (1).to_bytes(8, "little"))
    graph = b"".join(_field(1, each) for each in nodes) + _field(2, b"tones")
    graph += b"".join(_field(5, each) for each in (*weights, axis))
    graph += _field(11, _value("samples", 2)) + _field(12, _value("logits", 3))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))


def _number(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value % 128 + 128])
        value //= 128
    return found + bytes([value])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _number(number * 8) + _number(value)
    return _number(number * 8 + 2) + _number(len(value)) + value


def _node(kind: str, inputs: list[str], output: str, attribute: bytes = b"") -> bytes:
    named = b"".join(_field(1, each.encode()) for each in inputs) + _field(2, output.encode())
    return named + _field(4, kind.encode()) + (_field(5, attribute) if attribute else b"")


def _integers(name: str, values: list[int]) -> bytes:
    return _field(1, name.encode()) + b"".join(_field(8, each) for each in values) + _field(20, 7)


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    sizes = b"".join(_field(1, each) for each in values.shape)
    return sizes + _field(2, 1) + _field(8, name.encode()) + _field(9, values.astype("<f4").tobytes())


def _value(name: str, dimensions: int) -> bytes:
    shape = b"".join(_field(1, _field(2, f"{name}{at}".encode())) for at in range(dimensions))
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, 1) + _field(2, shape)))
