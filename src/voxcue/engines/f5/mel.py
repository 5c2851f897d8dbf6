"""The log mel spectrogram that models read and Vocos turns into sound: 93.75 frames of 100 bands a second."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

SAMPLE_RATE = 24_000
BANDS = 100
HOP = 256
"""Samples from one frame to the next."""
WINDOW = 1024


def log_mel(samples: Tensor) -> Tensor:
    """Mono samples ``(n,)`` at 24 kHz to ``(n // HOP + 1, BANDS)``, natural logarithms of magnitudes."""
    spectrum = torch.stft(
        samples,
        WINDOW,
        HOP,
        window=torch.hann_window(WINDOW),
        center=True,
        pad_mode="reflect",
        return_complex=True,
    )
    return (spectrum.abs().T @ _filters()).clamp(min=1e-5).log()


@lru_cache(maxsize=1)
def _filters() -> Tensor:
    """Triangles on HTK's mel scale without normalisation, ``(WINDOW / 2 + 1, BANDS)``."""
    frequencies = torch.linspace(0, SAMPLE_RATE // 2, WINDOW // 2 + 1)
    highest = 2595.0 * torch.log10(torch.tensor(1.0 + SAMPLE_RATE / 2 / 700.0, dtype=torch.float64)).item()
    corners = 700.0 * (10.0 ** (torch.linspace(0.0, highest, BANDS + 2) / 2595.0) - 1.0)
    widths = corners.diff()
    slopes = corners[None] - frequencies[:, None]
    rising = -slopes[:, :-2] / widths[:-1]
    falling = slopes[:, 2:] / widths[1:]
    return torch.minimum(rising, falling).clamp(min=0)
