"""No text is slow: reading takes time in proportion to its length."""

from __future__ import annotations

import contextlib
import time

import pytest

from voxcue.errors import TextError
from voxcue.text import parse

MEGABYTE = 1_000_000
BUDGET_S = 10.0  # an order of magnitude above what it takes; a quadratic pattern takes hours


@pytest.mark.parametrize("unit", ["a", "1", "-", "(", "[", "—", "é", "a.", "1,", "1-", "[pause ", "“a"])
def test_a_megabyte_without_a_space_is_read_quickly(unit: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(TextError):  # some of these hold nothing to say
        parse(unit * (MEGABYTE // len(unit)))
    assert time.perf_counter() - start < BUDGET_S


def test_a_hundred_thousand_words_are_read_in_seconds() -> None:
    sentence = "The quick brown fox, who earned $3.50 on Jan. 5, 2024, jumped over Mr. Smith’s 12 lazy dogs. "
    start = time.perf_counter()
    script = parse(sentence * 6000)
    assert time.perf_counter() - start < BUDGET_S
    assert len(script.utterances) == 6000
