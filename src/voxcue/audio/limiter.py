"""A look-ahead limiter on true peaks: gain goes down before a peak and up after it, never a click."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

_OVERSAMPLING = 4
"""Times the sample rate at which a peak between samples is seen (ITU-R BS.1770, annex 2)."""

_STEP = 0.001
_REACH = 8
"""The gain moves in steps of 1 ms, over 8 steps before and after a peak."""

_MARGIN = 10 ** (-0.1 / 20)
"""Kept below the ceiling for what the moving gain itself and another meter's filter add (0.1 dB)."""


def limit(samples: NDArray[np.float32], sample_rate: int, ceiling: float) -> NDArray[np.float32]:
    """Keep true peaks at or below ``ceiling`` (linear, 1.0 is full scale); quieter audio is untouched."""
    peaks = _true_peaks(samples, sample_rate)
    needed = np.minimum(1.0, ceiling * _MARGIN / np.maximum(peaks, 1e-9))
    if needed.min(initial=1.0) == 1.0:
        return samples
    width = 2 * _REACH + 1
    held = sliding_window_view(np.pad(needed, 2 * _REACH, mode="edge"), width).min(axis=1)
    window = np.hanning(width + 2)[1:-1]
    gain = np.convolve(held, window / window.sum(), mode="valid")
    step = int(_STEP * sample_rate)
    curve = np.interp(np.arange(len(samples)), (np.arange(len(gain)) + 0.5) * step, gain)
    limited: NDArray[np.float32] = (samples * curve).astype(np.float32)
    return limited


def _true_peaks(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The true peak of each millisecond and of its neighbours, so that no edge is missed."""
    import soxr

    finer = np.abs(soxr.resample(samples, sample_rate, sample_rate * _OVERSAMPLING, quality="MQ"))
    step = int(_STEP * sample_rate) * _OVERSAMPLING
    blocks = -(-len(finer) // step)
    padded = np.zeros(blocks * step, np.float32)
    padded[: len(finer)] = finer
    peaks = np.pad(padded.reshape(blocks, step).max(axis=1), 1, mode="edge")
    around: NDArray[np.float32] = sliding_window_view(peaks, 3).max(axis=1)
    return around
