"""Bringing speech to a stated loudness while it streams: EBU R128 with a true-peak limit.

Each clip is measured (ITU-R BS.1770, package ``loudness``), and the gain is what brings all speech so far
to the target: the first clip is right at once, and the whole stays within a fraction of a decibel
without a second pass over the file.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from voxcue.audio.limiter import limit
from voxcue.types import Clip

_BLOCK = 0.4
"""Seconds of a gating block of BS.1770: the shortest clip whose loudness is defined."""

_MOST_GAIN = 30.0
"""Decibels that a clip is raised at most: noise is not speech."""


class Leveller:
    """Levels the clips of one speech, in order.

    Args:
        target: integrated loudness in LUFS.
        ceiling: highest true peak in dBTP.
    """

    def __init__(self, target: float, ceiling: float) -> None:
        self._target = target
        self._ceiling = 10 ** (ceiling / 20)
        self._energy = 0.0
        self._seconds = 0.0

    def __call__(self, clip: Clip) -> Clip:
        """The clip at the target loudness, no true peak above the ceiling."""
        measured = integrated_loudness(clip.samples, clip.sample_rate)
        if np.isfinite(measured):
            self._energy += clip.duration * 10 ** (measured / 10)
            self._seconds += clip.duration
        if not self._energy:
            return clip
        so_far = 10 * np.log10(self._energy / self._seconds)
        gain = np.float32(10 ** (min(self._target - so_far, _MOST_GAIN) / 20))
        return replace(clip, samples=limit(clip.samples * gain, clip.sample_rate, self._ceiling))


def integrated_loudness(samples: NDArray[np.float32], sample_rate: int) -> float:
    """Integrated loudness in LUFS, ``-inf`` for silence; what is shorter than a block is repeated."""
    import loudness

    shortest = int(_BLOCK * sample_rate) + 1
    if not len(samples):
        return float("-inf")
    if len(samples) < shortest:
        samples = np.resize(samples, shortest)
    return float(loudness.integrated_loudness(np.ascontiguousarray(samples), sample_rate))
