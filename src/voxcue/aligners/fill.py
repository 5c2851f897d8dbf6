"""A time for every token: what an aligner found, and the rest from the gap that it stands in.

This is where the promise is kept, whatever the aligner: tokens in order, each once, no overlap,
none outside the clip, none that is said with zero length. Knows nothing of audio or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from voxcue.types import Span, Token, Word

SHORTEST = 0.02
"""Seconds that a spoken token lasts at least, where the clip is long enough to grant it to all."""

_SECONDS_PER_LETTER = 0.03
"""A gap with less than this per spoken letter is too small for the tokens that stand in it."""


def words(
    tokens: Sequence[Token],
    spans: Sequence[Span | None],
    duration: float,
    confidences: Sequence[float | None] | None = None,
) -> list[Word]:
    """Words with a time each, from the spans that are known.

    Silent tokens take the gap between their neighbours; spoken tokens without a span share it by length,
    together with the token before them when the gap is too small.

    Args:
        tokens: all tokens of the clip, in order.
        spans: what the aligner found, one entry per token, ``None`` where it found nothing.
        duration: of the clip, in seconds.
        confidences: per token, 0 to 1, or ``None``.
    """
    edges = _inferred(tokens, list(spans), duration)
    edges = _separated(tokens, edges, duration)
    scores = confidences or [None] * len(tokens)
    return [
        Word(token.text, " ".join(token.words), start, end, score, token.offset, token.space)
        for token, (start, end), score in zip(tokens, edges, scores, strict=True)
    ]


def _inferred(
    tokens: Sequence[Token], spans: list[Span | None], duration: float
) -> list[tuple[float, float]]:
    """Every token's edges: its span, or a share of the gap between the spans around it."""
    known = [index for index, span in enumerate(spans) if span is not None]
    edges: list[tuple[float, float]] = [(s.start, s.end) if s else (0.0, 0.0) for s in spans]
    for before, after in pairwise([-1, *known, len(tokens)]):
        inside = range(before + 1, after)
        if not inside:
            continue
        start = edges[before][1] if before >= 0 else 0.0
        end = edges[after][0] if after < len(tokens) else duration
        need = _SECONDS_PER_LETTER * sum(_length(tokens[index]) for index in inside)
        if before >= 0 and end - start < need:
            inside = range(before, after)
            start = edges[before][0]
        for index, span in zip(inside, _shares(tokens, inside, start, max(start, end)), strict=True):
            edges[index] = span
    return edges


def _shares(tokens: Sequence[Token], inside: range, start: float, end: float) -> list[tuple[float, float]]:
    """The gap from ``start`` to ``end`` divided by spoken length; equally if nothing in it is said."""
    weights = [_length(tokens[index]) for index in inside]
    if not any(weights):
        weights = [1] * len(weights)
    shares = []
    place = start
    for weight in weights:
        shares.append((place, place + (end - start) * weight / sum(weights)))
        place = shares[-1][1]
    return shares


def _length(token: Token) -> int:
    return sum(map(len, token.words))


def _separated(
    tokens: Sequence[Token], edges: Sequence[tuple[float, float]], duration: float
) -> list[tuple[float, float]]:
    """The same edges in order, inside the clip, each spoken token at least `SHORTEST` long."""
    spoken = sum(bool(token.words) for token in tokens)
    shortest = min(SHORTEST, duration / (spoken + 1))
    least = [shortest if token.words else 0.0 for token in tokens]
    ordered = []
    floor = 0.0
    for (start, end), length in zip(edges, least, strict=True):
        start = max(start, floor)
        floor = max(end, start + length)
        ordered.append((start, floor))
    ceiling = duration
    for index in range(len(ordered) - 1, -1, -1):
        start, end = ordered[index]
        end = min(end, ceiling)
        ceiling = max(0.0, min(start, end - least[index]))
        ordered[index] = (ceiling, end)
    return ordered
