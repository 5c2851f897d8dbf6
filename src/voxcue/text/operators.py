"""Signs of arithmetic that stand free between two figures or letters: "p < 0.05", "10 / 2 = 5", "3 x 4".

Anywhere else the same characters are markup, list marks or dashes, and not this module's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.pieces import Piece, Reading, neighbour

_BETWEEN_ANY = {"<": "less than", ">": "greater than", "*": "times"}
_BETWEEN_FIGURES = {"/": "divided by", "x": "by"}
_FIGURE = re.compile(r"[-+]?[$£€]?(?:\d[\d.,/]*|\.\d+)%?")
_LETTER = re.compile(r"[A-Za-z]")
_EQUATION = 4  # words on either side in which an "=" makes "5 - 3" a subtraction


def read_operator(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read a sign between two operands; it stays with both of them."""
    piece = pieces[index]
    sign = piece.core or piece.opening
    if piece.opening + piece.core == "!=" and 0 < index < len(pieces) - 1:
        return Reading(("is not equal to",), joined=True, holds=True)
    if len(sign) != 1 or (piece.closing and sign != piece.closing) or not 0 < index < len(pieces) - 1:
        return None
    left, right = pieces[index - 1], pieces[index + 1]
    if not (_touches(left, piece) and _is_operand(left) and _is_operand(right) and not right.opening):
        return None
    figures = bool(_FIGURE.fullmatch(left.core) and _FIGURE.fullmatch(right.core))
    words = _BETWEEN_ANY.get(sign) or (_BETWEEN_FIGURES.get(sign) if figures else None)
    if sign in {"-", "\u2013"} and _is_minus(pieces, index, figures=figures):
        words = "minus"
    return Reading((words,), joined=True, holds=True) if words else None


def _touches(left: Piece, sign: Piece) -> bool:
    """Say whether the sign stands on one line with what is around it, and nothing ends before it."""
    one_line = not any(mark in left.space + sign.space for mark in "\n\r")
    return one_line and left.closing in {"", '"', "'"}


def _is_operand(piece: Piece) -> bool:
    return bool(_FIGURE.fullmatch(piece.core) or _LETTER.fullmatch(piece.core))


def _is_minus(pieces: Sequence[Piece], index: int, *, figures: bool) -> bool:
    """Say whether a dash subtracts: beside an "=", or between small letters and figures ("x - 3")."""
    around = pieces[max(0, index - _EQUATION) : index + _EQUATION]
    if any(piece.core == "=" for piece in around):
        return True
    left, right = pieces[index - 1].core, neighbour(pieces, index + 1)
    small = right is not None and all(core.islower() or core.isdecimal() for core in (left, right.core))
    return not figures and small and left != "a"
