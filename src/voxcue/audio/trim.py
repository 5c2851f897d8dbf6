"""Cutting the silence around an utterance, so that pauses are ours to choose."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from voxcue.types import Clip, Span

_LEAD = 0.03
_TAIL = 0.08
"""Seconds kept before the first and after the last sound: attacks and decays are quiet."""

_WINDOW = 0.01
_SILENCE = 10 ** (-50 / 20)
"""10 ms with less energy than this share of the loudest 10 ms (-50 dB) are silence."""


def trim(clip: Clip) -> Clip:
    """Cut leading and trailing silence, never into a marked word; marks move along."""
    window = max(1, round(_WINDOW * clip.sample_rate))
    blocks = len(clip.samples) // window
    energy = (clip.samples[: blocks * window].reshape(blocks, window) ** 2).mean(axis=1)
    sounding = np.flatnonzero(energy > energy.max(initial=0.0) * _SILENCE**2)
    if not len(sounding):
        return clip
    start = sounding[0] * window / clip.sample_rate - _LEAD
    end = (sounding[-1] + 1) * window / clip.sample_rate + _TAIL
    spoken = [mark for mark in clip.marks or () if mark]
    if spoken:
        start, end = min(start, spoken[0].start), max(end, spoken[-1].end)
    first = max(0, math.floor(start * clip.sample_rate))
    last = min(len(clip.samples), math.ceil(end * clip.sample_rate))
    return replace(clip, samples=clip.samples[first:last], marks=_moved(clip, first / clip.sample_rate))


def _moved(clip: Clip, seconds: float) -> tuple[Span | None, ...] | None:
    if clip.marks is None:
        return None
    return tuple(mark and Span(max(0.0, mark.start - seconds), mark.end - seconds) for mark in clip.marks)
