# ruff: noqa: RUF001
"""Figures that stand for how much or how many: signs, ranges, fractions, ratios, dimensions, ordinals.

``amount`` reads the figure that a unit or a currency goes with; ``read_figure`` reads one that stands
alone, where four digits may be a year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voxcue.text.numbers import (
    NUMBER,
    cardinal,
    digits,
    is_year,
    number,
    ordinal,
    two_digits,
    year,
)
from voxcue.text.pieces import Piece, Reading, neighbour

_SIGNS = {"": "", "-": "minus ", "+": "plus ", "±": "plus or minus ", "~": "about ", "≈": "about ",
          "<": "less than ", ">": "more than ", "≤": "at most ", "≥": "at least "}  # fmt: skip
_SPAN = re.compile(rf"([-+±~≈<>≤≥]?)({NUMBER})(?:[-–](-?)({NUMBER}))?(\+?)")
_FRACTION = re.compile(r"([-+]?)(?:(\d{1,9})[ -])?(\d{1,9})/(\d{1,9})")
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(st|nd|rd|th)", re.IGNORECASE)
_AIRCRAFT = re.compile(r"7([0-8]7)-([1-9]00)")
_RATIO = re.compile(r"(\d{1,9}):(\d{1,9})")
_SCORE = re.compile(r"(\d{1,4}\.\d{1,4})/(\d{1,4})")  # "4.5/5": no fraction has a point
_WHOLES = re.compile(r"(\d{1,4})/(\d{1,4})")
_PARTS_OF_ONE = frozenset({2, 3, 4, 5, 6, 8, 16, 32, 64})  # other denominators are scores and counts
_DIMENSIONS = re.compile(rf"{NUMBER}(?:[x×]{NUMBER})+")
_VERSION = re.compile(r"([vV]?)(\d{1,9}(?:\.\d{1,9})+|(?<=[vV])\d{1,9})")
_NUMBERED = re.compile(rf"#({NUMBER})")
_FIXED = {
    "24/7": "twenty-four seven",
    "50/50": "fifty fifty",
    "9/11": "nine eleven",
    "20/20": "twenty twenty",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """The words of an amount, and whether what it counts is singular ("one", "three quarters")."""

    words: str
    singular: bool


def amount(text: str, *, years: bool = False) -> Amount | None:
    """Read a signed number, range or fraction; ``years`` reads four bare digits as a year."""
    span = _SPAN.fullmatch(text)
    if span is not None:
        return _span(span, years)
    parts = _FRACTION.fullmatch(text)
    return None if parts is None else _fraction(parts)


def _span(span: re.Match[str], years: bool) -> Amount:
    sign, first, minus, second, more = span.groups()
    years = years and not sign and is_year(first)
    words = _SIGNS[sign] + (year(int(first)) if years else number(first))
    if second is not None:
        words += f" to {_SIGNS[minus]}{_second_of(second, years)}"
    return Amount(words + (" plus" if more else ""), second is None and first in {"1", "1.0"} and not more)


def _second_of(text: str, years: bool) -> str:
    if years and len(text) == 2 and text.isdecimal():
        return two_digits(int(text))
    return year(int(text)) if years and is_year(text) else number(text)


def _fraction(parts: re.Match[str]) -> Amount:
    sign, whole, top, bottom = parts.groups()
    words = _SIGNS[sign] + fraction(int(top), int(bottom), article=whole is not None)
    return Amount(f"{_SIGNS[sign]}{number(whole)} and {words}", False) if whole else Amount(words, True)


def fraction(top: int, bottom: int, *, article: bool = False) -> str:
    """Return 3 and 4 as "three quarters"; ``article`` makes "a half" of "one half"."""
    simple = bottom in {16, 32, 64, 100, 1000} or bottom <= 12
    if bottom < 2 or not simple or top >= 2 * bottom:
        return f"{cardinal(top)} over {cardinal(bottom)}"
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(bottom)
    if top == 1:
        said = "an" if article and name[0] in "aeo" and not name.startswith("one") else "a"
        return f"{said if article else 'one'} {name}"
    return f"{cardinal(top)} {'halves' if bottom == 2 else f'{name}s'}"


def read_figure(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a figure that stands alone."""
    core = pieces[index].core
    for reader in (_fixed, _mixed_fraction, _spaced_thousands):
        reading = reader(pieces, index)
        if reading is not None:
            return reading
    words = _shape(core) or _score(core, neighbour(pieces, index + 1))
    if words is None:
        found = amount(core, years=True)
        words = found.words if found else None
    return None if words is None else Reading((words,))


def _fixed(pieces: Sequence[Piece], index: int) -> Reading | None:
    words = _FIXED.get(pieces[index].core)
    return Reading((words,)) if words else None


def _mixed_fraction(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "2 1/2" written as two words."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    if after is None or piece.closing or after.opening or not re.fullmatch(r"-?\d{1,9}", piece.core):
        return None
    parts = re.fullmatch(r"(\d{1,2})/(\d{1,2})", after.core)
    if parts is None or int(parts[1]) >= int(parts[2]):
        return None
    whole = amount(piece.core)
    words = fraction(int(parts[1]), int(parts[2]), article=True)
    return Reading((whole.words, f"and {words}")) if whole else None


def _spaced_thousands(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "1 250" whose groups are held together by no-break spaces; an ordinary space is no separator."""
    groups = [pieces[index].core]
    while re.fullmatch(r"\d{1,3}", groups[0]) and len(groups) < 5:
        piece, after = pieces[index + len(groups) - 1], neighbour(pieces, index + len(groups))
        tight = piece.space in {"\u00a0", "\u202f", "\u2009"} and not piece.closing
        if not tight or after is None or after.opening or not re.fullmatch(r"\d{3}", after.core):
            break
        groups.append(after.core)
    if len(groups) == 1:
        return None
    words = cardinal(int("".join(groups))).split()
    if len(words) < len(groups):
        return None
    head = len(words) - len(groups) + 1
    return Reading((" ".join(words[:head]), *words[head:]))


def _score(core: str, after: Piece | None) -> str | None:
    """Read "9/10" as "nine out of ten" and "4/4 time" as "four four"; "3/4" alone is a fraction."""
    match = _WHOLES.fullmatch(core)
    if match is None:
        return None
    top, bottom = int(match[1]), int(match[2])
    if after is not None and after.core in {"time", "meter", "rhythm"}:
        return f"{cardinal(top)} {cardinal(bottom)}"
    part = bottom in _PARTS_OF_ONE or (after is not None and after.core == "of")
    if top > bottom or (top < bottom and part):
        return None
    return f"{cardinal(top)} out of {cardinal(bottom)}"


def _shape(core: str) -> str | None:
    """Read what its own shape gives away: ordinals, ratios, dimensions, versions, "#1"."""
    if match := _ORDINAL.fullmatch(core):
        return ordinal(int(match[1].replace(",", "")))
    if match := _AIRCRAFT.fullmatch(core):
        return f"seven {two_digits(int(match[1]))} {cardinal(int(match[2]))}"
    if match := _RATIO.fullmatch(core):
        return f"{number(match[1])} to {number(match[2])}"
    if _DIMENSIONS.fullmatch(core):
        return " by ".join(map(number, re.split("[x×]", core)))
    if match := _SCORE.fullmatch(core):
        return f"{number(match[1])} out of {number(match[2])}"
    if match := _NUMBERED.fullmatch(core):
        return f"number {number(match[1])}"
    match = _VERSION.fullmatch(core)
    if match is None or (not match[1] and match[2].count(".") < 2):
        return None
    groups = match[2].split(".")
    # An address is dictated digit by digit, a version number by number.
    if len(groups) == 4 and not match[1]:
        return " dot ".join(map(digits, groups))
    return ("version " if match[1] else "") + " point ".join(map(number, groups))
