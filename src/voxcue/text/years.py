# ruff: noqa: SIM905
"""Years and decades that their own shape does not give away: "in 1066", "'98", "the 90s", "mid-20s".

Four digits from 1100 to 2099 are years wherever they stand; ``amounts`` reads those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import cardinal, decade, plural, two_digits, year
from voxcue.text.pieces import Piece, Reading, neighbour

_DECADE = re.compile(r"(1[1-9]\d0|20\d0|[2-9]0)'?s", re.IGNORECASE)
_YEAR_CUES = frozenset({"in", "since", "year", "until", "circa", "ca", "anno", "of", "ad", "a.d"})
_YEAR_ERAS = frozenset({"ad", "bc", "ce", "bce", "a.d", "b.c", "c.e", "b.c.e"})
# "in 30s" and "a 30s clip" are seconds; "30s" elsewhere is a decade.
_SECONDS_BEFORE = frozenset(
    """in took take takes taking after every for within lasts lasted about around under per wait waits
    waited another than""".split()
)
_SECONDS_AFTER = frozenset("later timeout interval delay clip pause window countdown".split())


def read_year(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read 1000 to 1099, and "'98", as years where the neighbours say that they are."""
    piece, before, after = pieces[index], neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    core = piece.core
    if not core.isdecimal():
        return None
    if len(core) == 2 and piece.opening.endswith("'") and not piece.closing.startswith("'"):
        return Reading((two_digits(int(core)),))
    if len(core) != 4 or core[0] == "0":
        return None
    cued = before is not None and before.core.lower() in _YEAR_CUES and core < "1100"
    era = after is not None and after.core.lower() in _YEAR_ERAS
    return Reading((year(int(core)),)) if cued or era else None


def read_decade(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read "1990s", "'90s", "90s" and "100s of"; "in 30s" is seconds and none of this module's."""
    piece, before, after = pieces[index], neighbour(pieces, index - 1), neighbour(pieces, index + 1)
    if (after is not None and after.core == "of") or piece.core == "1000s":
        many = re.fullmatch(r"(10{1,6})s", piece.core)
        if many:
            return Reading((plural(cardinal(int(many[1]))).removeprefix("one "),))
    match = _DECADE.fullmatch(piece.core)
    if match is None:
        return None
    seconds = before is not None and before.core.lower() in _SECONDS_BEFORE
    seconds = seconds or (after is not None and after.core.lower() in _SECONDS_AFTER)
    if len(match[1]) == 2 and not piece.opening.endswith("'") and seconds:
        return None
    return Reading((decade(int(match[1])),))
