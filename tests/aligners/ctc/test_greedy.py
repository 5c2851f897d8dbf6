"""What is read from posteriors without a text."""

from __future__ import annotations

import numpy as np
import pytest

from voxcue.aligners.ctc.alphabet import read_alphabet
from voxcue.aligners.ctc.greedy import Letter, greedy


@pytest.mark.parametrize(
    ("frames", "letters"),
    [
        ("", []),
        ("___", []),
        ("_aab", [("a", 1, 3), ("b", 3, 4)]),
        ("a_a?|b", [("a", 0, 1), ("a", 2, 3), (" ", 4, 5), ("b", 5, 6)]),
    ],
)
def test_repeats_and_blanks_go(frames: str, letters: list[tuple[str, int, int]]) -> None:
    classes = "_?|ab"
    alphabet = read_alphabet({"<pad>": 0, "<unk>": 1, "|": 2, "a": 3, "b": 4}, [])
    assert alphabet is not None
    log_probs = np.full((len(frames), 5), -5.0, np.float32)
    log_probs[np.arange(len(frames)), [classes.index(each) for each in frames]] = -0.1
    assert greedy(log_probs, alphabet) == [Letter(*each) for each in letters]
