"""The image of this project itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.image.project import shown
from voxcue.image import check

ROOT = Path(__file__).resolve().parents[2]

ABSENT = ["f5_tts"]
"""The engine f5-upstream says how to get its package."""


@pytest.mark.skipif(not (ROOT / "Dockerfile").is_file(), reason="the Dockerfile is not part of this checkout")
def test_nothing_is_wrong_with_our_image() -> None:
    report = check(ROOT, forbidden=["torch", "triton"], required=["runpod", "uv"], allowed=ABSENT)
    assert shown(report.findings) == []
    assert report.checked["modules"] > 100
