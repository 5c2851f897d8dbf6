"""Recordings that are no clean speech of one person: right times, or an error that says what is wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import voxcue
from tests.aligners.flite import speak
from tests.conftest import require
from voxcue.errors import AlignmentError, AudioError
from voxcue.types import Span

TEXT = "The quick brown fox jumps over the lazy dog, and then it sleeps for a while."
RATE = 16_000
MINUTE = np.zeros(60 * RATE, np.float32)

Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def speech() -> voxcue.Speech:
    return voxcue.speak(TEXT)


@pytest.fixture
def sound(speech: voxcue.Speech) -> Samples:
    import soxr

    return np.asarray(soxr.resample(speech.clip.samples, speech.clip.sample_rate, RATE), np.float32)


def aligned(folder: Path, samples: Samples, text: str = TEXT, rate: int = RATE) -> voxcue.Speech:
    path = folder / "recording.wav"
    soundfile.write(path, samples, rate, subtype="FLOAT")
    found = voxcue.align(path, text)
    assert all(0 <= word.start <= word.end <= found.clip.duration for word in found.words)
    return found


def off(found: voxcue.Speech, speech: voxcue.Speech, shift: float = 0.0) -> float:
    """The largest difference of a start in seconds."""
    pairs = zip(found.words, speech.words, strict=True)
    return max(abs(one.start - other.start - shift) for one, other in pairs)


def test_clipped_speech_is_timed(speech: voxcue.Speech, sound: Samples, tmp_path: Path) -> None:
    assert off(aligned(tmp_path, np.clip(6 * sound, -1, 1)), speech) < 0.1


@pytest.mark.parametrize("place", [0, 1000, -1])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_refused(
    sound: Samples, tmp_path: Path, place: int, value: float
) -> None:
    sound[place] = value
    with pytest.raises(AudioError, match="not numbers") as caught:
        aligned(tmp_path, sound)
    assert "recording.wav" in caught.value.message


def test_ten_minutes_of_silence_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is silent") as caught:
        aligned(tmp_path, np.tile(MINUTE, 10))
    assert caught.value.code == "audio-silent"


def test_ten_silent_minutes_after_speech_are_left_alone(
    speech: voxcue.Speech, sound: Samples, tmp_path: Path
) -> None:
    assert off(aligned(tmp_path, np.concatenate([sound, np.tile(MINUTE, 10)])), speech) < 0.1


def test_silent_minutes_before_speech_are_passed_over(
    speech: voxcue.Speech, sound: Samples, tmp_path: Path
) -> None:
    assert off(aligned(tmp_path, np.concatenate([MINUTE, MINUTE, sound])), speech, 120.0) < 0.1


def test_a_tone_is_not_speech(tmp_path: Path) -> None:
    tone = np.sin(np.arange(6 * RATE) / RATE * 2 * np.pi * 440) / 3
    with pytest.raises(AlignmentError) as caught:
        aligned(tmp_path, tone.astype(np.float32))
    assert caught.value.code == "text-mismatch"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Der schnelle braune Fuchs springt über den faulen Hund, und dann schläft er eine Weile."),
        ("fr", "Le renard brun saute par-dessus le chien paresseux, et puis il dort un bon moment."),
    ],
)
def test_another_language_is_refused(tmp_path: Path, language: str, said: str) -> None:
    path = tmp_path / "said.wav"
    subprocess.run([require("espeak-ng"), "-v", language, "-w", str(path), said], check=True)
    samples, rate = soundfile.read(path, dtype="float32")
    with pytest.raises(AlignmentError) as caught:
        aligned(tmp_path, samples, rate=rate)
    assert caught.value.code == "text-mismatch"


def test_two_speakers_one_after_the_other_are_timed(tmp_path: Path) -> None:
    lines = ["where did you put the green umbrella", "it stands behind the kitchen door"] * 2
    samples: list[Samples] = []
    exact: list[Span] = []
    for line, voice in zip(lines, ["slt", "rms"] * 2, strict=True):
        clip, spans = speak(line, voice, tmp_path)
        assert clip.sample_rate == RATE
        shift = sum(map(len, samples)) / RATE
        exact += [Span(span.start + shift, span.end + shift) for span in spans]
        samples.append(clip.samples)
    found = aligned(tmp_path, np.concatenate(samples), " ".join(lines))
    starts = [abs(word.start - span.start) for word, span in zip(found.words, exact, strict=True)]
    assert max(starts) < 0.15
    assert np.mean(starts) < 0.03
