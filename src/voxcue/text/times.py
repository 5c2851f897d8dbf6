# ruff: noqa: RUF001
"""Times of day and running times: "7:30 p.m.", "19:05", "9am", "1:02:33".

A colon with two digits after it is a time; anything else with a colon is a ratio and none of this module's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import cardinal, two_digits
from voxcue.text.pieces import Piece, Reading, neighbour

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", re.IGNORECASE)
_HALF = r"([ap])\.?m\.?"
_WITH_HALF = re.compile(rf"(\d{{1,2}}(?:[:.][0-5]\d)?){_HALF}", re.IGNORECASE)
_HALF_ALONE = re.compile(_HALF, re.IGNORECASE)
_SPAN = re.compile(r"(.{1,9})[-–](.{1,9})")


def read_time(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a time, with the "a.m." or "p.m." that follows it; or a span of two times."""
    core = pieces[index].core
    if not core[:1].isdecimal() or len(core) > 19:
        return None
    after = neighbour(pieces, index + 1)
    half = _HALF_ALONE.fullmatch(after.core) if after and not pieces[index].closing else None
    said = _time(core, half=half is not None)
    if said is None:
        return None
    if half is not None:
        return Reading((said, f"{half[1].upper()}-M"), abbreviation=True)
    return Reading((said,), abbreviation=core.lower().endswith("m"))


def _time(core: str, *, half: bool) -> str | None:
    if match := _WITH_HALF.fullmatch(core):
        clock = _clock(match[1], half=True)
        return clock and f"{clock} {match[2].upper()}-M"
    clock = _clock(core, half=half)
    if clock is not None or not (span := _SPAN.fullmatch(core)):
        return clock
    # "9-11 a.m.": both ends are hours of the same half. Without a colon or a half it is a plain range.
    halved = half or bool(_WITH_HALF.fullmatch(span[2]))
    first, second = _time(span[1], half=halved), _time(span[2], half=half)
    return f"{first} to {second}" if first and second else None


def _clock(text: str, *, half: bool) -> str | None:
    """Read "7:30"; with ``half``, also the bare hour in "9am"."""
    if half and text.isdecimal():
        return cardinal(int(text)) if len(text) <= 2 and 1 <= int(text) <= 12 else None
    match = _CLOCK.fullmatch(text.replace(".", ":") if half else text)
    if match is None:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), match[3]
    if seconds is not None:
        return f"{_hours(match[1])} {two_digits(minutes)} {two_digits(int(seconds))}"
    if hours > 24:
        return f"{cardinal(hours)} {two_digits(minutes)}"
    if minutes:
        return f"{_hours(match[1])} {two_digits(minutes)}"
    return _full_hour(hours, half=half)


def _hours(text: str) -> str:
    return (
        f"oh {cardinal(int(text))}"
        if len(text) == 2 and text[0] == "0" and text != "00"
        else cardinal(int(text))
    )


def _full_hour(hours: int, *, half: bool) -> str:
    if hours in {0, 24}:
        return "midnight"
    if hours > 12:
        return f"{cardinal(hours)} hundred"
    return cardinal(hours) if half else f"{cardinal(hours)} o'clock"
