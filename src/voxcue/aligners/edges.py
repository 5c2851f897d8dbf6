"""Word edges beside silence, moved to where the sound begins and ends.

An acoustic model lets words reach into the silence around them. Knows nothing of text or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxcue.types import Clip, Span

HOP = 0.005
"""Seconds of one value of `level`."""

_AROUND = 3.0
"""Seconds on both sides of an edge from which loudness and noise are taken."""

_RANGE = 36.0
"""Decibels below the loud parts that are silence, where no noise lies above that."""

_ABOVE_NOISE = 6.0
"""Decibels above the noise floor that are sound."""

_CLEAR = 20.0
"""Decibels that loud parts are above silence at least; in louder noise edges stay."""

_PAUSE = 0.12
"""Seconds of silence that make a pause between two words that touch; closures of stops are shorter."""

_GAP = 0.03
"""Seconds between two words from which on the aligner has heard a pause itself."""

_NEAR = 0.05
_REACH = 0.6
"""Seconds from an edge within which silence has to begin, and seconds that an edge is moved inwards at most;
outwards it is moved by ``_NEAR`` at most."""

_SHORTEST = 0.03
"""Seconds of a word that are left at least."""


def refine(spans: Sequence[Span], clip: Clip) -> list[Span]:
    """The same spans with edges at silence moved; other edges stay.

    Args:
        spans: in order, without overlap, in seconds.
        clip: what they are spans of.
    """
    if not spans:
        return []
    duration = clip.duration
    heard = level(clip, 0.0, duration)
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    starts[0] = _quiet(heard, 0.0, starts[0], 0.0, spans[0].end - _SHORTEST, 0.0)[1]
    ends[-1] = _quiet(heard, ends[-1], duration, spans[-1].start + _SHORTEST, duration, 0.0)[0]
    for at, (before, after) in enumerate(pairwise(spans)):
        need = _PAUSE if after.start - before.end < _GAP else 0.0
        ends[at], starts[at + 1] = _quiet(
            heard, before.end, after.start, before.start + _SHORTEST, after.end - _SHORTEST, need
        )
    return [Span(min(start, end), end) for start, end in zip(starts, ends, strict=True)]


def _quiet(
    heard: NDArray[np.float32], end: float, start: float, least: float, most: float, need: float
) -> tuple[float, float]:
    """Where the word before ends and the next one begins, when ``end`` and ``start`` are what is known.

    That is the longest silence that touches them, no shorter than ``need``, between ``least`` and ``most``;
    without one, they stay.
    """
    around = heard[max(0, round((end - _AROUND) / HOP)) : round((start + _AROUND) / HOP)]
    if not len(around):
        return end, start
    low, high = np.percentile(around, (5, 95))
    threshold = max(high - _RANGE, low + _ABOVE_NOISE)
    first = round(max(least, end - _REACH, 0.0) / HOP)
    last = round(min(most, start + _REACH) / HOP)
    silent = np.concatenate(([False], heard[first:last] < threshold, [False]))
    begins = np.flatnonzero(silent[1:] & ~silent[:-1]) + first
    stops = np.flatnonzero(~silent[1:] & silent[:-1]) + first
    touching = (begins * HOP <= start + _NEAR) & (stops * HOP >= end - _NEAR)
    if threshold > high - _CLEAR or not touching.any():
        return end, start
    longest = int(np.where(touching, stops - begins, 0).argmax())
    if (stops[longest] - begins[longest]) * HOP < need:
        return end, start
    quiet = float(begins[longest] * HOP), float(stops[longest] * HOP)
    return min(quiet[0], end + _NEAR), max(quiet[1], start - _NEAR)


def level(clip: Clip, begin: float, end: float) -> NDArray[np.float32]:
    """Decibels of each `HOP` between two times of a clip; a rest shorter than that is left out."""
    hop = round(clip.sample_rate * HOP)
    first, last = round(begin * clip.sample_rate), round(end * clip.sample_rate)
    blocks = clip.samples[first : first + (min(last, len(clip.samples)) - first) // hop * hop].reshape(
        -1, hop
    )
    power = np.einsum("ij,ij->i", blocks, blocks) / hop
    return np.asarray(10 * np.log10(power + 1e-10), np.float32)
