"""The letters of a text beside those that a CTC model hears without it, and the words that do not look alike.

A word that is misspelt may look as bad as one that is not said: who is suspected here is not yet doubted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import ANY
from voxcue.aligners.ctc.columns import Labels
from voxcue.aligners.ctc.edits import partners
from voxcue.aligners.ctc.greedy import Heard

_MISSING = 1 / 2
"""Share of a word's letters that are not heard, from which on it is suspected; two letters at least."""

_TAIL = 1 / 3
"""The same for letters that are missing at its end."""

_AGAIN = 2 / 3
"""Share of letters that are those of the words beside them, from which on they are these again."""


class Comparison:
    """A text of n letters and what is heard. ``words`` are the first letter and the end of each word.

    Arrays of shape ``(n,)``: ``partner`` is the index of what is heard for a letter, -1 for nothing;
    ``known`` says whether the model has a class for it, ``same`` whether it is heard itself, ``suspect``
    whether it may not be said.
    """

    def __init__(self, labels: Labels, heard: Heard) -> None:
        self.labels, self.heard = labels, heard
        self.text = np.asarray(labels.letters, np.int64)
        begins = np.asarray(labels.begins, bool)
        apart = heard.begins if heard.begins[1:].any() else None
        self.partner = partners(self.text, begins, heard.letters, apart)
        self.known = self.text != ANY
        self.same = self.partner >= 0
        self.same[self.same] = self.text[self.same] == heard.letters[self.partner[self.same]]
        self.words = list(pairwise([*np.flatnonzero(begins).tolist(), len(self.text)]))
        self.suspect = np.zeros(len(self.text), bool)
        for first, end in self.words:
            self.suspect[self._suspected(first, end) : end] = True

    def _suspected(self, first: int, end: int) -> int:
        """From which letter of a word on it is suspected, ``end`` for none."""
        known = int(self.known[first:end].sum())
        missing = int((self.known & ~self.same)[first:end].sum())
        if known and missing >= max(known * _MISSING, min(2, known)):
            return first
        tail = end
        while tail > first and self.known[tail - 1] and self.partner[tail - 1] < 0:
            tail -= 1
        return tail if end - tail >= max(known * _TAIL, 2) else end

    def window(self, first: int, end: int, frames: int) -> tuple[int, int]:
        """The frames, of so many, between what is heard for the letters before and after but suspects."""
        certain = (self.partner >= 0) & ~self.suspect
        before, after = self.partner[:first][certain[:first]], self.partner[end:][certain[end:]]
        low = int(self.heard.ends[before[-1]]) if len(before) else 0
        return low, int(self.heard.starts[after[0]]) if len(after) else frames

    def extra(self) -> Iterator[tuple[int, int, int]]:
        """Runs of letters that are heard and have no place in the text: first, end, letter of the text after.

        What may be heard for a suspect is left out, and what is beside a letter that may be anything.
        """
        found = np.ones(len(self.heard.letters), bool)
        found[self.partner[self.partner >= 0]] = False
        for first, end in runs(self.suspect):
            low, high = self.window(first, end, int(self.heard.ends[-1]))
            found[(self.heard.starts >= low) & (self.heard.ends <= high)] = False
        after = np.append(self.partner, len(found))
        for first, end in runs(found):
            place = int(np.argmax(after >= end))
            if self.known[max(0, place - 1) : place + 1].all():
                yield first, end, place

    def again(self, letters: NDArray[np.int64], place: int) -> tuple[int, int] | None:
        """The words around a place in the text that these letters are, again: their first letter and end.

        Where words are said twice, what has no place in the text may begin inside them.
        """
        best, found = 0.0, None
        for end in (each for _, each in self.words if place <= each <= place + 2 * len(letters)):
            start = min((a for a, _ in self.words if a <= place), key=lambda a: abs(end - a - len(letters)))
            expected = np.concatenate((self.text[place:end], self.text[start:place]))
            share = _alike(expected, letters)
            if share > best:
                best, found = share, (start, end)
        return found if best >= _AGAIN and len(letters) > 1 else None


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where flags in a row are set: first and end of each run."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _alike(text: NDArray[np.int64], heard: NDArray[np.int64]) -> float:
    """Share of letters that two stretches have in common, of the longer one."""
    partner = partners(text, np.zeros(len(text), bool), heard)
    there = partner >= 0
    return float((text[there] == heard[partner[there]]).sum() / max(len(text), len(heard)))
