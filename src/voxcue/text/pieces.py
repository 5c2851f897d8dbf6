# ruff: noqa: RUF001
"""A displayed word taken apart for reading: what stands before it, the word itself, what stands after.

``Piece`` and ``Reading`` are what the reading rules take and give. Characters are folded to the few that
rules look at (one apostrophe, ASCII digits); what any of it means is left to the rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from voxcue.text.symbols import SYMBOLS

_OPENING = re.compile(r"(?:[\"'“”„‟«‹»›‘(\[{`*_|¡¿…,;:!?—―]|\.(?![\d/])|[-–](?![\d.$£€¥]))+")
_CLOSING = " \"'“”’‘»›«)]}`*_|.,;:!?…—―–-"
_CONTROLS = dict.fromkeys((*range(32), 127))
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", "⁺")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
# The modifier letter is an apostrophe only between letters; alone it counts as a letter.
_NUMERO = re.compile(r"№|\bN[º°]")
_AFTER_FRACTION = re.compile(r"(?<=/\d) (?!\d)")  # what follows "½" touches it, as the "%" of "½%" does
_LETTER_APOSTROPHE = re.compile(r"(?<=\w)\u02bc(?=\w)")
_FOLDS = {
    **dict.fromkeys("’‘′＇", "'"),
    **dict.fromkeys("‐‑−﹣－", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("。｡।۔", "."),
    **dict.fromkeys("、､،", ","),
    **dict.fromkeys("「『《〈｢〝", "“"),
    **dict.fromkeys("」』》〉｣〞〟", "”"),
    **dict.fromkeys("【〔〖", "["),
    **dict.fromkeys("】〕〗", "]"),
    **dict.fromkeys("・･", "·"),
    **dict.fromkeys("～〜", "–"),
    "〇": "零",
    **dict.fromkeys("؛", ";"),
    **dict.fromkeys("؟", "?"),
    "″": '"',
    "…": "…",
    "∶": ":",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A displayed word: ``opening`` and ``closing`` punctuation around its ``core``, all folded.

    ``space`` is the white space after it.
    """

    opening: str
    core: str
    closing: str
    space: str = " "


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said for one or more pieces, one entry each, without punctuation at the end.

    ``abbreviation``: a full stop after the last piece is part of its spelling. ``joined``: the group must
    stay with the piece before it. ``holds``: it must stay with the piece after it.
    """

    spoken: tuple[str, ...]
    abbreviation: bool = False
    joined: bool = False
    holds: bool = False


Rule = Callable[[Sequence[Piece], int], Reading | None]
"""Reads the pieces from an index on: a ``Reading`` of one or more of them, or ``None``."""


def take_apart(text: str, space: str = " ") -> Piece:
    """Fold a displayed word and separate it from the punctuation around it."""
    folded = fold(text)
    match = _OPENING.match(folded)
    opening = match[0] if match else ""
    rest = folded[len(opening) :]
    core = rest.rstrip(_CLOSING)
    closing = rest[len(core) :]
    if core.startswith("–"):
        core = "-" + core[1:]
    return Piece(opening, core.strip(), closing, space)


def neighbour(pieces: Sequence[Piece], index: int) -> Piece | None:
    """Return the piece at ``index``, or ``None`` outside the sequence."""
    return pieces[index] if 0 <= index < len(pieces) else None


def is_article(piece: Piece | None) -> bool:
    """Say whether a word is "a": after it, what is counted is singular, as in "a five kilometer run"."""
    return piece is not None and piece.core.lower() in {"a", "an"} and not piece.closing


def prosody(marks: str, *, alone: bool = False) -> str:
    """Return the one mark that a run of punctuation is spoken as, or ""; ``alone``: no word is before it."""
    for mark in "?!":
        if mark in marks:
            return mark
    if "…" in marks or ".." in marks:
        return "…"
    for mark in ".:;,":
        if mark in marks:
            return mark
    dash = "—" in marks or "―" in marks or "--" in marks or (alone and marks in {"-", "–"})
    return "—" if dash else ""


def fold(text: str) -> str:
    """Return ``text`` in the characters that rules know: no invisible ones, no emoji, ASCII digits."""
    if text.isascii():
        return text.translate(_CONTROLS)
    text = _SUPERSCRIPT.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text)
    text = _NUMERO.sub("No.", text)
    text = _LETTER_APOSTROPHE.sub("'", text)
    folded = " ".join(unicodedata.normalize("NFC", "".join(map(_fold_character, text))).split())
    return _AFTER_FRACTION.sub("", folded)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in _FOLDS:
        return _FOLDS[character]
    if character in SYMBOLS or (character.isascii() and character.isprintable()):
        return character
    kind = unicodedata.category(character)
    if kind in {"Nd", "Nl", "No"}:
        return _fold_number(character)
    if kind[0] in "CZ" or kind == "Me" or "\ufe00" <= character <= "\ufe0f":
        return ""
    if kind[0] == "S":
        # Unit and currency ligatures have letters in them; emoji and ornaments are only looked at.
        folded = unicodedata.normalize("NFKC", character)
        return folded if character < "\U0001f000" and any(map(str.isalnum, folded)) else ""
    folded = unicodedata.normalize("NFKC", character)
    keep = character.isalnum() and not any(map(str.isalnum, folded))
    return character if keep else folded


def _fold_number(character: str) -> str:
    value = Fraction(unicodedata.numeric(character)).limit_denominator(1000)
    if value.denominator > 1:
        return f" {value.numerator}/{value.denominator} "
    folded = unicodedata.normalize("NFKC", character)
    plain = folded.isascii() and folded != character and unicodedata.category(character) == "No"
    return folded if plain else str(int(value))
