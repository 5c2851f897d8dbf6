"""Parts of a text: what is left out, said again or said in between is found by whole parts.

A part is a sentence, or a piece of one that has no punctuation. Knows nothing of audio or models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_ENDS = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]\u300d]*$")
_LONGEST = 25
"""Words of a part; shorter pieces of a long sentence are cut evenly."""

_SHORTEST = 3
"""Words of a part; fewer are found anywhere, and belong to the part before."""


def beginnings(texts: Sequence[str]) -> list[int]:
    """The indices at which parts begin, the first one 0.

    Args:
        texts: for each word, what stands in the text for it, punctuation included; "" for a word whose text
            goes on with the next one.
    """
    ends = [at + 1 for at, text in enumerate(texts) if _ENDS.search(text)]
    found = [0]
    for first, last in pairwise([0, *[end for end in ends if end < len(texts)], len(texts)]):
        if first - found[-1] >= _SHORTEST and first:
            found.append(first)
        pieces = -(-(last - found[-1]) // _LONGEST)
        begin = found[-1]
        found += [begin + (last - begin) * piece // pieces for piece in range(1, pieces)]
    if len(found) > 1 and len(texts) - found[-1] < _SHORTEST:
        found.pop()
    return found


def places(heard: Sequence[str], entries: Sequence[str], begins: Sequence[int]) -> list[int | None]:
    """Which entry each heard word is, ``None`` for a part that is out of order.

    Args:
        heard: words, as parts of ``entries``, each from a beginning to the next one (the last may end early).
        entries: all words that could be said.
        begins: of `beginnings`.

    Returns:
        Ascending indices of ``entries``, as many as can be had; of a part that is said twice the last.
    """
    found: list[int | None] = [None] * len(heard)
    for entry, at, length in _ascending(_runs(heard, entries, begins)):
        found[at : at + length] = range(entry, entry + length)
    return found


def _runs(heard: Sequence[str], entries: Sequence[str], begins: Sequence[int]) -> list[_Run]:
    """The parts that were heard, each with every place where the text has it."""
    ends = dict(pairwise([*begins, len(entries)]))
    runs: list[_Run] = []
    at = 0
    while at < len(heard):
        sizes = {begin: _same(heard, at, entries, begin, ends[begin]) for begin in begins}
        whole = {
            begin: size
            for begin, size in sizes.items()
            if size and (begin + size == ends[begin] or at + size == len(heard))
        }
        if not whole:
            return runs
        length = max(whole.values())
        runs.append(_Run(at, length, tuple(begin for begin in whole if whole[begin] == length)))
        at += length
    return runs


class _Run(NamedTuple):
    """A part that was heard: the index and number of its words, and the entries at which it may begin."""

    at: int
    length: int
    entries: tuple[int, ...]


def _same(heard: Sequence[str], at: int, entries: Sequence[str], begin: int, end: int) -> int:
    size = 0
    while begin + size < end and at + size < len(heard) and heard[at + size] == entries[begin + size]:
        size += 1
    return size


def _ascending(runs: Sequence[_Run]) -> list[tuple[int, int, int]]:
    """Entry, index and length of the runs to keep: entries ascend, most words stay, with fewest leaps.

    Among equals later runs win.
    """
    best: list[tuple[int, int, int, int, int]] = [(0, 0, 0, 0, -1)]
    """Of each choice: words and leaps (negative) up to it, the entry after it, its run, the choice before."""
    for number, run in enumerate(runs):
        earlier = list(enumerate(best))
        for entry in run.entries:
            words, leaps, _, before = max(
                (words, leaps - (after != entry), place, place)
                for place, (words, leaps, after, _, _) in earlier
                if after <= entry
            )
            best.append((words + run.length, leaps, entry + run.length, number, before))
    place = max(range(len(best)), key=lambda each: (*best[each][:2], each))
    kept = []
    while place:
        _, _, after, number, before = best[place]
        run = runs[number]
        kept.append((after - run.length, run.at, run.length))
        place = before
    return kept[::-1]
