"""Where to cut a voice out of a recording: at pauses, 5 to 12 s, the steadiest and roundest stretch first.

Knows levels and times, not words: whoever knows words says where sentences end and where it may be cut.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxcue.errors import AudioError
from voxcue.types import Clip, Span
from voxcue.voices.frames import STEP, Floats, levels

SHORTEST = 3.0
"""Seconds of speech that a voice is known by, at least."""
LONGEST = 12.0
"""Seconds that engines take well."""

_ROUND = 5.0
"""Seconds that a stretch of a longer recording has, if its pauses allow."""
_BEST = 9.0

_PAUSE = 0.25
"""Seconds of quiet between two phrases; less is within a phrase."""
_LEAD, _TAIL = 0.05, 0.1
"""Seconds kept before the first and after the last sound: attacks and decays are quiet."""


class Recording:
    """The phrases of a recording: spans of sound with pauses between; ``sound`` is how many seconds they
    last.

    Args:
        clip: the whole recording.
        cuts: where a phrase that is too long may be cut; anywhere, if ``None``.

    Raises:
        AudioError: ``audio-too-short``, less than 3 s of it are speech.
    """

    def __init__(self, clip: Clip, cuts: Sequence[float] | None = None) -> None:
        self._duration = clip.duration
        self._levels = levels(clip)
        found = _phrases(self._levels)
        self.sound = sum(span.end - span.start for span in found)
        if self.sound < SHORTEST:
            raise AudioError(
                "audio-too-short",
                f"The recording holds {self.sound:.1f} seconds of sound, too short to know a voice by.",
                f"Give at least {SHORTEST:.0f} seconds of speech, better five to twelve.",
            )
        self.phrases = [part for span in found for part in self._cut(span, cuts)]

    @property
    def whole(self) -> Span | None:
        """All of it without the silence around, if that is no longer than engines take."""
        around = self._around(0, len(self.phrases) - 1)
        return around if around.end - around.start <= LONGEST else None

    def stretches(self, endings: Collection[int] = ()) -> list[Span]:
        """Runs of phrases, the best first: near 9 s, between long pauses, at one level.

        Args:
            endings: the phrases (by index) that end a sentence.
        """
        for least in (_ROUND, SHORTEST):
            spans = [
                (self._merit(first, last, endings), self._around(first, last))
                for first in range(len(self.phrases))
                for last in range(first, len(self.phrases))
                if least <= self._sound(first, last) and self._length(first, last) <= LONGEST
            ]
            if spans:
                return [span for _, span in sorted(spans, key=lambda each: -each[0])]
        raise AudioError(
            "audio-too-short",
            f"No {LONGEST:.0f} seconds of the recording hold {SHORTEST:.0f} seconds of speech.",
            "Give a recording with shorter pauses.",
        )

    def within(self, span: Span) -> list[Span]:
        """The phrases of a stretch."""
        return [each for each in self.phrases if span.start <= (each.start + each.end) / 2 < span.end]

    def _sound(self, first: int, last: int) -> float:
        return sum(phrase.end - phrase.start for phrase in self.phrases[first : last + 1])

    def _length(self, first: int, last: int) -> float:
        around = self._around(first, last)
        return around.end - around.start

    def _around(self, first: int, last: int) -> Span:
        """The span of a run of phrases, with what is quiet but belongs to them."""
        before = self.phrases[first - 1].end if first else 0.0
        after = self.phrases[last + 1].start if last + 1 < len(self.phrases) else self._duration
        start, end = self.phrases[first].start, self.phrases[last].end
        return Span(max(start - _LEAD, (before + start) / 2, 0.0), min(end + _TAIL, (end + after) / 2))

    def _merit(self, first: int, last: int, endings: Collection[int]) -> float:
        """What a stretch is worth: lengths in seconds, pauses and sentence ends, evenness of level."""
        length = self._length(first, last)
        before = self.phrases[first].start - (self.phrases[first - 1].end if first else -1.0)
        after = (
            self.phrases[last + 1].start if last + 1 < len(self.phrases) else self._duration + 1.0
        ) - self.phrases[last].end
        sentence = (first - 1 in endings or first == 0) + (last in endings or last == len(self.phrases) - 1)
        loud = [self._loudness(phrase) for phrase in self.phrases[first : last + 1]]
        silent = 1 - self._sound(first, last) / length
        return (
            -abs(length - _BEST) / 4
            + min(before, 0.8)
            + min(after, 0.8)
            + 0.5 * sentence * bool(endings)
            - float(np.std(loud)) / 4
            - 2 * max(0.0, silent - 0.25)
        )

    def _loudness(self, phrase: Span) -> float:
        return float(np.percentile(self._levels[_index(phrase.start) : _index(phrase.end)], 80))

    def _cut(self, phrase: Span, cuts: Sequence[float] | None) -> list[Span]:
        """The phrase in parts of at most 10 s, cut where it is quietest."""
        if phrase.end - phrase.start <= LONGEST - _LEAD - _TAIL:
            return [phrase]
        low, high = phrase.start + _ROUND, min(phrase.start + LONGEST - 2, phrase.end - 1)
        soft = np.convolve(self._levels, np.ones(5) / 5, mode="same")
        places = np.arange(_index(low), _index(high)) if cuts is None else _indices(cuts, low, high)
        if not len(places):
            places = np.array([_index(high)])
        at = float(places[soft[places].argmin()] * STEP)
        return [Span(phrase.start, at), *self._cut(Span(at, phrase.end), cuts)]


def _phrases(decibels: Floats) -> list[Span]:
    """Runs of frames that are no pause."""
    if not len(decibels):
        return []
    top, floor = np.percentile(decibels, 95), np.percentile(decibels, 5)
    heard = np.flatnonzero(decibels > max(top - 35, min(floor + 8, top - 15)))
    breaks = np.flatnonzero(np.diff(heard) > _PAUSE / STEP)
    edges = [0, *(breaks + 1), len(heard)]
    return [
        Span(float(heard[a] * STEP), float((heard[b - 1] + 1) * STEP)) for a, b in pairwise(edges) if b > a
    ]


def _index(seconds: float) -> int:
    return round(seconds / STEP)


def _indices(cuts: Sequence[float], low: float, high: float) -> NDArray[np.intp]:
    return np.array([_index(cut) for cut in cuts if low <= cut < high], np.intp)
