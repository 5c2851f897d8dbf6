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
    decade,
    digits,
    is_year,
    number,
    ordinal,
    plural,
    two_digits,
    year,
)
from voxcue.text.pieces import Piece, Reading, neighbour

_SIGNS = {"": "", "-": "minus ", "+": "plus ", "±": "plus or minus ", "~": "about ", "≈": "about ",
          "<": "less than ", ">": "more than ", "≤": "at most ", "≥": "at least "}  # fmt: skip
_SPAN = re.compile(rf"([-+±~≈<>≤≥]?)({NUMBER})(?:[-–](-?)({NUMBER}))?(\+?)")
_FRACTION = re.compile(r"([-+]?)(?:(\d{1,9})[ -])?(\d{1,9})/(\d{1,9})")
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(st|nd|rd|th)", re.IGNORECASE)
_RATIO = re.compile(r"(\d{1,9}):(\d{1,9})")
_SCORE = re.compile(r"(\d{1,4}\.\d{1,4})/(\d{1,4})")  # "4.5/5": no fraction has a point
_DIMENSIONS = re.compile(rf"{NUMBER}(?:[x×]{NUMBER})+")
_VERSION = re.compile(r"([vV]?)(\d{1,9}(?:\.\d{1,9})+|(?<=[vV])\d{1,9})")
_DECADE = re.compile(r"(1[1-9]\d0|20\d0|[2-9]0)'?s", re.IGNORECASE)
_NUMBERED = re.compile(rf"#({NUMBER})")
_FIXED = {
    "24/7": "twenty-four seven",
    "50/50": "fifty fifty",
    "9/11": "nine eleven",
    "20/20": "twenty twenty",
}
_YEAR_CUES = frozenset({"in", "since", "year", "until", "circa", "ca", "anno", "of", "ad", "a.d"})
_YEAR_ERAS = frozenset({"ad", "bc", "ce", "bce", "a.d", "b.c", "c.e", "b.c.e"})
_DECADE_CUES = frozenset({"the", "early", "mid", "late", "his", "her", "their", "my", "our", "your", "in"})


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
    for reader in (_fixed, _mixed_fraction, _spaced_thousands, _year):
        reading = reader(pieces, index)
        if reading is not None:
            return reading
    words = _shape(core)
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


def _year(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read 1000 to 1099, and "'98", as years where the neighbours say that they are."""
    piece, before, after = pieces[index], neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    core = piece.core
    if (
        len(core) == 2
        and core.isdecimal()
        and piece.opening.endswith("'")
        and not piece.closing.startswith("'")
    ):
        return Reading((two_digits(int(core)),))
    if len(core) != 4 or not core.isdecimal() or core[0] == "0":
        return None
    cued = before is not None and before.core.lower() in _YEAR_CUES and core < "1100"
    era = after is not None and after.core.lower() in _YEAR_ERAS
    return Reading((year(int(core)),)) if cued or era else None


def read_decade(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "1990s", "'90s", "the 90s" and "100s of"; "30s" elsewhere is thirty seconds."""
    piece, before, after = pieces[index], neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if (after is not None and after.core == "of") or piece.core == "1000s":
        many = re.fullmatch(r"(10{1,6})s", piece.core)
        return Reading((plural(cardinal(int(many[1]))).removeprefix("one "),)) if many else None
    match = _DECADE.fullmatch(piece.core)
    if match is None:
        return None
    cued = before is not None and before.core.lower() in _DECADE_CUES
    if len(match[1]) == 2 and not piece.opening.endswith("'") and not cued:
        return None
    return Reading((decade(int(match[1])),))


def _shape(core: str) -> str | None:
    """Read what its own shape gives away: ordinals, ratios, dimensions, versions, "#1"."""
    if match := _ORDINAL.fullmatch(core):
        return ordinal(int(match[1].replace(",", "")))
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
