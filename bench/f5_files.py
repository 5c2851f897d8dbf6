"""A checkpoint as large as F5TTS_v1_Base and its vocoder, laid out as published, with seeded random weights.

How long a model takes to load and to run does not depend on what it has learnt, so the figures need no
download. Run by itself, it writes both into a folder and prints where: ``python bench/f5_files.py FOLDER``.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from voxcue.engines.f5.dit import DiT
from voxcue.engines.f5.shape import Shape
from voxcue.engines.f5.vocos import Vocos

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "f5-bench"

_ENTRIES = 2545
"""Characters and syllables in the published vocabulary."""

FULL = Shape(1024, 22, 16, 2048, 100, _ENTRIES + 1, 512, 4, 16, hides_filler=True)
TINY = Shape(128, 2, 2, 256, 100, _ENTRIES + 1, 64, 2, 2, hides_filler=True)

_CONFIG = """feature_extractor:
  class_path: vocos.feature_extractors.MelSpectrogramFeatures
  init_args: {sample_rate: 24000, n_fft: 1024, hop_length: 256, n_mels: 100, padding: center}
backbone:
  class_path: vocos.models.VocosBackbone
  init_args: {input_channels: 100, dim: 512, intermediate_dim: 1536, num_layers: 8}
head:
  class_path: vocos.heads.ISTFTHead
  init_args: {dim: 512, n_fft: 1024, hop_length: 256, padding: center}
"""


def folders(parent: Path = CACHE, shape: Shape = FULL) -> tuple[Path, Path]:
    """The folders of the model and of the vocoder below ``parent``, written unless they are there."""
    model, vocoder = parent / f"model-{shape.dim}", parent / "vocos"
    if not model.exists():
        _write_model(model.with_suffix(".part"), shape)
        model.with_suffix(".part").rename(model)
    if not vocoder.exists():
        _write_vocoder(vocoder.with_suffix(".part"))
        vocoder.with_suffix(".part").rename(vocoder)
    return model, vocoder


def _write_model(folder: Path, shape: Shape) -> None:
    _empty(folder)
    with torch.device("meta"):
        wanted = DiT(shape).state_dict()
    tensors = {f"ema_model.transformer.{key}": value for key, value in _drawn(wanted, seed=0).items()}
    tensors["ema_model.transformer.rotary_embed.inv_freq"] = 10_000.0 ** -(torch.arange(0, 64, 2) / 64)
    counters = {"initted": torch.tensor(True), "step": torch.tensor(1)}
    save_file(tensors | counters, folder / "model_1250000.safetensors")
    characters = [" ", *(chr(code) for code in range(33, 127))]
    syllables = [f"syllable{number}" for number in range(_ENTRIES - len(characters))]
    lines = "".join(f"{entry}\n" for entry in characters + syllables)
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")
    (folder / "model.toml").write_text('family = "f5-v1"\n', encoding="utf-8")


def _write_vocoder(folder: Path) -> None:
    _empty(folder)
    with torch.device("meta"):
        wanted = Vocos(100, 512, 1536, 8).state_dict()
    tables = {
        "feature_extractor.mel_spec.spectrogram.window": torch.hann_window(1024),
        "feature_extractor.mel_spec.mel_scale.fb": torch.zeros(513, 100),  # not read for decoding
        "head.istft.window": torch.hann_window(1024),
    }
    torch.save(_drawn(wanted, seed=1) | tables, folder / "pytorch_model.bin")
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _drawn(wanted: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Weights under which features keep their size from layer to layer, by their published names."""
    source = torch.Generator().manual_seed(seed)
    tensors: dict[str, Tensor] = {}
    for key, like in wanted.items():
        value = torch.empty(like.shape)
        nn.init.normal_(value, generator=source)
        if like.dim() > 1 and "embed.weight" not in key:
            value *= value[0].numel() ** -0.5
        elif key.endswith(("norm.weight", "gamma")):
            value = 1 + 0.1 * value
        else:
            value *= 0.3
        if ".to_qkv." in key:
            parts = zip("qkv", value.chunk(3), strict=True)
            tensors |= {key.replace("to_qkv", f"to_{name}"): part.contiguous() for name, part in parts}
        else:
            tensors[key] = value
    return tensors


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=CACHE)
    for folder in folders(parser.parse_args().folder):
        print(folder)


if __name__ == "__main__":
    main()
