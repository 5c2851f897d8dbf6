"""Silence around an utterance is cut; words are not, and their times stay on the same samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.speech import SENTENCES, say
from voxcue.audio.trim import trim
from voxcue.types import Clip, Span

RATE = 24_000


def sound(before: float, length: float, after: float) -> Clip:
    parts = np.zeros(round(before * RATE)), np.full(round(length * RATE), 0.5), np.zeros(round(after * RATE))
    return Clip(np.concatenate(parts).astype(np.float32), RATE)


def test_the_silence_around_is_cut_to_a_short_lead_and_tail() -> None:
    trimmed = trim(sound(1.0, 0.5, 2.0))
    assert abs(trimmed.duration - 0.61) < 0.025
    assert np.count_nonzero(trimmed.samples) == 0.5 * RATE


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.zeros(100), np.zeros(0), np.full(100, 0.5)])
def test_a_silent_or_very_short_clip_is_unchanged(samples: np.ndarray) -> None:
    clip = Clip(samples.astype(np.float32), RATE, (Span(0.0, len(samples) / RATE),))
    trimmed = trim(clip)
    np.testing.assert_array_equal(trimmed.samples, clip.samples)
    assert trimmed.marks == clip.marks


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("text", SENTENCES[1:4])
def test_marks_of_real_speech_stay_inside_and_on_the_same_samples(text: str, speed: float) -> None:
    clip = say(text, speed)
    trimmed = trim(clip)
    assert trimmed.duration < clip.duration
    assert_same_sound(clip, trimmed)


@given(
    edges=st.lists(st.floats(0, 3), min_size=2, max_size=8).map(sorted),
    rate=st.sampled_from([8_000, 11_025, 22_050, 44_100]),
)
def test_a_marked_word_is_never_cut_however_quiet(edges: list[float], rate: int) -> None:
    samples = np.random.default_rng(0).normal(0, 1e-6, 3 * rate).astype(np.float32)
    samples[rate : rate + rate // 5] = 0.5
    marks = tuple(map(Span, edges[::2], edges[1::2]))
    clip = Clip(samples, rate, (None, *marks, None))
    assert_same_sound(clip, trim(clip))


def assert_same_sound(clip: Clip, trimmed: Clip) -> None:
    """The marked samples are the same samples as before, and none lies outside the clip."""
    for before, after in zip(clip.marks or (), trimmed.marks or (), strict=True):
        if before is None or after is None:
            assert before is after
            continue
        assert 0 <= after.start <= after.end <= trimmed.duration + 1e-9
        moved = round((before.start - after.start) * clip.sample_rate)
        first = math.ceil(before.start * clip.sample_rate)
        last = math.floor(before.end * clip.sample_rate)
        old, new = clip.samples[first:last], trimmed.samples[first - moved : last - moved]
        np.testing.assert_array_equal(new, old)
