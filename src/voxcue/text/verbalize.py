# ruff: noqa: RUF001
"""Display to spoken: every displayed word gets the words that are said for it.

The rules of the neighbouring modules are tried in order and the first that knows the word reads it,
sometimes together with the words after it. What is left is read plainly. Sentences are not known here.

How to teach it a new reading:

1. Write a ``Rule`` in the module of its subject: it is given the pieces and an index, and returns a
   ``Reading`` with one entry per displayed word that it reads, or ``None`` at once for anything else.
2. Match whole words (``fullmatch``) with bounded repetitions, so that no word can make it slow.
3. Add it to ``_RULES`` before any rule that would take the same words.
4. Add rows to the table of its subject in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from voxcue.text import symbols
from voxcue.text.abbreviations import read_abbreviation
from voxcue.text.addresses import read_address
from voxcue.text.amounts import read_figure
from voxcue.text.dates import read_date
from voxcue.text.money import read_money
from voxcue.text.numbers import MAX_CARDINAL_DIGITS, digits, number, plural
from voxcue.text.operators import read_operator
from voxcue.text.phones import read_phone
from voxcue.text.pieces import Piece, Reading, Rule, prosody, take_apart
from voxcue.text.roman import read_roman
from voxcue.text.scripture import read_verse
from voxcue.text.streets import read_direction
from voxcue.text.times import read_time
from voxcue.text.units import UNITS, read_measure, unit_name
from voxcue.text.years import read_decade, read_year


@dataclass(frozen=True, slots=True)
class Said:
    """What is said for one displayed word.

    ``tied``: nothing may come between it and the next word. ``stop_dropped``: a full stop was taken as
    part of an abbreviation; at the end of a sentence it is a full stop as well.
    """

    spoken: str
    tied: bool = False
    stop_dropped: bool = False


_LONG_WORD = 200  # no rule knows a word this long; it is read plainly, in one pass
_SLOW_WORDS = frozenset(UNITS) | {"vs", "etc"}
_ELIDED = frozenset({"em", "cause"})
_PER = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "d": "day", "wk": "week", "min": "minute",
        "ea": "each"}  # fmt: skip
_PER_SLASH = re.compile(r"(.*\d.*)/([A-Za-z]+)")
_MODELS = re.compile(r"[A-Z]{1,3}-(\d{1,4})s")
_HYPHEN = re.compile(r"[-–]")
_INNER_MARK = re.compile(r"(\.{2,}|…|[,;:!?](?=[^\W\d_]))")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PLURAL_OPTION = re.compile(r"([^\W\d_]+)\((e?s)")


def verbalize(words: Sequence[tuple[str, str]]) -> list[Said]:
    """Return what is said for each (displayed word, white space after it), in order."""
    pieces = [take_apart(text, space) for text, space in words]
    said: list[Said] = []
    while len(said) < len(pieces):
        index = len(said)
        reading = _read(pieces, index)
        if reading.joined and said:
            said[-1] = Said(said[-1].spoken, True, said[-1].stop_dropped)
        said += _with_punctuation(pieces[index : index + len(reading.spoken)], reading)
    return [
        _parenthesis(one, piece, after)
        for one, piece, after in zip(said, pieces, [*pieces[1:], None], strict=True)
    ]


def _parenthesis(said: Said, piece: Piece, after: Piece | None) -> Said:
    """Put a comma where a parenthesis begins or ends: it is heard as a short rest."""
    if after is None or said.tied or not said.spoken[-1:].isalpha():
        return said
    begins = after.opening.endswith("(") and after.core[:1].isalpha()
    ends = piece.closing == ")" and not piece.core.isdecimal()
    return Said(f"{said.spoken},", said.tied) if begins or ends else said


def _read(pieces: Sequence[Piece], index: int) -> Reading:
    piece = pieces[index]
    core = piece.core
    if len(core) < 2 and (operator := read_operator(pieces, index)):
        return operator
    if core.islower() and core.isascii() and core.isalpha() and core not in _SLOW_WORDS:
        if piece.opening.endswith("'") and core in _ELIDED:
            return Reading((f"'{core}",))
        if not piece.closing.startswith("."):
            return Reading((core,))
    if not core:
        return Reading(("",))
    if len(core) <= _LONG_WORD:
        for rule in _RULES:
            reading = rule(pieces, index)
            if reading is not None:
                return reading
    return Reading((_plain(core),))


def _plain(core: str) -> str:
    if not any(map(str.isalnum, core)):
        return symbols.symbol_alone(core)
    if len(core) == 1:
        return symbols.greek(core)
    if _WORD.fullmatch(core):
        parts = core.split("-") if len(core) < 100 else [core]
        return "-".join(symbols.greek(part) if len(part) == 1 else symbols.humps(part) for part in parts)
    return symbols.spell_out(core) or core


def _read_compound(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a word made of words: "5-year-old", "$5-$10", "$10/month", "wait...what", "one,two"."""
    core = pieces[index].core
    if option := _PLURAL_OPTION.fullmatch(core):
        return Reading((option[1] + option[2],))
    if not any(map(str.isdigit, core)) and _INNER_MARK.search(core):
        parts = _INNER_MARK.split(core)
        marks = ["… " if mark[0] in ".…" else f"{mark} " for mark in parts[1::2]]
        return _joined(_read_all(parts[::2]), [*marks, ""])
    if match := _PER_SLASH.fullmatch(core):
        unit = _PER.get(match[2]) or unit_name(match[2], singular=True) or match[2]
        return Reading((f"{_alone(match[1])} per {unit}",))
    parts = _HYPHEN.split(core)
    if not 1 < len(parts) < 12 or _WORD.fullmatch(core) or not all(parts) or {"+", "=", "^"} & set(core):
        return None
    spans = [_is_span(left, right) and len(parts) == 2 for left, right in pairwise(parts)]
    said = _read_all(parts)
    if (model := _MODELS.fullmatch(core)) is not None:
        said[1] = plural(number(model[1]))  # "B-52s" are no seconds
    if len(parts) > 2 and all(part.isdecimal() for part in parts):
        if sum(map(len, parts)) > MAX_CARDINAL_DIGITS:
            said = [digits(part) for part in parts]
        return Reading((", ".join(said),))
    return _joined(said, [*(" to " if span else " " for span in spans), ""])


def _joined(said: list[str], glue: list[str]) -> Reading | None:
    words = symbols.join("".join(word + mark for word, mark in zip(said, glue, strict=True)).split())
    return Reading((words,)) if any(map(str.isalnum, words)) else None


def _read_all(parts: Iterable[str]) -> list[str]:
    return [_alone(part) if part else "" for part in parts]


def _alone(core: str) -> str:
    """Read part of a compound, with no neighbours."""
    if core.isalpha() and core.isupper() and symbols.is_acronym(core):
        return symbols.letters(core)
    return _read([take_apart(core)], 0).spoken[0]


def _is_span(left: str, right: str) -> bool:
    return all(part[0].isdecimal() or part[0] in "$£€¥" for part in (left, right))


_RULES: tuple[Rule, ...] = (
    read_phone,
    read_verse,
    read_date,
    read_time,
    read_money,
    read_direction,
    read_decade,
    read_measure,
    read_year,
    read_figure,
    read_roman,
    read_abbreviation,
    read_address,
    _read_compound,
)


def _with_punctuation(pieces: Sequence[Piece], reading: Reading) -> list[Said]:
    """Put the marks that shape prosody back, and tie a group together."""
    said = []
    last = len(pieces) - 1
    for at, (piece, words) in enumerate(zip(pieces, reading.spoken, strict=True)):
        closing = piece.closing
        dropped = closing.startswith(".") and (at < last or reading.abbreviation)
        mark = prosody(closing[1:] if dropped else closing)
        if not words:
            words, mark = "", prosody(f"{piece.opening}{piece.core}{closing}", alone=True)
        if mark and words.endswith((".", ",")):
            words = words[:-1] if mark != "." else words.removesuffix(".")
        said.append(Said(words + mark, at < last or reading.holds, dropped and not mark))
    return said
