"""What the tests of the aligner `ctc` share: the model that is set."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from voxcue.aligners.ctc import posteriors
from voxcue.settings import settings

Use = Callable[[Path | str], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Use]:
    """Set the model, on the CPU, with a folder for models of its own."""

    def set_model(name: Path | str) -> None:
        monkeypatch.setenv("VOXCUE_CTC_MODEL", str(name))
        settings.cache_clear()

    monkeypatch.setenv("VOXCUE_DEVICE", "cpu")
    monkeypatch.setenv("VOXCUE_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    posteriors._load.cache_clear()
    yield set_model
    monkeypatch.undo()
    settings.cache_clear()
    posteriors._load.cache_clear()
