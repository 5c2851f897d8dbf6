"""Word edges beside silence: moved to the sound, and left alone where there is no silence to see."""

from __future__ import annotations

import numpy as np
import pytest

from voxcue.aligners.edges import refine
from voxcue.types import Clip, Span

RATE = 16_000


def sounding(*stretches: tuple[float, float], length: float = 2.0, noise: float = 1e-4) -> Clip:
    """Noise as loud as speech in the stretches, in seconds, and ``noise`` elsewhere."""
    chance = np.random.default_rng(0)
    samples = chance.standard_normal(round(length * RATE)) * noise
    for start, end in stretches:
        size = round((end - start) * RATE)
        samples[round(start * RATE) : round(start * RATE) + size] = 0.1 * chance.standard_normal(size)
    return Clip(samples.astype(np.float32), RATE)


def close(found: list[Span], *expected: tuple[float, float]) -> bool:
    return [each for span in found for each in (span.start, span.end)] == pytest.approx(
        [each for span in expected for each in span], abs=0.011
    )


def test_a_word_that_reaches_into_silence_is_cut_to_its_sound() -> None:
    assert close(refine([Span(0.2, 1.8)], sounding((0.5, 1.5))), (0.5, 1.5))


def test_a_pause_between_two_words_that_touch_belongs_to_neither() -> None:
    clip = sounding((0.2, 0.8), (1.1, 1.8))
    assert close(refine([Span(0.2, 1.0), Span(1.0, 1.8)], clip), (0.2, 0.8), (1.1, 1.8))


def test_the_closure_of_a_stop_is_no_pause() -> None:
    clip = sounding((0.2, 0.8), (0.88, 1.8))
    assert close(refine([Span(0.2, 0.8), Span(0.8, 1.8)], clip), (0.2, 0.8), (0.8, 1.8))


def test_silence_far_from_an_edge_is_left_alone() -> None:
    clip = sounding((0.2, 0.6), (0.9, 1.8))
    assert close(refine([Span(0.2, 1.3), Span(1.3, 1.8)], clip), (0.2, 1.3), (1.3, 1.8))


def test_in_loud_noise_edges_stay() -> None:
    clip = sounding((0.5, 1.5), noise=0.05)
    assert close(refine([Span(0.2, 1.8)], clip), (0.2, 1.8))


@pytest.mark.parametrize("length", [0.0, 0.001, 0.02, 2.0])
def test_silence_and_short_clips_give_spans_in_order(length: float) -> None:
    spans = [Span(0.0, length / 2), Span(length / 2, length)]
    found = refine(spans, Clip(np.zeros(round(length * RATE), np.float32), RATE))
    assert all(0 <= span.start <= span.end <= length for span in found)
    assert refine([], sounding()) == []
