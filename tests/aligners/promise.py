"""The promise that every aligner keeps, as an assertion."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from voxcue.types import Token, Word


def assert_kept(words: Sequence[Word], tokens: Sequence[Token], duration: float) -> None:
    """Every token once and in order, inside the clip, no overlap, nothing said in no time."""
    assert [(w.text, w.offset, w.space) for w in words] == [(t.text, t.offset, t.space) for t in tokens]
    assert [word.spoken for word in words] == [" ".join(token.words) for token in tokens]
    assert all(0 <= word.start <= word.end <= duration for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))
    if duration:
        assert all(word.start < word.end for word in words if word.spoken)
