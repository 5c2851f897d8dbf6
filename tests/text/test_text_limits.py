# ruff: noqa: E501
"""A word has a longest length, and no text of 40,000 characters takes more than its share of time."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import time

import pytest

from voxcue.errors import TextError
from voxcue.text import parse
from voxcue.text.script import MAX_WORD

UNITS = [
    " ", "\n", "\t", "a ", "1 ", "1", "[", "( ", "((((", "[ ", "\"", "\" ", "'", "$", "$1 ", "a.", "a. ", ". ", "A. ",
    "Mr. ", "1/", "1/ ", "1. ", "1, ", "1-", "- ", "--a", "a\u2014", "\u2014 ", "...", "! ", "@ ", "+ 1 ", "http://a.b ",
    "\U0001f600", "\U0001f600 ", "\u05d0", "\u05d0 ", "\u0301", "a\u0301 ", "\u200d", "\u00a0", "\u6f22\u3002",
    "\u202e", "a\n\n", "\\", "[pause ", "[pause 1s] ", "Jan 1 ", "5 km ", "IV ",
]  # fmt: skip
MEASURE = """
import sys
from voxcue import speak
speech = speak(sys.argv[1])
[peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak) // 1024)
"""


def seconds(text: str) -> float:
    """How long it takes to read a text, or to refuse it, without the collector's walks over what other tests left."""
    gc.disable()
    try:
        start = time.thread_time()
        with contextlib.suppress(TextError):
            parse(text)
        return time.thread_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    half, whole = ("a " + unit * (size // len(unit)) + " end" for size in (20_000, 40_000))
    # A busy machine may be slow for a while; a quadratic pattern is slow each time.
    assert any(seconds(whole) < 3 * seconds(half) + 0.05 for _ in range(10))


@pytest.mark.parametrize("unit", ["a", "QUJD", "1", "漢", "-", "\u0301", "\U0001f600", "a.", "9,", "\u00be"])
def test_a_word_too_long_to_speak_is_refused_with_its_place(unit: str) -> None:
    word = unit * (MAX_WORD // len(unit))
    with contextlib.suppress(TextError):
        parse(f"One two {word} three.")
    with pytest.raises(TextError) as caught:
        parse(f"One two {word}{unit * 50_000} three.")
    error = caught.value
    assert error.code == "word-too-long"
    assert "at character 8:" in error.message
    assert repr(word[:40]) in error.message
    assert word[:41] not in error.message
    assert error.hint


def test_the_longest_word_is_read() -> None:
    assert parse("x" * MAX_WORD).utterances[0].tokens[0].text == "x" * MAX_WORD
    with pytest.raises(TextError):
        parse("x" * (MAX_WORD + 1))


def test_a_dash_ends_a_word() -> None:
    assert parse("wait\u2014" * MAX_WORD).utterances


@pytest.mark.parametrize(
    "unit", ["7", "7,", "7.", "7-", "7/", "\u00be", "7^", "\u0667", "$7", "7%", "A1", "W"]
)
def test_what_is_said_for_the_longest_word_is_bounded(unit: str) -> None:
    [token] = parse((unit * MAX_WORD)[:MAX_WORD]).utterances[0].tokens
    assert token.words
    assert not any(map(str.isdigit, token.spoken))
    assert len(token.spoken) <= 11 * MAX_WORD


def test_a_number_of_hundreds_of_digits_is_said_digit_by_digit() -> None:
    [token] = parse("7" * MAX_WORD).utterances[0].tokens
    assert token.spoken == " ".join(["seven"] * MAX_WORD)


@pytest.mark.parametrize("unit", ["W", "7"])
def test_the_longest_word_is_spoken_in_bounded_memory(unit: str) -> None:
    command = [sys.executable, "-c", MEASURE, unit * MAX_WORD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 700
