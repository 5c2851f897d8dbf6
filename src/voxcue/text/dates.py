# ruff: noqa: RUF001, SIM905
"""Dates and the names of months and weekdays: "2024-03-01", "3/4/2025", "Jan. 5, 2024", "5 January".

Dates in figures are read month first, as Americans do, unless the figures allow only the other order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import ordinal, two_digits, year
from voxcue.text.pieces import Piece, Reading, neighbour

_MONTHS = ("January February March April May June July August September October November December").split()
_MONTH_NAMES = {name: name for name in _MONTHS}
_MONTH_SHORT = {name[:3]: name for name in _MONTHS if name != "May"} | {"Sept": "September"}
_WEEKDAYS = {"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
             "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday",
             "Sun": "Sunday"}  # fmt: skip
# Words in their own right: taken for a weekday only where a comma or a month says so.
_ALSO_WORDS = frozenset({"Sat", "Sun", "Wed"})

_LINKS = frozenset({"and", "or", "to", "through", "thru", "&"})
CALENDAR = frozenset(_MONTHS) | frozenset(_WEEKDAYS.values())
"""The names of the months and of the days of the week."""

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_DAYS = re.compile(r"(\d{1,2})[-–](\d{1,2})")
_YEAR = re.compile(r"\d{4}")


def read_date(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a date, or a shortened month or weekday."""
    piece = pieces[index]
    if piece.core[:1].isdecimal():
        return _in_figures(piece.core) or _day_first(pieces, index)
    return _name_span(piece.core) or _month_first(pieces, index) or _weekday(pieces, index)


def _in_figures(core: str) -> Reading | None:
    if match := _ISO.fullmatch(core):
        return _date(int(match[2]), int(match[3]), match[1])
    if match := _SLASHED.fullmatch(core):
        month, day = int(match[1]), int(match[2])
        return _date(month, day, match[3]) or _date(day, month, match[3])
    if match := _DOTTED.fullmatch(core):
        return _date(int(match[2]), int(match[1]), match[3])
    return None


def _date(month: int, day: int, year_digits: str) -> Reading | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = two_digits(int(year_digits)) if len(year_digits) == 2 else year(int(year_digits))
    return Reading((f"{_MONTHS[month - 1]} {ordinal(day)}, {said}",))


def _month_of(piece: Piece | None) -> str | None:
    """Return the full name of the month that a word is, shortened or not."""
    if piece is None:
        return None
    name = piece.core.title() if piece.core.isupper() else piece.core
    return _MONTH_NAMES.get(name) or _MONTH_SHORT.get(name)


def _month_first(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "Jan. 5, 2024", "March 3rd", "Sept. 5-7" and a lone "Dec."."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    month = _month_of(piece)
    if month is None:
        return None
    tail = _days(after) if after and piece.closing in {"", "."} and not after.opening else None
    if tail is None:
        return _lone_month(month, piece, after)
    spoken = [month, tail]
    last = neighbour(pieces, index + 2)
    if after and last and after.closing in {"", ","} and not last.opening and _YEAR.fullmatch(last.core):
        spoken.append(year(int(last.core)))
    return Reading(tuple(spoken))


def _lone_month(month: str, piece: Piece, after: Piece | None) -> Reading | None:
    if piece.core in _MONTH_NAMES:
        return None
    dated = after is not None and bool(_YEAR.fullmatch(after.core))
    if not piece.closing.startswith(".") and not dated:
        return None
    return Reading((month,), abbreviation=True, holds=dated)


def _days(piece: Piece) -> str | None:
    if match := _DAY.fullmatch(piece.core):
        return ordinal(int(match[1])) if 1 <= int(match[1]) <= 31 else None
    match = _DAYS.fullmatch(piece.core)
    if match is None or not 1 <= int(match[1]) < int(match[2]) <= 31:
        return None
    return f"{ordinal(int(match[1]))} to {ordinal(int(match[2]))}"


def _day_first(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "5 January 2024" as "the fifth of January twenty twenty-four"."""
    piece, after, before = pieces[index], neighbour(pieces, index + 1), neighbour(pieces, index - 1)
    month = _month_of(after)
    if month is None or after is None or piece.closing or after.opening or not piece.core.isdecimal():
        return None
    if len(piece.core) > 2 or not 1 <= int(piece.core) <= 31:
        return None
    article = "" if before is not None and before.core.lower() == "the" else "the "
    spoken = [f"{article}{ordinal(int(piece.core))} of", month]
    last = neighbour(pieces, index + 2)
    if last and after.closing in {"", ".", ","} and not last.opening and _YEAR.fullmatch(last.core):
        spoken.append(year(int(last.core)))
    return Reading(tuple(spoken), abbreviation=len(spoken) == 2 and after.core not in _MONTH_NAMES)


def _name_span(core: str) -> Reading | None:
    """Read "Mon.-Fri." and "June-August"."""
    first, dash, second = core.replace("–", "-").partition("-")
    names = [_WEEKDAYS.get(part) or _month_of(Piece("", part, "")) for part in (first.rstrip("."), second)]
    if not dash or None in names:
        return None
    return Reading((f"{names[0]} to {names[1]}",), abbreviation=second not in _MONTH_NAMES)


def _is_certain(pieces: Sequence[Piece], index: int) -> bool:
    """Say whether "Sat." is a day: the sentence goes on, or a day is before it, as in "Sat. and Sun."."""
    after, link, day = (neighbour(pieces, at) for at in (index + 1, index - 1, index - 2))
    if after is not None and after.core[:1].islower():
        return True
    return bool(link and day and link.core in _LINKS and day.core in _WEEKDAYS and day.closing[:1] == ".")


def _weekday(pieces: Sequence[Piece], index: int) -> Reading | None:
    piece, after = pieces[index], neighbour(pieces, index + 1)
    name = _WEEKDAYS.get(piece.core)
    if name is None or not piece.closing.startswith("."):
        return None
    dated = after is not None and (after.core[:1].isdecimal() or _month_of(after) is not None)
    certain = piece.core not in _ALSO_WORDS or "," in piece.closing or dated or _is_certain(pieces, index)
    return Reading((name,), abbreviation=True, holds=dated) if certain else None
