"""Compiled blocks are what they were uncompiled; on a CPU, as the compiler works there as well."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

from tests.conftest import require
from tests.engines.f5 import published
from voxcue.engines.f5.model import Model
from voxcue.engines.f5.sampling import Row
from voxcue.models import find
from voxcue.settings import settings


def test_a_warm_up_compiles_and_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("g++")
    for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"):
        monkeypatch.setenv(name, "")  # put back at the end
    monkeypatch.setenv("VOXCUE_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    vocoder = published.vocoder_folder(tmp_path / "vocos")
    (vocoder / "config.yaml").write_text("{}")
    files = find(str(published.folder(tmp_path / "tuned")))
    plain, compiled = (
        Model(files, find(str(vocoder)), device="cpu", compiling=each, steps=5) for each in ("off", "on")
    )
    assert not plain.warm_up()
    assert compiled.warm_up()
    kept = tmp_path / "models" / "compiled"
    assert len(list(kept.rglob("*"))) > 10
    assert len(list(kept.glob("*/ready"))) == 1
    rows = [
        Row(torch.zeros(length // 3, 100), torch.arange(30), length, length) for length in (100, 150, 230)
    ]
    for company in (rows[:1], rows[2:], rows):
        for mine, theirs in zip(compiled.sampler(company), plain.sampler(company), strict=True):
            assert (mine - theirs).abs().max() < 1e-4
    settings.cache_clear()
