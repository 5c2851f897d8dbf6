"""Audio to the features of PocketSphinx's acoustic model: mel frequency cepstra and their derivatives.

Frames of 25.6 ms every 10 ms, 25 triangular filters from 130 to 6,800 Hz, a noise floor that is followed and
taken off, 13 liftered cepstra from which their mean is taken off. Constants are those of the model's
``feat.params`` and of PocketSphinx's front end (``fe_sigproc.c``, ``fe_noise.c``), on which it was trained.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.model import SIZE

RATE = 16_000
"""Hz of the audio."""

HOP = 160
"""Samples from one frame to the next: 10 ms."""

_LENGTH, _POINTS = 410, 512
"""Samples of a frame, and of its Fourier transform."""

_FILTERS, _LOW, _HIGH = 25, 130.0, 6800.0
_EMPHASIS, _LIFTER = 0.97, 22
_SMOOTH, _SLOW, _FAST = 0.7, 0.995, 0.5
"""Share of the old value in the smoothed power, and in a lower envelope that power lies above or below."""

_DECAY, _MASKED = 0.85, 0.2
"""What is left of a peak one frame later, and of it in sounds that are masked by it."""

_GAIN = 20.0
"""Largest factor by which noise removal changes a band."""

_AROUND = 4
"""Bands on both sides over which that factor is averaged."""

_FLOOR = 5.0
"""Energy of a band in white noise of one step of 16 bits. No silence is deeper: the model has never heard
that of zeros, in the place of which there is such noise."""

_SOUNDING = 18.0
"""First cepstrum of frames that count for the mean: some 9 dB above that floor."""

Array = NDArray[np.float64]


def features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features of shape ``(frames, 3, 13)``, a frame every 10 ms, the last one padded.

    Args:
        samples: mono at `RATE`, in [-1, 1].
    """
    cepstra = np.log(_without_noise(_energies(samples) + _FLOOR)) @ _COSINES
    sounding = cepstra[:, 0] >= _SOUNDING
    cepstra = cepstra - cepstra[sounding if sounding.any() else slice(None)].mean(axis=0)
    count = len(cepstra)
    ahead = np.pad(cepstra, ((3, 3), (0, 0)), "edge")
    at = {step: ahead[3 + step : 3 + step + count] for step in range(-3, 4)}
    first = at[2] - at[-2]
    second = (at[3] - at[-1]) - (at[1] - at[-3])
    return np.stack((cepstra, first, second), axis=1).astype(np.float32)


def _energies(samples: NDArray[np.float32]) -> Array:
    """Energy in each band, of shape ``(frames, 25)``."""
    whole = np.trunc(
        np.clip(samples, -1.0, 1.0).astype(np.float64) * 32767
    )  # the model knows 16-bit integers
    count = max(1, 1 - (_LENGTH - len(whole)) // HOP)
    whole = np.pad(whole, (0, max(0, (count - 1) * HOP + _LENGTH - len(whole))))
    zeros = whole == 0
    whole[zeros] = np.random.default_rng(0).standard_normal(int(zeros.sum()))  # see _FLOOR
    whole[1:] -= _EMPHASIS * whole[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(whole, _LENGTH)[::HOP][:count]
    return np.asarray(np.abs(np.fft.rfft(frames * np.hamming(_LENGTH), _POINTS)) ** 2 @ _BANDS)


def _without_noise(energies: Array) -> Array:
    """The same with each band turned down by how much of it is a steady floor or masked by a peak before."""
    power = _smoothed(energies)
    start = energies[0] / _GAIN
    signal = np.maximum(power - _lower_envelope(power, start), 1.0)
    peak = _peaks_before(signal)
    heard = np.where(signal < _DECAY * peak, _MASKED * peak, signal)
    gains = np.maximum(heard, _lower_envelope(signal, start)) / np.maximum(power, 1e-9)
    return np.asarray(energies * (np.clip(gains, 1 / _GAIN, _GAIN) @ _AVERAGES))


def _smoothed(energies: Array) -> Array:
    """Each frame with what is left of those before it: ``y[t] = 0.7 y[t - 1] + 0.3 x[t]``."""
    power = (1 - _SMOOTH) * energies
    power[0] = energies[0]
    step = 1
    while _SMOOTH**step > 1e-20:  # twice as many frames are summed up each time
        power[step:] += _SMOOTH**step * power[:-step]
        step *= 2
    return power


def _lower_envelope(power: Array, last: Array) -> Array:
    """From what it was last, it rises slowly to power that lies above it, and falls fast to power below."""
    found = np.empty_like(power)
    keep = np.array([[_SLOW], [_FAST]])
    both = np.empty((2, power.shape[1]))
    for frame, new in enumerate((1 - keep) * power[:, None]):
        np.multiply(keep, last, out=both)
        both += new
        last = np.minimum(both[0], both[1], out=found[frame])
    return found


def _peaks_before(signal: Array) -> Array:
    """What is left in each frame of the highest peak before it."""
    decay = np.arange(len(signal))[:, None] * np.log(_DECAY)
    highest = np.exp(np.maximum.accumulate(np.log(signal) - decay) + decay)
    return np.pad(_DECAY * highest[:-1], ((1, 0), (0, 0)))


def _bands() -> Array:
    """Triangular filters of unit area between points of the transform, of shape ``(257, 25)``."""
    spacing = RATE / _POINTS
    low, high = (2595 * np.log10(1 + edge / 700) for edge in (_LOW, _HIGH))
    hertz = 700 * (10 ** (np.linspace(low, high, _FILTERS + 2) / 2595) - 1)
    edges = np.floor(hertz / spacing + 0.5) * spacing
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    points = np.arange(_POINTS // 2 + 1)[:, None] * spacing
    sides = np.minimum((points - left) / (middle - left), (right - points) / (right - middle))
    return np.asarray(np.maximum(0, sides * 2 / (right - left)))


def _averages() -> Array:
    """Multiplied with it, each band is the mean of those around it."""
    near = np.abs(np.subtract.outer(np.arange(_FILTERS), np.arange(_FILTERS))) <= _AROUND
    return np.asarray(near / near.sum(axis=0))


def _cosines() -> Array:
    """The discrete cosine transform (II, orthonormal), liftered, of shape ``(25, 13)``."""
    order = np.arange(SIZE)
    cosines = np.cos(np.pi / _FILTERS * np.outer(np.arange(_FILTERS) + 0.5, order))
    scale = np.sqrt(np.where(order, 2, 1) / _FILTERS)
    return np.asarray(cosines * scale * (1 + _LIFTER / 2 * np.sin(np.pi * order / _LIFTER)))


_BANDS, _AVERAGES, _COSINES = _bands(), _averages(), _cosines()
