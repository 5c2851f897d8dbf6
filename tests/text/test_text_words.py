"""The bare words of a token, in any script."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from voxcue.types import Token


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ("हिन्दी, में।", ("हिन्दी", "में")),
        ("தமிழ் மொழி.", ("தமிழ்", "மொழி")),
        ("ภาษาไทย", ("ภาษาไทย",)),
        ("שָׁלוֹם־רַב", ("שָׁלוֹם", "רַב")),
        ("cafe\u0301’s don't rock' a_b", ("cafe\u0301’s", "don't", "rock", "a", "b")),
        ("你好，世界。", ("你好", "世界")),
        ("twenty-five, — …", ("twenty", "five")),
    ],
)
def test_words_end_at_spaces_and_punctuation_but_not_at_vowel_signs(
    spoken: str, words: tuple[str, ...]
) -> None:
    assert Token(spoken, spoken, 0).words == words


def test_every_combining_mark_is_part_of_its_word() -> None:
    marks = [
        char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in {"Mn", "Mc"}
    ]
    assert [mark for mark in marks if len(Token("", f"a{mark}b", 0).words) != 1] == []
