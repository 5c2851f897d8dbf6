"""Parts of a text, and which of them were heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxcue.aligners.sphinx.parts import beginnings, places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0]),
        ("One two three. Four five six! Seven eight nine?", [0, 3, 6]),
        ("One two three. Yes. Four five six.", [0, 3]),
        ("Yes. No. One two three four.", [0]),
        ('He said "go on there." Then he went.', [0, 5]),
        (" ".join(["word"] * 60), [0, 20, 40]),
    ],
)
def test_parts_begin_after_sentences_and_within_long_ones(text: str, expected: list[int]) -> None:
    assert beginnings(text.split()) == expected


@given(st.lists(st.sampled_from(["a", "b.", "c", "d!"]), max_size=120))
def test_parts_begin_in_order_and_are_not_long(texts: list[str]) -> None:
    found = beginnings(texts)
    assert found[0] == 0
    assert found == sorted(set(found))
    assert all(begin < max(1, len(texts)) for begin in found)


TEXT = list("abcdefghi")
BEGINS = [0, 3, 6]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("abcdefghi", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("abcghi", [0, 1, 2, 6, 7, 8]),
        ("defgh", [3, 4, 5, 6, 7]),
        ("abcabcdef", [None, None, None, 0, 1, 2, 3, 4, 5]),
        ("abcghidefghi", [0, 1, 2, None, None, None, 3, 4, 5, 6, 7, 8]),
        ("", []),
    ],
)
def test_heard_parts_are_put_in_their_places(heard: str, expected: list[int | None]) -> None:
    assert places(list(heard), TEXT, BEGINS) == expected


def test_a_sentence_that_the_text_has_twice_goes_where_most_fits() -> None:
    text = list("abcdefabcghi")
    begins = [0, 3, 6, 9]
    assert places(list("abcdef"), text, begins) == [0, 1, 2, 3, 4, 5]
    assert places(list("abcghi"), text, begins) == [6, 7, 8, 9, 10, 11]
    assert places(list("ghiabcdef"), text, begins) == [None, None, None, 0, 1, 2, 3, 4, 5]
