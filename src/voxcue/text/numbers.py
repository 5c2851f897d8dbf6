# ruff: noqa: SIM905
"""The words of numbers: cardinals, ordinals, years, decimals, and digits one by one.

American readings, without "and" and without commas. Strings of ASCII digits come in; nothing here knows
what is being counted.
"""

from __future__ import annotations

import re
from functools import lru_cache

from num2words import num2words

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
"""Pattern of an unsigned number: "7", "1,250", "3.14", ".5"."""

MAX_CARDINAL_DIGITS = 9
"""A run of digits longer than this, without separators, is an identifier and read digit by digit."""

_MAX_GROUPED_DIGITS = 36
_DIGITS = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))


@lru_cache(maxsize=4096)
def cardinal(value: int) -> str:
    """Return 1234 as "one thousand two hundred thirty-four"."""
    return _plain(num2words(value))


@lru_cache(maxsize=1024)
def ordinal(value: int) -> str:
    """Return 103 as "one hundred third"."""
    return _plain(num2words(value, to="ordinal"))


def digits(text: str) -> str:
    """Return the digits in ``text`` one by one: "007" is "zero zero seven"."""
    return " ".join(_DIGITS[character] for character in text if character in _DIGITS)


@lru_cache(maxsize=2048)
def year(value: int) -> str:
    """Return a number of up to four digits as years are read: 1905 is "nineteen oh five"."""
    century, rest = divmod(value, 100)
    if value < 1000 or value % 1000 < 10:
        return cardinal(value)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {two_digits(rest)}"


def two_digits(value: int) -> str:
    """Return 5 as "oh five" and 42 as "forty-two", as in years and times."""
    return f"oh {cardinal(value)}" if value < 10 else cardinal(value)


def decade(value: int) -> str:
    """Return 1990 as "nineteen nineties", 90 as "nineties" and 2000 as "two thousands"."""
    return plural(year(value) if value >= 1000 else cardinal(value))


def plural(words: str) -> str:
    """Return the plural of a number's words: "nineties", "hundreds", "sixes"."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith("x") else f"{words}s"


def number(text: str) -> str:
    """Return the words of an unsigned number as ``NUMBER`` matches it.

    A leading zero, as in "007", and a run too long to be a quantity are read digit by digit.
    """
    whole, point, fraction = text.partition(".")
    grouped = "," in whole
    whole = whole.replace(",", "")
    limit = _MAX_GROUPED_DIGITS if grouped else MAX_CARDINAL_DIGITS
    if len(whole) > limit or (len(whole) > 1 and whole[0] == "0"):
        said = digits(whole)
    else:
        said = cardinal(int(whole)) if whole else ""
    return f"{said} point {digits(fraction)}".strip() if point else said


def is_year(text: str) -> bool:
    """Say whether four bare digits are read as a year: 1100 to 2099."""
    return len(text) == 4 and text.isdecimal() and 1100 <= int(text) <= 2099


def _plain(words: str) -> str:
    return re.sub(r",| and(?= )", "", words)
