"""What a CTC model hears without a text: its best class of each frame, with repeats and blanks taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import Alphabet


@dataclass(frozen=True)
class Heard:
    """Letters that are heard, in order; arrays of shape ``(letters,)``.

    ``letters`` are classes and ``starts`` and ``ends`` frames, end exclusive, int64. ``begins`` says before
    which of them the model writes the gap between two words, the first one included.
    """

    letters: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    begins: NDArray[np.bool_]


def greedy(best: NDArray[np.int64], alphabet: Alphabet) -> Heard:
    """The letters of the best path (Graves et al., 2006, "best path decoding").

    Args:
        best: the best class of each frame, of shape ``(frames,)``.
        alphabet: what the classes mean; those that it has no letter for are left out.
    """
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))[: len(starts)]
    numbers = best[starts]
    letter = np.isin(numbers, list(alphabet.letters))
    gaps = np.cumsum(numbers == alphabet.delimiter)[letter]
    return Heard(numbers[letter], starts[letter], ends[letter], np.diff(gaps, prepend=-1) > 0)
