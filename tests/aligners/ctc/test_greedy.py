"""What is read from posteriors without a text."""

from __future__ import annotations

import numpy as np
import pytest

from voxcue.aligners.ctc.alphabet import read_alphabet
from voxcue.aligners.ctc.greedy import greedy

CLASSES = "_?|ab"


@pytest.mark.parametrize(
    ("frames", "letters", "begins"),
    [
        ("", [], []),
        ("___", [], []),
        ("_aab", [("a", 1, 3), ("b", 3, 4)], [True, False]),
        ("a_a?|b", [("a", 0, 1), ("a", 2, 3), ("b", 5, 6)], [True, False, True]),
    ],
)
def test_repeats_and_blanks_go(frames: str, letters: list[tuple[str, int, int]], begins: list[bool]) -> None:
    alphabet = read_alphabet({"<pad>": 0, "<unk>": 1, "|": 2, "a": 3, "b": 4}, [])
    assert alphabet is not None
    heard = greedy(np.asarray([CLASSES.index(each) for each in frames], np.int64), alphabet)
    names = [CLASSES[each] for each in heard.letters]
    assert list(zip(names, heard.starts.tolist(), heard.ends.tolist(), strict=True)) == letters
    assert heard.begins.tolist() == begins
