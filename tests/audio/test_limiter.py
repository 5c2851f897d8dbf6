"""True peaks stay under the ceiling, by ffmpeg's meter; the rest is untouched and nothing clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.audio.ffmpeg import loudness
from tests.engines.speech import SENTENCES, say
from voxcue.audio.limiter import limit

CEILING = 10 ** (-1 / 20)


def wave(name: str, rate: int) -> np.ndarray:
    """One second, faded in and out, with true peaks far above the ceiling."""
    time = np.arange(rate) / rate
    waves = {
        "between samples": np.sin(2 * np.pi * rate / 4 * time + np.pi / 4),
        "near half the rate": np.sin(2 * np.pi * 0.45 * rate * time + 0.3),
        "square": np.sign(np.sin(2 * np.pi * 100 * time)),
        "noise": np.random.default_rng(0).normal(0, 1, rate),
        "single samples": 3.0 * (np.arange(rate) % 997 == 500),
    }
    fade = np.minimum(1, np.minimum(time, time[::-1]) / 0.02)
    return np.asarray(2 * waves[name] * fade, np.float32)


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100])
@pytest.mark.parametrize(
    "name", ["between samples", "near half the rate", "square", "noise", "single samples"]
)
def test_true_peaks_stay_under_the_ceiling(name: str, rate: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", limit(wave(name, rate), rate, CEILING), rate, subtype="FLOAT")
    assert loudness(tmp_path / "a.wav")[1] <= -1.0


def test_the_sharp_consonants_of_overdriven_speech_stay_under_the_ceiling(tmp_path: Path) -> None:
    speech = np.concatenate([say(text).samples for text in SENTENCES])
    soundfile.write(
        tmp_path / "a.wav", limit(np.float32(20) * speech, 24_000, CEILING), 24_000, subtype="FLOAT"
    )
    assert loudness(tmp_path / "a.wav")[1] <= -1.0


def test_a_peak_between_samples_is_seen_though_no_sample_is_over() -> None:
    samples = np.float32(0.48) * wave("between samples", 24_000)
    assert np.abs(samples).max() < CEILING
    assert np.abs(limit(samples, 24_000, CEILING)).max() < 0.95 * np.abs(samples).max()


@pytest.mark.parametrize("length", [0, 1, 23, 24, 25, 24_000])
def test_quiet_audio_is_bit_identical(length: int) -> None:
    quiet = np.random.default_rng(0).uniform(-0.4, 0.4, length).astype(np.float32)
    np.testing.assert_array_equal(limit(quiet, 24_000, CEILING), quiet)


@pytest.mark.parametrize("length", [1, 2, 23, 24, 25, 100, 999])
def test_the_shortest_clips_are_limited_too(length: int) -> None:
    limited = limit(np.full(length, 1.5, np.float32), 24_000, CEILING)
    assert len(limited) == length
    assert np.abs(limited).max() <= CEILING


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100, 48_000])
def test_the_gain_moves_smoothly_around_a_burst_and_comes_back_to_one(rate: int) -> None:
    samples = np.full(rate, 0.1, np.float32)
    samples[rate // 2 : rate // 2 + rate // 50] = 2.0
    gain = limit(samples, rate, CEILING).astype(np.float64) / samples
    assert np.abs(np.diff(gain)).max() * rate < 150  # full range takes more than 6 ms, both ways
    assert gain.max() <= 1.0
    assert (gain[: rate * 9 // 20] == 1.0).all()
    assert (gain[rate * 3 // 5 :] == 1.0).all()
    assert gain.min() * 2.0 <= CEILING
