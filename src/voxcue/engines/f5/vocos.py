"""Vocos (arXiv 2306.00814): a mel spectrogram to sound by one inverse Fourier transform a frame."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from voxcue.engines.f5.mel import HOP, WINDOW


class Block(nn.Module):
    """A ConvNeXt block with a learnt scale."""

    def __init__(self, dim: int, inner: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, inner)
        self.pwconv2 = nn.Linear(inner, dim)
        self.gamma = nn.Parameter(torch.empty(dim))

    def forward(self, x: Tensor) -> Tensor:
        """``(b, d, n)`` to ``(b, d, n)``."""
        mixed = self.norm(self.dwconv(x).transpose(1, 2))
        mixed = self.gamma * self.pwconv2(F.gelu(self.pwconv1(mixed)))
        out: Tensor = x + mixed.transpose(1, 2)
        return out


class Network(nn.Module):
    """The convolutions."""

    def __init__(self, mel: int, dim: int, inner: int, depth: int) -> None:
        super().__init__()
        self.embed = nn.Conv1d(mel, dim, 7, padding=3)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.convnext = nn.ModuleList([Block(dim, inner) for _ in range(depth)])
        self.final_layer_norm = nn.LayerNorm(dim, eps=1e-6)

    def forward(self, mel: Tensor) -> Tensor:
        """``(b, bands, n)`` to ``(b, n, d)``."""
        x = self.norm(self.embed(mel).transpose(1, 2)).transpose(1, 2)
        for block in self.convnext:
            x = block(x)
        out: Tensor = self.final_layer_norm(x.transpose(1, 2))
        return out


class Head(nn.Module):
    """Magnitudes and phases to samples."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.out = nn.Linear(dim, WINDOW + 2)

    def forward(self, x: Tensor) -> Tensor:
        """``(b, n, d)`` to ``(b, (n - 1) HOP)``; the Fourier transform is in single precision."""
        magnitude, phase = self.out(x).float().transpose(1, 2).chunk(2, dim=1)
        spectrum = torch.polar(magnitude.exp().clamp(max=100.0), phase)
        return torch.istft(
            spectrum, WINDOW, HOP, window=torch.hann_window(WINDOW, device=x.device), center=True
        )


class Vocos(nn.Module):
    """The decoder for 24 kHz mel spectrograms."""

    def __init__(self, mel: int, dim: int, inner: int, depth: int) -> None:
        super().__init__()
        self.backbone = Network(mel, dim, inner, depth)
        self.head = Head(dim)

    def forward(self, mel: Tensor) -> Tensor:
        """A log mel spectrogram ``(n, bands)`` to samples ``((n - 1) HOP,)``, in [-1, 1] or so."""
        dtype = self.backbone.embed.weight.dtype
        samples: Tensor = self.head(self.backbone(mel.T[None].to(dtype)))
        return samples[0]
