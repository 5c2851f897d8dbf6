"""The layers that both backbones are made of, with the parameter names of the published checkpoints.

Sources: F5-TTS (arXiv 2410.06885), E2-TTS (arXiv 2406.18009), ConvNeXt V2 (arXiv 2301.00808), rotary
embedding (arXiv 2104.09864). Two things differ from the training code, not in what is computed: queries, keys
and values come from one product (``to_qkv``), and what does not change from one step of the solver to the
next is computed before the first.

Shapes: ``b`` rows, ``n`` mel frames, ``d`` features.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEAD = 64
"""Features of one attention head."""

_WAVES = 256
"""Sines and cosines that stand for a time."""


class Rotary(NamedTuple):
    """Cosines and sines of the rotary embedding, each ``(heads, n, HEAD / 2)``."""

    cos: Tensor
    sin: Tensor


class Padding(NamedTuple):
    """Where rows of different lengths end: ``frames`` is true inside, ``(b, n)``; ``keys`` is the same for
    attention, ``(b, 1, 1, n)``."""

    frames: Tensor
    keys: Tensor


def rotary(length: int, heads: int, rotated: int, device: torch.device, dtype: torch.dtype) -> Rotary:
    """Tables for ``length`` positions; only the first ``rotated`` heads know positions."""
    frequencies = 10_000.0 ** -(torch.arange(0, HEAD, 2, dtype=torch.float32, device=device) / HEAD)
    angles = torch.outer(torch.arange(length, dtype=torch.float32, device=device), frequencies)
    angles = angles.expand(heads, -1, -1) * (torch.arange(heads, device=device) < rotated)[:, None, None]
    return Rotary(angles.cos().to(dtype), angles.sin().to(dtype))


def fuse(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Three projections, weights or biases, as one; of the first two, each head's rows (0, 1), (2, 3) become
    (0, HEAD/2), (1, HEAD/2 + 1).

    The published weights rotate neighbours; rotating halves touches memory in order. Attention only sees
    products of queries and keys, which stay the same.
    """
    fused = torch.empty(3, *value.shape, dtype=value.dtype)
    for into, weight in zip(fused, (query, key), strict=False):
        into.view(-1, 2, HEAD // 2, *weight.shape[1:]).copy_(_pairs(weight).transpose(1, 2))
    fused[2] = value
    return fused.flatten(0, 1)


def _pairs(weight: Tensor) -> Tensor:
    return weight.view(-1, HEAD // 2, 2, *weight.shape[1:])


def _rotate(x: Tensor, table: Rotary) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * table.cos - second * table.sin, second * table.cos + first * table.sin), dim=-1)


class Attention(nn.Module):
    """Self-attention over all frames of a row."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.to_qkv = nn.Linear(dim, 3 * heads * HEAD)
        self.to_out = nn.ModuleList([nn.Linear(heads * HEAD, dim)])

    def forward(self, x: Tensor, table: Rotary, keys: Tensor | None) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``; ``keys`` is true where there is something to attend to."""
        together = self.to_qkv(x).view(*x.shape[:2], 3, -1, HEAD)
        query, key, value = together.permute(2, 0, 3, 1, 4)
        query, key = _rotate(query, table), _rotate(key, table)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=keys)
        projected: Tensor = self.to_out[0](mixed.transpose(1, 2).flatten(2))
        return projected


class FeedForward(nn.Module):
    """Two linear layers with GELU (its tanh approximation) between."""

    def __init__(self, dim: int, inner: int) -> None:
        super().__init__()
        gelu = nn.GELU(approximate="tanh")
        self.ff = nn.Sequential(
            nn.Sequential(nn.Linear(dim, inner), gelu), nn.Identity(), nn.Linear(inner, dim)
        )

    def forward(self, x: Tensor) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``."""
        out: Tensor = self.ff(x)
        return out


class TimeEmbedding(nn.Module):
    """The time of the flow, 0 to 1, as features."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.time_mlp = nn.Sequential(nn.Linear(_WAVES, dim), nn.SiLU(), nn.Linear(dim, dim))

    def forward(self, times: Tensor) -> Tensor:
        """``(steps,)`` to ``(steps, d)``."""
        count = _WAVES // 2
        indices = torch.arange(count, device=times.device, dtype=torch.float32)
        angles = 1000 * times[:, None] * torch.exp(indices * -(math.log(10_000) / (count - 1)))
        waves = torch.cat((angles.sin(), angles.cos()), dim=-1)
        out: Tensor = self.time_mlp(waves.to(next(self.parameters()).dtype))
        return out


class GlobalResponseNorm(nn.Module):
    """ConvNeXt V2's normalisation over all frames of a row, its padding included."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.empty(1, 1, dim))
        self.beta = nn.Parameter(torch.empty(1, 1, dim))

    def forward(self, x: Tensor) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``."""
        norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
        scaled = x * (norm / (norm.mean(dim=-1, keepdim=True) + 1e-6))
        out: Tensor = self.gamma * scaled + self.beta + x
        return out


class TextBlock(nn.Module):
    """A ConvNeXt V2 block."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 2 * dim)
        self.grn = GlobalResponseNorm(2 * dim)
        self.pwconv2 = nn.Linear(2 * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``."""
        mixed = self.norm(self.dwconv(x.transpose(1, 2)).transpose(1, 2))
        out: Tensor = x + self.pwconv2(self.grn(F.gelu(self.pwconv1(mixed))))
        return out


class TextEmbedding(nn.Module):
    """Characters as features, one a frame from the first on; index 0 of the table fills the rest.

    ``hides_filler`` says that the model was trained with the fill set to zero between the blocks.
    """

    def __init__(self, entries: int, dim: int, blocks: int, *, hides_filler: bool) -> None:
        super().__init__()
        # Given its weight, as drawing one at random would import PyTorch's compiler: 1.5 s.
        self.text_embed = nn.Embedding(entries, dim, _weight=torch.empty(entries, dim))
        if blocks:
            self.text_blocks = nn.ModuleList([TextBlock(dim) for _ in range(blocks)])
        self._blocks = blocks
        self._hides_filler = hides_filler

    def forward(self, ids: Tensor, length: int) -> Tensor:
        """One row's characters ``(characters,)`` to ``(2, length, d)``: with them, and as if not known.

        A row is embedded by itself: `GlobalResponseNorm` counts padding, so that in a batch, as the training
        code does it, a row's text would depend on the longest row beside it.
        """
        ids = F.pad(ids[:length] + 1, (0, max(0, length - len(ids))))
        text: Tensor = self.text_embed(torch.stack((ids, torch.zeros_like(ids))))
        if not self._blocks:
            return text
        text = text + _positions(length, text)
        shown = (ids > 0)[:, None] if self._hides_filler else None
        text = text if shown is None else text * shown
        for block in self.text_blocks:
            text = block(text) if shown is None else block(text) * shown
        return text


def _positions(length: int, like: Tensor) -> Tensor:
    """Sinusoids: cosines, then sines, ``(length, d)``."""
    dim = like.shape[-1]
    rates = 10_000.0 ** -(torch.arange(0, dim, 2, dtype=torch.float32, device=like.device) / dim)
    angles = torch.outer(torch.arange(length, dtype=torch.float32, device=like.device), rates)
    return torch.cat((angles.cos(), angles.sin()), dim=-1).to(like.dtype)


class PositionConvolution(nn.Module):
    """Two grouped convolutions that tell a frame of its neighbours."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        convs = [nn.Conv1d(dim, dim, 31, padding=15, groups=16) for _ in range(2)]
        self.conv1d = nn.Sequential(convs[0], nn.Mish(), convs[1], nn.Mish())

    def forward(self, x: Tensor, frames: Tensor | None) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``; what is not in ``frames`` counts as zero, as beyond the ends."""
        x = x.transpose(1, 2)
        if frames is None:
            x = self.conv1d(x)
        else:
            inside = frames[:, None]
            for conv in (self.conv1d[0], self.conv1d[2]):
                x = F.mish(conv(x * inside))
            x = x * inside
        return x.transpose(1, 2)


class InputEmbedding(nn.Module):
    """The noisy mel, the mel of the reference and the text, mixed into one row of features."""

    def __init__(self, mel: int, text: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Linear(2 * mel + text, dim)
        self.conv_pos_embed = PositionConvolution(dim)
        self._sizes = [mel, mel, text]

    def fixed(self, reference: Tensor, text: Tensor) -> Tensor:
        """The part that stays the same over all steps: ``(b, n, mel)`` and ``(2, b, n, text)`` to
        ``(2, b, n, d)``, with the reference and the text, then without."""
        _, of_reference, of_text = torch.split(self.proj.weight, self._sizes, dim=1)
        mixed = F.linear(text, of_text, self.proj.bias)
        mixed[0] += F.linear(reference, of_reference)
        return mixed

    def forward(self, x: Tensor, fixed: Tensor, frames: Tensor | None) -> Tensor:
        """``(b, n, mel)`` and ``(k, b, n, d)`` to ``(k b, n, d)``."""
        mixed = (F.linear(x, self.proj.weight[:, : self._sizes[0]]) + fixed).flatten(0, 1)
        located: Tensor = self.conv_pos_embed(mixed, frames)
        return located + mixed
