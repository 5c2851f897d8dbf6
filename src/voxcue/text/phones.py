# ruff: noqa: SIM905
"""Telephone, card and postal numbers, in one word or several: digit by digit, in the groups they have.

A figure is taken for one by its shape: North American groups, four fours, or a leading "+" or "0"; a
postal code and "911" by the word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import digits, is_year
from voxcue.text.pieces import Piece, Reading, neighbour

_WHOLE = re.compile(
    r"(?:\+?1[-.]?)?\(?\d{3}[-.)]{1,2}\d{3}[-.]\d{4}"  # 555-010-0199, +1-555-010-0199, (555)010-0199
    r"|\d{3}-\d{4}"  # 555-0100
    r"|\d{3}-\d{2}-\d{4}"  # 078-05-1120
    r"|\d{5}-\d{4}"  # 62704-1234
    r"|\+\d{7,15}"  # +15550100199
    r"|\+\d{1,3}(?:-\d{1,5}){2,5}"  # +44-20-7946-0958
)
_GROUP = re.compile(r"\(?\d{1,5}\)?(?:[-.]\d{2,5}){0,3}")
_COUNTRY = re.compile(r"\+\d{1,3}")
_TRUNK = re.compile(r"0\d{2,4}")
_MIN_DIGITS, _MAX_DIGITS = 7, 15
_CARD = 4  # groups of four digits
_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
    NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY""".split()
)
_CALLED = frozenset("call called calling calls dial dialed dialing dialled phone phoned".split())
_CALL = frozenset("call calls operator operators dispatcher dispatchers emergency".split())


def read_phone(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a telephone number, however many words it is written in."""
    piece = pieces[index]
    if _WHOLE.fullmatch(piece.core) or _is_code(pieces, index):
        return Reading((_groups(piece.core),))
    length = _length(pieces, index)
    if length < 2:
        return None
    spoken = [_groups(part.core) for part in pieces[index : index + length]]
    # A comma after each group but the last: the groups are heard apart.
    return Reading((*(f"{group}," for group in spoken[:-1]), spoken[-1]))


def _length(pieces: Sequence[Piece], index: int) -> int:
    """Count the words of the number that starts here; 0 when none does."""
    core, area = pieces[index].core, _is_area(pieces[index])
    if _is_card(pieces[index : index + _CARD]):
        return _CARD
    if not (area or _COUNTRY.fullmatch(core) or _TRUNK.fullmatch(core)):
        return 0
    end, total = index + 1, sum(map(str.isdigit, core))
    while end < len(pieces) and (end == index + 1 or not _ends(pieces[end - 1])):
        piece = pieces[end]
        count = sum(map(str.isdigit, piece.core))
        if not _GROUP.fullmatch(piece.core) or count < 2 or total + count > _MAX_DIGITS:
            break
        total, end = total + count, end + 1
        if area and end == index + 2 and total >= _MIN_DIGITS:
            break
    plain = area or core.startswith("+") or end == index + 3
    first_ends = not area and bool(pieces[index].closing)
    return end - index if total >= _MIN_DIGITS and plain and not first_ends else 0


def _is_card(groups: Sequence[Piece]) -> bool:
    whole = len(groups) == _CARD and not any(map(_ends, groups[:-1]))
    fours = all(len(group.core) == 4 and group.core.isdecimal() for group in groups)
    return whole and fours and not all(is_year(group.core) for group in groups)


def _is_code(pieces: Sequence[Piece], index: int) -> bool:
    """Say whether a figure is a postal code ("DC 20500") or an emergency number ("call 911")."""
    core, before, after = pieces[index].core, neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if core in {"911", "999", "112"}:
        called = before is not None and before.core.lower() in _CALLED
        return called or (after is not None and after.core.lower() in _CALL)
    state = before is not None and before.core in _STATES and not before.closing.strip(".,")
    return state and len(core) == 5 and core.isdecimal()


def _is_area(piece: Piece) -> bool:
    """Say whether a word is an area code in brackets: "(555)"."""
    return piece.opening.endswith("(") and piece.closing == ")" and bool(re.fullmatch(r"\d{3}", piece.core))


def _ends(piece: Piece) -> bool:
    return piece.closing not in {"", ")"}


def _groups(core: str) -> str:
    plus = "plus " if core.startswith("+") else ""
    return plus + ", ".join(digits(group) for group in re.findall(r"\d+", core))
