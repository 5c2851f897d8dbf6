"""Where a recording and its text differ: what is not said, and what is said or played beside the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from voxcue.aligners.edges import HOP, level
from voxcue.types import Clip, Mismatch, Word

_SHORTEST = 1.0
"""Seconds of sound between two words that make it a part of its own; breaths and laughs are shorter."""

_BELOW = 15.0
"""Decibels below the loud parts of the words down to which sound counts; a bed of music is softer."""


def mismatches(words: Sequence[Word], clip: Clip) -> tuple[Mismatch, ...]:
    """The stretches in which the recording and its text differ, by time.

    Words that the aligner did not find (confidence 0) are ``not-said``; a second or more of sound between
    words that it found is ``not-in-text``. A sentence that was changed is both.
    """
    missing = list(_missing(words))
    if len(clip.samples) and words:
        missing += _sounds(words, clip)
    return tuple(sorted(missing, key=lambda each: (each.start, each.kind)))


def _missing(words: Sequence[Word]) -> Iterator[Mismatch]:
    spoken = [at for at, word in enumerate(words) if word.spoken]
    for found, group in groupby(spoken, key=lambda at: words[at].confidence != 0.0):
        run = list(group)
        if not found:
            yield Mismatch("not-said", words[run[0]].start, words[run[-1]].end, run[0], run[-1])


def _sounds(words: Sequence[Word], clip: Clip) -> Iterator[Mismatch]:
    found = [word for word in words if word.spoken and word.confidence != 0.0]
    if not found:
        return
    heard = level(clip, 0.0, clip.duration)
    inside = np.zeros(len(heard), bool)
    for word in found:
        inside[round(word.start / HOP) : round(word.end / HOP)] = True
    if not inside.any():
        return
    loud = heard > np.percentile(heard[inside], 90) - _BELOW
    edges = [0.0, *(time for word in found for time in (word.start, word.end)), clip.duration]
    for begin, end in list(pairwise(edges))[::2]:
        sounding = np.flatnonzero(loud[round(begin / HOP) : round(end / HOP)])
        if len(sounding) * HOP >= _SHORTEST:
            first, last = round(begin / HOP) + sounding[[0, -1]]
            yield Mismatch("not-in-text", float(first * HOP), min(float((last + 1) * HOP), end))
