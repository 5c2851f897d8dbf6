"""The diffusion transformer of F5-TTS (DiT, arXiv 2212.09748): time steers every block."""

from __future__ import annotations

from collections.abc import Sequence

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


class Modulation(nn.Module):
    """Scales, shifts and gates from the time."""

    def __init__(self, dim: int, count: int) -> None:
        super().__init__()
        self.linear = nn.Linear(dim, count * dim)
        self._count = count

    def forward(self, time: Tensor) -> Tensor:
        """``(steps, d)`` to ``(steps, count, d)``."""
        out: Tensor = self.linear(F.silu(time)).unflatten(-1, (self._count, -1))
        return out


def _modulated(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift


class Block(nn.Module):
    """Attention and a feed-forward layer, each modulated and gated."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attn_norm = Modulation(shape.dim, 6)
        self.attn = Attention(shape.dim, shape.heads)
        self.ff = FeedForward(shape.dim, shape.inner)

    def forward(self, x: Tensor, modulation: Tensor, table: Rotary, keys: Tensor | None) -> Tensor:
        """``(b, n, d)`` to ``(b, n, d)`` under a modulation of ``(6, d)``."""
        shift, scale, gate, ff_shift, ff_scale, ff_gate = modulation.unbind()
        x = x + gate * self.attn(_modulated(x, scale, shift), table, keys)
        out: Tensor = x + ff_gate * self.ff(_modulated(x, ff_scale, ff_shift))
        return out


class DiT(nn.Module):
    """The backbone of F5TTS_v1_Base, F5TTS_Base and what is fine-tuned from them."""

    lead = 0
    """Frames that stand before the first of the mel."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.time_embed = TimeEmbedding(shape.dim)
        self.text_embed = TextEmbedding(
            shape.text_entries, shape.text_dim, shape.text_blocks, hides_filler=shape.hides_filler
        )
        self.input_embed = InputEmbedding(shape.mel, shape.text_dim, shape.dim)
        self.transformer_blocks = nn.ModuleList([Block(shape) for _ in range(shape.depth)])
        self.norm_out = Modulation(shape.dim, 2)
        self.proj_out = nn.Linear(shape.dim, shape.mel)

    def steps(self, times: Tensor) -> list[Sequence[Tensor]]:
        """What each time ``(steps,)`` does to the blocks and to the last layer."""
        time = self.time_embed(times)
        layers = [block.get_submodule("attn_norm") for block in self.transformer_blocks]
        layers.append(self.norm_out)
        return list(zip(*(layer(time).unbind() for layer in layers), strict=True))

    def forward(
        self, x: Tensor, fixed: Tensor, step: Sequence[Tensor], table: Rotary, padding: Padding | None
    ) -> Tensor:
        """The flow at one step: ``(b, n, mel)`` and ``(k, b, n, d)`` to ``(k b, n, mel)``."""
        x = self.input_embed(x, fixed, padding and padding.frames)
        keys = padding and padding.keys
        for block, modulation in zip(self.transformer_blocks, step[:-1], strict=True):
            x = block(x, modulation, table, keys)
        scale, shift = step[-1].unbind()
        flow: Tensor = self.proj_out(_modulated(x, scale, shift))
        return flow

    def compile_blocks(self) -> None:
        """Compile the block once for all of them, for any length."""
        for block in self.transformer_blocks:
            block.compile(dynamic=True)
