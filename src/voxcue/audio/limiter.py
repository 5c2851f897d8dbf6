"""A look-ahead limiter on true peaks: gain goes down before a peak and up after it, never a click."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

_OVERSAMPLING = 8
"""Times the sample rate at which a peak between samples is seen: 192 kHz for speech at 24 kHz, as ITU-R
BS.1770, annex 2, has it."""

_TAPS = 12
"""Samples on either side that a value between two samples is interpolated from."""

_SUSPECT = 0.6
_NEAR = 4
"""Peaks are looked for within 4 samples of one that passes this share of the ceiling: in a sharp "s" a peak
can stand 12 dB above the samples beside it, but then one a little further off is high."""

_STEP = 0.001
_REACH = 8
"""The gain moves in steps of 1 ms, over 8 steps before and after a peak."""

_MARGIN = 10 ** (-0.1 / 20)
"""Kept below the ceiling for what the moving gain itself and another meter's filter add (0.1 dB)."""


def limit(samples: NDArray[np.float32], sample_rate: int, ceiling: float) -> NDArray[np.float32]:
    """Keep true peaks at or below ``ceiling`` (linear, 1.0 is full scale); quieter audio is untouched."""
    if not len(samples):
        return samples
    peaks = _true_peaks(samples, sample_rate, ceiling)
    needed = np.minimum(1.0, ceiling * _MARGIN / np.maximum(peaks, 1e-9))
    if needed.min() == 1.0:
        return samples
    width = 2 * _REACH + 1
    held = sliding_window_view(np.pad(needed, 2 * _REACH, mode="edge"), width).min(axis=1)
    window = np.hanning(width + 2)[1:-1]
    gain = np.convolve(held, window / window.sum(), mode="valid")
    step = int(_STEP * sample_rate)
    curve = np.interp(np.arange(len(samples)), (np.arange(len(gain)) + 0.5) * step, gain)
    limited: NDArray[np.float32] = (samples * curve).astype(np.float32)
    return limited


def _true_peaks(samples: NDArray[np.float32], sample_rate: int, ceiling: float) -> NDArray[np.float32]:
    """The true peak of each millisecond and of its neighbours, so that no edge is missed."""
    step = int(_STEP * sample_rate)
    blocks = -(-len(samples) // step)
    padded = np.zeros(blocks * step, np.float32)
    padded[: len(samples)] = _between(samples, _SUSPECT * ceiling)
    peaks = np.pad(padded.reshape(blocks, step).max(axis=1), 2)
    around: NDArray[np.float32] = sliding_window_view(peaks, 3).max(axis=1)[1:-1]
    return around


def _between(samples: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    """Per sample the highest magnitude from it to the next; only looked for near samples above ``floor``.

    The interpolation is a sinc over the whole band, as peak meters use: a resampler that leaves out what
    is near half the sample rate would miss the peaks of sharp consonants.
    """
    level = np.abs(samples)
    loud = np.flatnonzero(level > floor)
    close = np.zeros(len(samples) + 2 * _NEAR, np.bool_)
    for offset in range(2 * _NEAR):
        close[loud + offset] = True
    near = np.flatnonzero(close[_NEAR:-_NEAR])
    windows = sliding_window_view(np.pad(samples, (_TAPS - 1, _TAPS)), 2 * _TAPS)
    level[near] = np.maximum(level[near], np.abs(windows[near] @ _sinc()).max(axis=1, initial=0.0))
    return level


@cache
def _sinc() -> NDArray[np.float32]:
    """Weights of the samples around for each value between two; float32 of shape (2 taps, values)."""
    places = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = places - np.arange(1 - _TAPS, _TAPS + 1)[:, None]
    window = np.cos(np.pi / 2 * distance / _TAPS) ** 2
    weights: NDArray[np.float32] = (np.sinc(distance) * window).astype(np.float32)
    return weights
