"""Streamed clips end at the loudness asked for, by ffmpeg's meter; silence stays silence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from tests.audio.ffmpeg import loudness
from tests.engines.speech import SENTENCES, request, say, say_all
from voxcue.audio.loudness import Leveller, integrated_loudness
from voxcue.audio.trim import trim
from voxcue.audio.write import AudioWriter
from voxcue.types import Clip

RATE = 24_000
TARGET = -16.0
CEILING = -1.0


def scaled(clip: Clip, factor: float) -> Clip:
    return Clip((clip.samples * factor).astype(np.float32), clip.sample_rate)


def streamed(clips: Iterable[Clip], path: Path) -> tuple[float, float]:
    """Level clip by clip into a file, with pauses, and measure the file."""
    leveller = Leveller(TARGET, CEILING)
    with AudioWriter(path, "wav", RATE) as writer:
        for clip in clips:
            writer.write(leveller(clip))
            writer.write(Clip(np.zeros(RATE * 3 // 10, np.float32), RATE))
    return loudness(path)


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_a_stream_of_speech_ends_at_its_target_and_under_its_ceiling(factor: float, tmp_path: Path) -> None:
    clips = say_all([request(text, seed=seed) for seed, text in enumerate(SENTENCES * 2)])
    integrated, peak = streamed((scaled(trim(clip), factor) for clip in clips), tmp_path / "a.wav")
    assert abs(integrated - TARGET) <= 0.7
    assert peak <= CEILING


def test_a_stream_whose_clips_differ_in_level_ends_near_its_target(tmp_path: Path) -> None:
    clips = say_all([request(text) for text in SENTENCES[:2] * 4])
    levels = [1.0, 0.5] * 4
    integrated, peak = streamed(map(scaled, map(trim, clips), levels), tmp_path / "a.wav")
    assert abs(integrated - TARGET) <= 1.5
    assert peak <= CEILING


def test_the_first_clip_is_right_at_once(tmp_path: Path) -> None:
    integrated, peak = streamed([trim(say(SENTENCES[0]))], tmp_path / "a.wav")
    assert abs(integrated - TARGET) <= 0.7
    assert peak <= CEILING


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.399])
def test_a_clip_shorter_than_a_gating_block_is_levelled_too(seconds: float) -> None:
    hum = 0.05 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * RATE)) / RATE)
    levelled = Leveller(TARGET, CEILING)(Clip(hum.astype(np.float32), RATE))
    assert len(levelled.samples) == len(hum)
    assert abs(integrated_loudness(levelled.samples, RATE) - TARGET) < 0.7


def test_a_clip_of_no_samples_is_let_through() -> None:
    nothing = Clip(np.zeros(0, np.float32), RATE)
    leveller = Leveller(TARGET, CEILING)
    assert not len(leveller(nothing).samples)
    leveller(say("Yes."))
    assert not len(leveller(nothing).samples)


def test_silence_is_not_raised_to_noise() -> None:
    hiss = Clip(np.random.default_rng(0).normal(0, 1e-5, 2 * RATE).astype(np.float32), RATE)
    leveller = Leveller(TARGET, CEILING)
    np.testing.assert_array_equal(leveller(hiss).samples, hiss.samples)
    leveller(say(SENTENCES[0]))
    assert np.abs(leveller(hiss).samples).max() < 1e-3


def test_a_clip_of_silence_does_not_disturb_the_speech_after_it() -> None:
    speech = say(SENTENCES[0])
    disturbed = Leveller(TARGET, CEILING)
    disturbed(Clip(np.zeros(5 * RATE, np.float32), RATE))
    np.testing.assert_array_equal(disturbed(speech).samples, Leveller(TARGET, CEILING)(speech).samples)


def test_marks_are_kept() -> None:
    clip = say(SENTENCES[1])
    assert Leveller(TARGET, CEILING)(clip).marks == clip.marks
