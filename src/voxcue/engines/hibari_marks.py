"""Phoneme durations to word times: two systematic errors of hibari's durations, corrected.

The durations place a word late by a constant that depends on the speed only, and the last phoneme
before a pause takes the pause in. ``bench/timing.py`` measures both against an independent aligner.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxcue.types import Span

FRAME = 0.025
"""Seconds per frame of the model's durations."""

_STEP = 0.005
_WINDOW = 0.010
_SLACK = 0.04
"""Seconds by which a word may begin after the corrected durations say so."""

_PAUSE = 0.09
"""Seconds of silence that are a pause between words; less is the closure of a stop consonant."""

_SILENCE = 10 ** (-38 / 20)
"""Energy below this share of the utterance's loudest 10 ms is a pause (-38 dB)."""


def lateness(speed: float) -> float:
    """How many seconds after the sound the durations place a word: 30 ms, and two frames that scale.

    Fitted to forced alignment at six speeds, its own bias of -5 ms allowed for; see ``bench/timing.py``.
    """
    return 0.030 + 2 * FRAME / speed


def marks(
    starts: Sequence[tuple[float, float] | None],
    samples: NDArray[np.float32],
    sample_rate: int,
    speed: float,
) -> tuple[Span | None, ...]:
    """Correct the model's word starts against the audio that it made, and find where the words end.

    Args:
        starts: per token the start of its first and of its last phoneme, in seconds, or ``None`` if silent.
        samples: the utterance, float32 of shape ``(n,)``.
        sample_rate: in Hz.
        speed: the pace it was spoken at.
    """
    late = lateness(speed)
    loud = _loud_steps(samples, sample_rate)
    total = len(samples) / sample_rate
    spoken = [(max(0.0, first - late), max(0.0, last - late)) for first, last in filter(None, starts)]
    if not spoken:
        return (None,) * len(starts)
    lows = [0.0, *(last for _, last in spoken)]
    highs = [*(first for first, _ in spoken), total]
    gaps = [_gap(loud, low, high) for low, high in zip(lows, highs, strict=True)]
    found = (Span(before.end, max(before.end, after.start)) for before, after in pairwise(gaps))
    return tuple(None if start is None else next(found) for start in starts)


def _gap(loud: NDArray[np.bool_], low: float, high: float) -> Span:
    """What lies between two words: the longest pause near ``[low, high]``, or the point ``high``."""
    first, stop = round(low / _STEP), min(len(loud), round((high + _SLACK) / _STEP))
    edges = np.flatnonzero(np.diff(loud[first:stop].astype(np.int8), prepend=1, append=1))
    runs = edges.reshape(-1, 2)
    if len(runs):
        begin, end = runs[np.argmax(runs[:, 1] - runs[:, 0])]
        if (end - begin) * _STEP >= _PAUSE:
            return Span((first + int(begin)) * _STEP, (first + int(end)) * _STEP)
    return Span(high, high)


def _loud_steps(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.bool_]:
    """Per 5 ms step: is the 10 ms that starts there louder than a pause?"""
    hop, window = int(_STEP * sample_rate), int(_WINDOW * sample_rate)
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    edges = np.minimum(np.arange(0, len(samples) + 1, hop), len(samples))
    energy = total[np.minimum(edges + window, len(samples))] - total[edges]
    loud: NDArray[np.bool_] = energy > energy.max(initial=0.0) * _SILENCE**2
    return loud
