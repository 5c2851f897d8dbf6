"""The flat U-Net transformer of E2-TTS: the later half of the layers also sees what the earlier half saw."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from voxcue.engines.f5.layers import (
    Attention,
    FeedForward,
    InputEmbedding,
    Padding,
    Rotary,
    TextEmbedding,
    TimeEmbedding,
)
from voxcue.engines.f5.shape import Shape


class RootMeanSquareNorm(nn.Module):
    """Each frame scaled to a norm of the square root of its features."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.g = nn.Parameter(torch.empty(dim))

    def forward(self, x: Tensor) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)``."""
        out: Tensor = F.normalize(x, dim=-1) * (x.shape[-1] ** 0.5 * self.g)
        return out


class Layer(nn.ModuleList):
    """Skip projection (later half only), attention and feed-forward with their norms, as published."""

    def __init__(self, shape: Shape, *, later: bool) -> None:
        dim = shape.dim
        super().__init__()
        self.append(nn.Linear(2 * dim, dim, bias=False) if later else nn.Identity())
        self.append(RootMeanSquareNorm(dim))
        self.append(Attention(dim, shape.heads))
        self.append(RootMeanSquareNorm(dim))
        self.append(FeedForward(dim, shape.inner))

    def forward(self, x: Tensor, table: Rotary, keys: Tensor | None) -> Tensor:
        """``(b, n, d)``, or ``(b, n, 2 d)`` in the later half, to ``(b, n, d)``."""
        skip, attn_norm, attn, ff_norm, ff = self
        x = skip(x)
        x = x + attn(attn_norm(x), table, keys)
        out: Tensor = x + ff(ff_norm(x))
        return out


class UNetT(nn.Module):
    """The backbone of E2TTS_Base and what is fine-tuned from it."""

    lead = 1
    """Frames that stand before the first of the mel: the time."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.time_embed = TimeEmbedding(shape.dim)
        self.text_embed = TextEmbedding(
            shape.text_entries, shape.text_dim, shape.text_blocks, hides_filler=shape.hides_filler
        )
        self.input_embed = InputEmbedding(shape.mel, shape.text_dim, shape.dim)
        half = shape.depth // 2
        self.layers = nn.ModuleList([Layer(shape, later=index >= half) for index in range(shape.depth)])
        self.norm_out = RootMeanSquareNorm(shape.dim)
        self.proj_out = nn.Linear(shape.dim, shape.mel)

    def steps(self, times: Tensor) -> list[Sequence[Tensor]]:
        """The features of each time ``(steps,)``: a frame before the first."""
        return [(time,) for time in self.time_embed(times)]

    def forward(
        self, x: Tensor, fixed: Tensor, step: Sequence[Tensor], table: Rotary, padding: Padding | None
    ) -> Tensor:
        """The flow at one step: ``(b, n, mel)`` and ``(k, b, n, d)`` to ``(k b, n, mel)``."""
        x = self.input_embed(x, fixed, padding and padding.frames)
        x = torch.cat((step[0].expand(len(x), 1, -1), x), dim=1)
        keys = None if padding is None else F.pad(padding.keys, (1, 0), value=True)
        half = len(self.layers) // 2
        seen: list[Tensor] = []
        for layer in self.layers[:half]:
            seen.append(x)
            x = layer(x, table, keys)
        for layer in self.layers[half:]:
            x = layer(torch.cat((x, seen.pop()), dim=-1), table, keys)
        flow: Tensor = self.proj_out(self.norm_out(x)[:, 1:])
        return flow

    def compile_blocks(self) -> None:
        """Compile the two kinds of layers once for all of them, for any length."""
        for layer in self.layers:
            layer.compile(dynamic=True)
