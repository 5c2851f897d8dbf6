# ruff: noqa: SIM905
"""Roman numerals where something says that they are numerals: a monarch's name, "Chapter", a heading.

A lone "I" stays the pronoun, a letter with a stop before a name stays an initial, and capitals that merely
look like a numeral ("MIX", "CD", "Section C") stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.abbreviations import opens_sentence
from voxcue.text.numbers import cardinal, ordinal
from voxcue.text.pieces import Piece, Reading, neighbour

_NUMERAL = re.compile(r"(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))('s)?")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_MONARCHS = frozenset(
    """albert alexander alfonso anne baldwin benedict boniface callixtus carl catherine celestine
    charles christian clement cleopatra constantine darius david edmund edward elizabeth eric eugene
    ferdinand francis franz frederick friedrich george gregory gustav haakon harald henry honorius
    innocent isabella ivan james joan john joseph julius justinian leo leopold louis ludwig margaret
    maria mary maximilian mehmed murad napoleon nicholas olaf oscar otto paul pedro peter philip pius
    ptolemy ramesses ramses richard robert rudolf selim sixtus stephen suleiman theodore thutmose urban
    victor wilhelm william xerxes emmanuel""".split()
)
_SECTIONS = frozenset(
    """chapter part act scene book volume vol war section appendix phase type class title article level
    stage grade mark episode bowl canto psalm lesson table figure fig plate unit season round group
    division rocky apollo rank legio legion symphony sonata quartet opus game day week year canto
    amendment schedule annex tier""".split()
)
# "Type I error" has a numeral and "Day I arrived" a speaker; after "Part" it depends on the next word.
_KINDS = frozenset("type class phase stage grade level tier mark title division episode".split())
_MOMENTS = frozenset("day week year game season round lesson".split())
_NOT_AFTER_ME = frozenset("of is has and or to in by for begins ends".split())
# After "Charles I" these verbs can only have the king, not the speaker, as their subject.
_ROYAL_VERBS = frozenset("of reigned ruled died became ascended abdicated".split())
_MAX_UNNAMED = 39


def read_roman(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a Roman numeral: an ordinal after a monarch, a cardinal after a section or another name."""
    piece = pieces[index]
    match = _NUMERAL.fullmatch(piece.core) if piece.core[:1] in _VALUES else None
    if match is None or not match[1] or piece.opening:
        return None
    value, tail = roman_value(match[1]), match[2] or ""
    before, after = neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if after is not None and after.core.lower() in {"century", "centuries"} and len(match[1]) > 1:
        return Reading((ordinal(value) + tail,), holds=True)
    if before is None:
        return _heading(piece, after, value, len(match[1]))
    if before.closing or not before.core[:1].isupper() or _is_letter(match[1]):
        return None
    initial = _is_initial(piece, after)
    if before.core.lower() in _SECTIONS and not (initial and before.core == "Mark"):
        counted = piece.core != "I" or _is_part(pieces, index)
        return Reading((cardinal(value) + tail,), joined=True) if counted else None
    if initial:
        return None
    if before.core.lower() in _MONARCHS and (piece.core != "I" or _is_king(piece, after)):
        return Reading((f"the {ordinal(value)}{tail}",), joined=True)
    if len(match[1]) < 2 or value > _MAX_UNNAMED or before.core.isupper() or set(match[1]) == {"X"}:
        return None
    return Reading((cardinal(value) + tail,), joined=True)


def roman_value(numeral: str) -> int:
    """Return the value of a well-formed Roman numeral in capitals."""
    values = [_VALUES[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _is_letter(numeral: str) -> bool:
    """Say whether capitals name a thing rather than count it: "Section C", "Grade D", "Class CD"."""
    return numeral == "L" or (len(numeral) < 3 and not {"C", "D", "M"}.isdisjoint(numeral))


def _is_initial(piece: Piece, after: Piece | None) -> bool:
    """Say whether one letter with a stop is part of a name: "George V. Higgins"."""
    named = after is not None and after.core[:1].isupper() and not opens_sentence(after)
    return len(piece.core) == 1 and piece.closing == "." and named


def _is_part(pieces: Sequence[Piece], index: int) -> bool:
    """Say whether the "I" of "Part I" is a numeral rather than the next subject ("the part I liked")."""
    name, piece, after = pieces[index - 1].core.lower(), pieces[index], neighbour(pieces, index + 1)
    if name == "war":
        return index > 1 and pieces[index - 2].core.lower() == "world"
    if name in _KINDS or name in _MOMENTS:
        return name in _KINDS
    ends = after is None or bool(piece.closing) or not after.core[:1].islower()
    return ends or (after is not None and after.core in _NOT_AFTER_ME)


def _is_king(piece: Piece, after: Piece | None) -> bool:
    """Say whether the "I" of "Charles I" is a numeral rather than the next subject."""
    return after is None or bool(piece.closing) or after.core in _ROYAL_VERBS


def _heading(piece: Piece, after: Piece | None, value: int, length: int) -> Reading | None:
    """Read "IV. The Return" and a "III" on a line of its own."""
    if length == 1 and after is not None and len(after.core) == 1 and after.closing.startswith("."):
        return None  # "V. S. Naipaul"
    numbered = piece.closing.startswith(".") or (after is None and length > 1)
    return Reading((cardinal(value),)) if numbered and value <= _MAX_UNNAMED else None
