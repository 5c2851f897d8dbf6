"""Speech that several tests listen to."""

from __future__ import annotations

import pytest

from tests.aligners import flite
from voxcue.types import Clip

TEXT = "she had your dark suit in greasy wash water all year"


@pytest.fixture(scope="session")
def text() -> str:
    """What `clip` says."""
    return TEXT


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A sentence at 16 kHz, without noise."""
    return flite.speak(TEXT, "slt", tmp_path_factory.mktemp("speech"))[0]
