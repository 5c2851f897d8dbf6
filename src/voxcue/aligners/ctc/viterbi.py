"""The best path of labels through the frame posteriors of a CTC model: exact, in bounded memory.

Graves et al., "Connectionist temporal classification", ICML 2006: between and around the labels may lie
blanks, a label may last several frames, and equal neighbours need a blank between them. Here each blank has a
class of its own, so that the one between two words may take in more than the one inside a word.

Memory: the scores of all states are kept at every ``sqrt(frames)``-th frame only. Each block between two such
frames is searched again on the way back, where the path can have been in at most as many labels as the block
has frames. Knows nothing of audio, models or letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError

_NEVER = np.float32(-1e30)


@dataclass(frozen=True)
class Path:
    """``starts`` and ``ends`` are the frames of each label, end exclusive, int64 of shape ``(labels,)``.

    ``scores`` are the sums of the log probabilities of each label's frames, float64 of shape ``(labels,)``;
    ``score`` is that of all frames, those of blanks included.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float64]
    score: float


def forced_path(
    log_probs: NDArray[np.float32],
    labels: Sequence[int],
    blanks: Sequence[int] | None = None,
    *,
    wildcard: int | None = None,
) -> Path:
    """The most probable path of the labels. Time grows with frames times labels.

    Args:
        log_probs: shape ``(frames, classes)``.
        labels: classes, in order.
        blanks: the class of the blank before each label, and of the one after the last: one more than the
            labels. Without it, class 0 everywhere.
        wildcard: a class that may follow itself without a blank between.

    Raises:
        AlignmentError: ``audio-too-short``, fewer frames than the labels need.
    """
    wanted = np.asarray(labels, np.intp)
    between = np.zeros(len(wanted) + 1, np.intp) if blanks is None else np.asarray(blanks, np.intp)
    frames, count = len(log_probs), len(wanted)
    repeated = np.zeros(count, bool)
    repeated[1:] = (wanted[1:] == wanted[:-1]) & (wanted[1:] != wildcard)
    if frames < count + int(repeated.sum()):
        raise AlignmentError(
            "audio-too-short",
            f"The recording is too short for its text: {count} letters in {frames} frames of the model.",
            "Check that the recording is whole and that the text is only what is said in it.",
        )
    if not count:
        nothing = np.zeros(0, np.int64)
        return Path(nothing, nothing, np.zeros(0), float(log_probs[:, between[0]].sum(dtype=np.float64)))
    return _Search(log_probs, wanted, between, repeated).path()


@dataclass(frozen=True)
class _Row:
    """Scores of the states after some frame: ``blanks[i]`` before label ``low + i``, ``letters[i]`` in it.

    There is one blank more than there are letters.
    """

    blanks: NDArray[np.float32]
    letters: NDArray[np.float32]
    low: int = 0

    def copy(self) -> _Row:
        return _Row(self.blanks.copy(), self.letters.copy(), self.low)

    def part(self, low: int, high: int) -> _Row:
        """A view of the labels from ``low`` to before ``high``, and of the blanks around them."""
        first, last = low - self.low, high - self.low
        return _Row(self.blanks[first : last + 1], self.letters[first:last], low)


class _Search:
    """State ``2 * i`` is the blank before label i, ``2 * i + 1`` the label."""

    def __init__(
        self,
        log_probs: NDArray[np.float32],
        labels: NDArray[np.intp],
        blanks: NDArray[np.intp],
        repeated: NDArray[np.bool_],
    ) -> None:
        self._log_probs, self._labels, self._blanks, self._repeated = log_probs, labels, blanks, repeated
        self._skip = np.where(repeated, _NEVER, np.float32(0))
        self._block = max(1, math.isqrt(len(log_probs)))

    def path(self) -> Path:
        """Forward with few rows kept, then backward block by block."""
        count = len(self._labels)
        rows = self._forward()
        end = rows.pop()
        state = 2 * count - int(end.letters[count - 1] > end.blanks[count])
        states = np.empty(len(self._log_probs), np.int64)
        last = len(states)
        while rows:
            checkpoint()
            first = (len(rows) - 1) * self._block
            state = self._backward(rows.pop(), first, last, state, states)
            last = first
        return self._described(states)

    def _forward(self) -> list[_Row]:
        """The rows before frame 0, ``block``, 2 * ``block`` ..., and after the last frame."""
        frames, count = len(self._log_probs), len(self._labels)
        row = _Row(np.full(count + 1, _NEVER), np.full(count, _NEVER))
        row.blanks[0] = 0.0  # before the first frame, the path is in the first blank
        rows = []
        for frame in range(frames):
            if frame % self._block == 0:
                checkpoint()
                best = max(row.blanks.max(), row.letters.max())
                row.blanks[:] -= best  # sums stay small, and float32 exact enough
                row.letters[:] -= best
                rows.append(row.copy())
            first = max(0, count - (frames - frame) - 1)  # before it, the end is out of reach
            last = min(count, frame + 1)  # behind it, nothing has been reached
            self._step(frame, row.part(first, last))
        return [*rows, row]

    def _step(self, frame: int, row: _Row) -> None:
        """One frame on, in place."""
        emitted = self._log_probs[frame]
        blanks, letters, low = row.blanks, row.letters, row.low
        high = low + len(letters)
        stay = letters.copy()
        np.maximum(letters, blanks[:-1], out=letters)
        np.maximum(letters[1:], stay[:-1] + self._skip[low + 1 : high], out=letters[1:])
        letters += emitted.take(self._labels[low:high])
        np.maximum(blanks[1:], stay, out=blanks[1:])
        blanks += emitted.take(self._blanks[low : high + 1])

    def _backward(self, row: _Row, first: int, last: int, state: int, states: NDArray[np.int64]) -> int:
        """Fill ``states[first:last]`` of a path that is in ``state`` at the last of these frames.

        Returns:
            The state before frame ``first``.
        """
        high = min(len(self._labels), state // 2 + 1)
        rows = [row.part(max(0, high - (last - first) - 2), high).copy()]
        for frame in range(first, last - 1):
            rows.append(rows[-1].copy())
            self._step(frame, rows[-1])
        for frame in range(last - 1, first - 1, -1):
            states[frame] = state
            state = self._before(rows[frame - first], state)
        return state

    def _before(self, row: _Row, state: int) -> int:
        """Where a path that is in a state was one frame before, when the scores were those of a row."""
        at, is_letter = state // 2 - row.low, state % 2
        best, found = (row.letters if is_letter else row.blanks)[at], state
        if is_letter and row.blanks[at] > best:
            best, found = row.blanks[at], state - 1
        if at and not (is_letter and self._repeated[state // 2]) and row.letters[at - 1] > best:
            found = state - 1 - is_letter
        return found

    def _described(self, states: NDArray[np.int64]) -> Path:
        frames, labels = np.arange(len(states)), np.arange(len(self._labels))
        spoken = states % 2 == 1
        owner, heard = states[spoken] // 2, frames[spoken]
        scores = self._log_probs[heard, self._labels[owner]].astype(np.float64)
        rest = self._log_probs[frames[~spoken], self._blanks[states[~spoken] // 2]].sum(dtype=np.float64)
        starts = heard[np.searchsorted(owner, labels, "left")]
        ends = heard[np.searchsorted(owner, labels, "right") - 1] + 1
        each = np.asarray(np.bincount(owner, scores, len(labels)), np.float64)
        return Path(starts, ends, each, float(scores.sum() + rest))
