"""Mel spectrograms and the vocoder against torchaudio and the `vocos` package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

from f5_tts.model.modules import MelSpec
from vocos import Vocos
from vocos.feature_extractors import MelSpectrogramFeatures
from vocos.heads import ISTFTHead
from vocos.models import VocosBackbone

from tests.reference import upstream
from voxcue.engines.f5.checkpoint import load_backbone, load_vocos
from voxcue.engines.f5.mel import log_mel
from voxcue.engines.f5.sampling import Row, Sampler

CPU = torch.device("cpu")


def vocoder(**sizes: int) -> Any:
    """As the configuration of vocos-mel-24khz has it, or smaller."""
    chosen = {"dim": 512, "intermediate_dim": 1536, "num_layers": 8} | sizes
    module = Vocos(
        MelSpectrogramFeatures(24_000, 1024, 256, 100, padding="center"),
        VocosBackbone(100, **chosen),
        ISTFTHead(chosen["dim"], 1024, 256, padding="center"),
    ).eval()
    upstream.randomize(module, seed=1)
    return module


def test_the_mel_spectrogram() -> None:
    sound = torch.randn(3, 50_001, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [[0.1], [1.0], [1e-4]]
    )
    for mine, theirs in zip(map(log_mel, sound), MelSpec()(sound), strict=True):
        assert (mine - theirs.T).abs().max() < 1e-4


def test_the_vocoder(tmp_path: Path) -> None:
    module = vocoder()
    path = tmp_path / "pytorch_model.bin"
    torch.save(module.state_dict(), path)
    mel = torch.randn(200, 100, generator=torch.Generator().manual_seed(0)) - 2
    theirs = module.decode(mel.T[None])[0]
    with torch.inference_mode():
        mine = load_vocos(path, device=CPU)(mel)
    assert theirs.abs().max() > 0.1
    assert (mine - theirs).abs().max() < 1e-3


@pytest.mark.parametrize("family", ["f5-v1", "f5", "e2"])
def test_text_and_reference_to_sound(family: str, tmp_path: Path) -> None:
    model, module = upstream.model(family, masks=False), vocoder(dim=64, intermediate_dim=96, num_layers=2)
    torch.save(module.state_dict(), tmp_path / "vocos.pt")
    upstream.save(model, tmp_path / "model.safetensors")
    reference = log_mel(torch.randn(24_000, generator=torch.Generator().manual_seed(2)) * 0.1)
    row = Row(reference, upstream.ids(model, "A voice to speak like. And what it says."), 220, seed=9)
    theirs = module.decode(upstream.sample(model, [row], 16)[:, len(reference) :].mT)[0]
    backbone = load_backbone(tmp_path / "model.safetensors", family, device=CPU, dtype=torch.float32)
    mel = Sampler(backbone, steps=16, sway=-1.0, guidance=2.0)([row])[0]
    with torch.inference_mode():
        mine = load_vocos(tmp_path / "vocos.pt", device=CPU)(mel[len(reference) :])
    assert (mine - theirs).abs().max() < 1e-3
