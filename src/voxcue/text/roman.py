# ruff: noqa: SIM905
"""Roman numerals where something says that they are numerals: a monarch's name, "Chapter", a heading.

A lone "I" stays the pronoun, and capitals that merely look like a numeral ("MIX", "CD") stay words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    name = before.core.lower()
    if before.closing or not before.core[:1].isupper():
        return None
    if name in _SECTIONS:
        return Reading((cardinal(value) + tail,), joined=True)
    if name in _MONARCHS and (
        len(match[1]) > 1 or piece.core in {"V", "X"} or tail or _is_king(piece, after)
    ):
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


def _is_king(piece: Piece, after: Piece | None) -> bool:
    """Say whether the "I" of "Charles I" is a numeral rather than the next subject."""
    return after is None or bool(piece.closing) or after.core in _ROYAL_VERBS


def _heading(piece: Piece, after: Piece | None, value: int, length: int) -> Reading | None:
    """Read "IV. The Return" and a "III" on a line of its own."""
    numbered = piece.closing.startswith(".") or (after is None and length > 1)
    return Reading((cardinal(value),)) if numbered and value <= _MAX_UNNAMED else None
