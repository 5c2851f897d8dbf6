# ruff: noqa: SIM905
"""Sentences to utterances: short sentences as they are, long ones cut where a speaker would breathe.

Only the spoken length and the punctuation of tokens matter here; a tied group is never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voxcue.types import Token

CLAUSE_PAUSE = 0.12
"""Silence in seconds where a long sentence is cut."""

_STRONG = (";", ":", "—", "…")
_CONJUNCTIONS = frozenset(
    """and but or nor so yet because although though while when where which who that if unless until as than
    with""".split()
)
# The earliest cut, as a share of the length aimed at: a breath after two words sounds like a mistake.
_EARLIEST = 0.4
_ANYWHERE = 3


def is_silent(token: Token) -> bool:
    """Say whether nothing is said for a token."""
    return not any(map(str.isalnum, token.spoken))


def clauses(tokens: Sequence[Token], tied: Sequence[bool], max_chars: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of tokens that one sentence is spoken in, each of at most ``max_chars`` characters.

    A token or tied group that is longer by itself stays whole.
    """
    lengths = [len(token.spoken) + bool(token.spoken) for token in tokens]
    gaps = _gaps(tokens, tied)
    start, left = 0, sum(lengths)
    while left > max_chars:
        parts = -(-left // max_chars)
        enough = left - (parts - 1) * max_chars
        cut = _cut(gaps, lengths, start, left / parts, enough, max_chars)
        if cut is None:
            break
        yield start, cut
        left -= sum(lengths[start:cut])
        start = cut
    yield start, len(tokens)


def _gaps(tokens: Sequence[Token], tied: Sequence[bool]) -> list[int | None]:
    """Rate the gap after each token as a place to breathe, 0 the best; ``None`` where none is allowed.

    Silent tokens stay with the one before, and something is said on both sides of every cut.
    """
    silent = [is_silent(token) for token in tokens]
    said = [at for at, quiet in enumerate(silent) if not quiet]
    gaps: list[int | None] = [None] * len(tokens)
    for at in range(said[0], said[-1]):
        if not tied[at] and not silent[at + 1]:
            gaps[at] = _rank(tokens[at], tokens[at + 1])
    return gaps


def _cut(
    gaps: Sequence[int | None],
    lengths: Sequence[int],
    start: int,
    target: float,
    enough: int,
    max_chars: int,
) -> int | None:
    """Return the token to cut before: near ``target`` characters on, at the best gap there is.

    A first part of ``enough`` characters leaves a rest that needs no further part than it must.
    """
    best: tuple[bool, bool, int, float, int] | None = None
    size = 0
    for at in range(start, len(gaps)):
        size += lengths[at]
        if size > max_chars and best is not None:
            break
        gap = gaps[at]
        if gap is None:
            continue
        rank = gap if size >= _EARLIEST * target else _ANYWHERE
        key = (rank == _ANYWHERE, size < enough, rank, abs(size - target), at + 1)
        best = key if best is None else min(best, key)
    return best[-1] if best else None


def _rank(token: Token, following: Token) -> int:
    if token.spoken.endswith(_STRONG) or token.text.endswith(")"):
        return 0
    if token.spoken.endswith(","):
        return 1
    return 2 if following.spoken in _CONJUNCTIONS else _ANYWHERE
