"""What a CTC model hears without a text: its best class of each frame, with repeats and blanks taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import Alphabet


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in frames, ``end`` exclusive; " " stands for the gap between two words."""

    letter: str
    start: int
    end: int


def greedy(log_probs: NDArray[np.float32], alphabet: Alphabet) -> list[Letter]:
    """The letters of the best path, in order (Graves et al., 2006, "best path decoding").

    Args:
        log_probs: shape ``(frames, classes)``.
        alphabet: what the classes mean; those that it has no letter for are left out.
    """
    return collapse(np.asarray(log_probs.argmax(axis=1), np.int64), alphabet)


def collapse(best: NDArray[np.int64], alphabet: Alphabet) -> list[Letter]:
    """The same, from the best class of each frame."""
    if not len(best):
        return []
    edges = np.concatenate(([0], np.flatnonzero(best[1:] != best[:-1]) + 1, [len(best)]))
    found = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        number = int(best[start])
        letter = " " if number == alphabet.delimiter else alphabet.letters.get(number)
        if letter is not None and number != alphabet.blank:
            found.append(Letter(letter, start, end))
    return found
