"""What can be measured of a sound every 10 ms: its level, its spectrum in mel bands, its pitch.

The measures that judge a recording (`voxcue.voices.checks`) are made of these; nothing here judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voxcue.types import Clip

_RATE = 16_000
STEP = 0.01
"""Seconds from one frame to the next."""
_HOP = 160
_WINDOW = 512
_PITCH_WINDOW = 1024
_LAGS = np.arange(40, 267)
"""Periods that a voice may have, in samples: 60 to 400 Hz."""

BANDS = 26
_LOWEST, _HIGHEST = 100.0, 7600.0
_LEVEL = 0.08
"""Root mean square to which sound is brought before it is measured, so that floors mean the same."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frames:
    """One entry each 10 ms: ``levels`` in dB, ``mel`` log energies ``(n, BANDS)``, ``pitch`` in Hz.

    ``voicing`` is the height of the autocorrelation's peak, 0 to 1: the pitch means something above 0.7.
    """

    levels: Floats
    mel: Floats
    pitch: Floats
    voicing: Floats


def measure(clip: Clip) -> Frames:
    """All measures of a clip of some seconds; memory grows with 100 kB for each."""
    import soxr

    samples = soxr.resample(clip.samples, clip.sample_rate, _RATE)
    samples = samples * (_LEVEL / (np.sqrt(np.mean(samples**2)) + 1e-9))
    power = _power(samples, _WINDOW, _WINDOW)
    levels = 10 * np.log10(power.sum(axis=1) + 1e-7)
    pitch, voicing = _pitch(samples)
    count = min(len(levels), len(pitch))
    mel = np.log(power @ _filters() + 1e-6)
    return Frames(levels[:count], mel[:count], pitch[:count], voicing[:count])


def levels(clip: Clip) -> Floats:
    """The level of each 10 ms in dB of full scale, of a clip of any length."""
    block = round(STEP * clip.sample_rate)
    count = len(clip.samples) // block
    energy = np.square(clip.samples[: count * block].reshape(count, block)).mean(axis=1, dtype=np.float64)
    decibels: Floats = 10 * np.log10(energy + 1e-10)
    return decibels


def _power(samples: NDArray[np.float32], window: int, size: int) -> Floats:
    """Power spectra of frames around every 10 ms, float64 of shape (n, size / 2 + 1)."""
    padded = np.pad(samples, window // 2)
    framed = sliding_window_view(padded, window)[::_HOP] * np.hanning(window)
    power: Floats = np.abs(np.fft.rfft(framed, size)) ** 2
    return power


def _pitch(samples: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Pitch and voicing by autocorrelation, corrected for the window (Boersma 1993)."""
    power = _power(samples, _PITCH_WINDOW, 2 * _PITCH_WINDOW)
    own = np.fft.irfft(power)[:, : _PITCH_WINDOW // 2]
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_PITCH_WINDOW), 2 * _PITCH_WINDOW)) ** 2)
    shape = window[_LAGS] / window[0]
    like = own[:, _LAGS] / (own[:, :1] + 1e-9) / shape
    best = like.max(axis=1)
    peak = np.zeros_like(like, np.bool_)
    peak[:, 1:-1] = (like[:, 1:-1] >= like[:, :-2]) & (like[:, 1:-1] >= like[:, 2:])
    peak &= like >= 0.92 * best[:, None]  # the shortest period that is nearly as good: no octave too low
    index = np.where(peak.any(axis=1), peak.argmax(axis=1), like.argmax(axis=1))
    return _RATE / _LAGS[index], best


@cache
def _filters() -> Floats:
    """Triangles on the mel scale, of shape (bins, BANDS)."""
    low, high = (2595 * np.log10(1 + each / 700) for each in (_LOWEST, _HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(_WINDOW, 1 / _RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles: Floats = np.maximum(0.0, np.minimum(rising, falling))
    return triangles
