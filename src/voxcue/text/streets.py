"""The points of the compass in an address: "7 W. 57th St.", "5th St. N.", "14th St. NW".

A house number and a street, or a street right before, tell them from initials and units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.amounts import amount
from voxcue.text.pieces import Piece, Reading, neighbour

STREETS = {"St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Dr": "Drive",
           "Hwy": "Highway", "Sq": "Square", "Pkwy": "Parkway"}  # fmt: skip
"""Streets as they are shortened, said in full after a name or a number."""

DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast", "NW": "Northwest",
              "SE": "Southeast", "SW": "Southwest"}  # fmt: skip
_NAMED = frozenset(STREETS) | frozenset(STREETS.values())
_DOORS = frozenset({"Apt", "Suite", "Ste", "Unit", "Room", "Rm", "Floor", "Fl"})
_REACH = 4


def goes_on(after: Piece | None) -> bool:
    """Say whether an address goes on after its street: "Main St. Apt. 4", "5th St. N."."""
    return after is not None and (after.core in _DOORS or after.core in DIRECTIONS)


def read_direction(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "7 W." before a street, and the "N." after one."""
    piece, before, after = pieces[index], neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    name = DIRECTIONS.get(piece.core)
    if name is not None:
        return _after_street(name, piece, before)
    if after is None or after.core not in DIRECTIONS or piece.closing or after.opening:
        return None
    street = any(later.core in _NAMED for later in pieces[index + 3 : index + 2 + _REACH])
    house = amount(piece.core, years=True) if re.fullmatch(r"\d{1,5}", piece.core) else None
    if house is None or not street or after.closing not in {"", "."}:
        return None
    return Reading((house.words, DIRECTIONS[after.core]), abbreviation=True, holds=True)


def _after_street(name: str, piece: Piece, before: Piece | None) -> Reading | None:
    if before is None or before.core not in _NAMED or before.closing not in {"", "."}:
        return None
    return Reading((name,), abbreviation=piece.closing.startswith("."), joined=True)
