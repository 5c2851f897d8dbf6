"""From noise to mel spectrograms: Euler steps along the flow, many rows in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from voxcue.cancel import checkpoint
from voxcue.engines.f5.checkpoint import Backbone
from voxcue.engines.f5.layers import Padding, Rotary, rotary

_PRUNED = {
    5: (0, 2, 4, 8, 16, 32),
    6: (0, 2, 4, 6, 8, 16, 32),
    7: (0, 2, 4, 6, 8, 16, 24, 32),
    10: (0, 2, 4, 6, 8, 12, 16, 20, 24, 28, 32),
    12: (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32),
    16: (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32),
}
"""Empirically pruned step sampling (EPSS): which of 32 even steps a short schedule keeps."""


@dataclass(frozen=True, slots=True)
class Row:
    """One utterance to make: the mel of the reference ``(r, bands)``, the characters of the reference and the
    utterance together ``(characters,)``, the length of both in frames, and the seed of the noise."""

    reference: Tensor
    text: Tensor
    frames: int
    seed: int


def times(steps: int, sway: float) -> Tensor:
    """The times of a schedule, 0 to 1, ``(steps + 1,)``; ``sway`` below 0 puts more of them at the beginning.

    Sources: sway sampling, arXiv 2410.06885; EPSS, arXiv 2505.19931.
    """
    even = torch.linspace(0, 1, steps + 1) if steps not in _PRUNED else torch.tensor(_PRUNED[steps]) / 32
    return even + sway * (torch.cos(torch.pi / 2 * even) - 1 + even)


def noise(frames: int, bands: int, seed: int) -> Tensor:
    """Where a row begins, ``(frames, bands)``: the same for a seed on every device, in every batch."""
    return torch.randn(frames, bands, generator=torch.Generator().manual_seed(seed))


class Sampler:
    """A backbone with a schedule; what depends on neither text nor voice is computed once.

    Args:
        backbone: the transformer.
        steps: evaluations of the backbone for each row.
        sway: sway sampling coefficient.
        guidance: strength of classifier-free guidance; 0 evaluates each row once a step, not twice.
    """

    def __init__(self, backbone: Backbone, *, steps: int, sway: float, guidance: float) -> None:
        self._backbone = backbone
        self._weight = backbone.proj_out.weight
        self._guidance = guidance
        self._times = times(steps, sway)
        self._table: Rotary | None = None
        with torch.inference_mode():
            self._steps = backbone.steps(self._times[:-1].to(self._weight.device))

    @torch.inference_mode()
    def __call__(self, rows: Sequence[Row], start: Tensor | None = None) -> list[Tensor]:
        """Mel spectrograms ``(frames, bands)``, the reference included; each as if its row were alone.

        ``start`` replaces the noise, ``(b, frames of the longest, bands)``.
        """
        lengths = [row.frames for row in rows]
        fixed = self._fixed(rows, max(lengths))
        table = self._rotary(max(lengths))
        padding = self._padding(lengths, len(fixed))
        x = (self._noise(rows) if start is None else start).to(self._weight.device)
        for index, step in enumerate(self._steps):
            checkpoint()
            flow = self._backbone(x.to(self._weight.dtype), fixed, step, table, padding).float()
            if len(fixed) == 2:
                guided, free = flow.chunk(2)
                flow = guided + (guided - free) * self._guidance
            x = x + (self._times[index + 1] - self._times[index]) * flow
        return [
            torch.cat((row.reference.to(x.device), mel[len(row.reference) : row.frames]))
            for row, mel in zip(rows, x, strict=True)
        ]

    def _noise(self, rows: Sequence[Row]) -> Tensor:
        bands = self._weight.shape[0]
        return pad_sequence([noise(row.frames, bands, row.seed) for row in rows], batch_first=True)

    def _fixed(self, rows: Sequence[Row], length: int) -> Tensor:
        """What the rows ask for, ``(2, b, length, d)``: guided and free; ``(1, ...)`` without guidance."""
        device, dtype = self._weight.device, self._weight.dtype
        reference = torch.stack([_padded(row.reference, length) for row in rows]).to(device, dtype)
        embedded = [self._backbone.text_embed(row.text.to(device), row.frames) for row in rows]
        text = torch.stack([_padded(each, length) for each in embedded], dim=1)
        return self._backbone.input_embed.fixed(reference, text if self._guidance else text[:1])

    def _rotary(self, length: int) -> Rotary:
        """Tables for rows of ``length`` frames, cut from longer ones that are kept."""
        shape = self._backbone.shape
        length += self._backbone.lead
        if self._table is None or self._table.cos.shape[1] < length:
            size = -(-length // 1024) * 1024
            self._table = rotary(size, shape.heads, shape.rotated, self._weight.device, self._weight.dtype)
        return Rotary(*(part[:, :length] for part in self._table))

    def _padding(self, lengths: Sequence[int], copies: int) -> Padding | None:
        """Where rows end, for ``copies`` of each; ``None`` when all end together."""
        if len(set(lengths)) == 1:
            return None
        ends = torch.tensor(lengths, device=self._weight.device).repeat(copies)
        frames = torch.arange(max(lengths), device=ends.device) < ends[:, None]
        return Padding(frames, frames[:, None, None])


def _padded(rows: Tensor, length: int) -> Tensor:
    """Zeros behind the frames, the last dimension but one, up to ``length`` of them."""
    return F.pad(rows, (0, 0, 0, length - rows.shape[-2]))
