"""Which letters that are heard stand for which letters of a text: the alignment of fewest edits.

Gotoh, "An improved algorithm for matching biological sequences", 1982: a gap costs to open, more
so inside a word, so that a word that is missing goes as a whole. Knows nothing of sound or time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import ANY

_EDGE, _INNER = 0.25, 1.0
"""What it costs to open a gap at the edge of a word, and inside; each letter of it, or changed, costs 1."""

_APART = 0.5
"""What it costs if a word begins in one of two letters and not in the other."""


def partners(
    text: NDArray[np.int64],
    begins: NDArray[np.bool_],
    heard: NDArray[np.int64],
    apart: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """For each letter of the text the index of the one heard for it, -1 for none; int64 of shape ``(n,)``.

    `ANY` in the text stands for any number of letters. Time and memory grow with ``n`` times ``m``.

    Args:
        text: classes of shape ``(n,)``.
        begins: whether a word begins, of shape ``(n,)``.
        heard: classes of shape ``(m,)``.
        apart: whether a word begins, of shape ``(m,)``; without it the model hears no gaps.
    """
    costs = _Costs(text, begins, heard, apart)
    total, deleted = costs.table()
    found = np.full(len(text), -1, np.int64)
    row, column = len(text), len(heard)
    while row and column:
        here = total[row, column]
        if here == total[row - 1, column - 1] + costs.change[row - 1, column - 1]:
            row, column = row - 1, column - 1
            found[row] = column
        elif here == deleted[row, column]:
            row = costs.opened(total, deleted, row, column)
        else:
            before = total[row, :column] + costs.inserted(row, column - np.arange(column))
            column = int(np.flatnonzero(before == here)[-1])
    return found


class _Costs:
    """What edits cost; all are multiples of a quarter, so that sums in float32 are exact."""

    def __init__(
        self,
        text: NDArray[np.int64],
        begins: NDArray[np.bool_],
        heard: NDArray[np.int64],
        apart: NDArray[np.bool_] | None,
    ) -> None:
        wild = text == ANY
        self.change = (text[:, None] != heard).astype(np.float32)
        if apart is not None:
            self.change += _APART * (begins[:, None] != apart)
        self.change[wild] = 0.0
        self.delete = np.where(wild, 0.0, 1.0).astype(np.float32)
        self.open = np.where(wild, 0.0, np.where(begins, _EDGE, _INNER)).astype(np.float32)
        edge = np.concatenate((begins, [True]))
        beside = np.concatenate((wild, [False])) | np.concatenate(([False], wild))
        self._insert = np.where(beside, 0.0, 1.0).astype(np.float32)
        self._open_insert = np.where(beside, 0.0, np.where(edge, _EDGE, _INNER)).astype(np.float32)

    def inserted(self, row: int, count: NDArray[np.int64]) -> NDArray[np.float32]:
        """The costs of ``count`` letters put in before the letter ``row`` of the text."""
        return np.asarray(self._open_insert[row] + self._insert[row] * count, np.float32)

    def table(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The least costs of all beginnings, and those of which the last letter of the text is left out."""
        rows, columns = self.change.shape
        total = np.empty((rows + 1, columns + 1), np.float32)
        deleted = np.full((rows + 1, columns + 1), np.inf, np.float32)
        start = np.full(columns + 1, np.inf, np.float32)
        start[0] = 0.0
        total[0] = self._with_insertions(0, start)
        for row in range(1, rows + 1):
            above, at = total[row - 1], row - 1
            deleted[row] = np.minimum(deleted[at], above + self.open[at]) + self.delete[at]
            reached = deleted[row].copy()
            np.minimum(reached[1:], above[:-1] + self.change[at], out=reached[1:])
            total[row] = self._with_insertions(row, reached)
        return total, deleted

    def _with_insertions(self, row: int, reached: NDArray[np.float32]) -> NDArray[np.float32]:
        steps = self._insert[row] * np.arange(len(reached), dtype=np.float32)
        after = np.minimum.accumulate(reached - steps) + steps + self._open_insert[row]
        return np.asarray(np.minimum(reached, after), np.float32)

    def opened(self, total: NDArray[np.float32], deleted: NDArray[np.float32], row: int, column: int) -> int:
        """The row in which the gap was opened that ends with the letter before ``row``."""
        while True:
            row -= 1
            if deleted[row + 1, column] == total[row, column] + self.open[row] + self.delete[row]:
                return row
