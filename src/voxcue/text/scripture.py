# ruff: noqa: RUF001
"""Chapter and verse after the name of a book of the Bible: "Gen. 1:1", "Matthew 5:3-12".

Only the name tells a verse from a time or a ratio; without one the figures are not this module's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.numbers import cardinal
from voxcue.text.pieces import Piece, Reading, neighbour

_SHORT = {
    "Gen": "Genesis", "Ex": "Exodus", "Exod": "Exodus", "Lev": "Leviticus", "Num": "Numbers",
    "Deut": "Deuteronomy", "Josh": "Joshua", "Judg": "Judges", "Sam": "Samuel", "Chron": "Chronicles",
    "Neh": "Nehemiah", "Ps": "Psalm", "Prov": "Proverbs", "Eccl": "Ecclesiastes", "Isa": "Isaiah",
    "Jer": "Jeremiah", "Lam": "Lamentations", "Ezek": "Ezekiel", "Dan": "Daniel", "Hos": "Hosea",
    "Mic": "Micah", "Hab": "Habakkuk", "Zech": "Zechariah", "Mal": "Malachi", "Matt": "Matthew",
    "Rom": "Romans", "Cor": "Corinthians", "Gal": "Galatians", "Eph": "Ephesians", "Phil": "Philippians",
    "Col": "Colossians", "Thess": "Thessalonians", "Tim": "Timothy", "Heb": "Hebrews", "Jas": "James",
    "Pet": "Peter", "Rev": "Revelation",
}  # fmt: skip
_BOOKS = frozenset(_SHORT.values()) | {
    "Ruth", "Kings", "Ezra", "Esther", "Job", "Psalms", "Joel", "Amos", "Obadiah", "Jonah", "Nahum",
    "Zephaniah", "Haggai", "Mark", "Luke", "John", "Acts", "Titus", "Philemon", "Jude",
}  # fmt: skip
_HALVES = frozenset({"am", "pm", "a.m", "p.m"})
_VERSE = re.compile(r"([1-9]\d{0,2}):([1-9]\d{0,2})(?:[-–]([1-9]\d{0,2}))?")


def read_verse(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read the name of a book with the verse after it."""
    piece, after = pieces[index], neighbour(pieces, index + 1)
    book = _SHORT.get(piece.core) or (piece.core if piece.core in _BOOKS else None)
    if book is None or after is None or piece.closing not in {"", "."} or after.opening:
        return None
    match, half = _VERSE.fullmatch(after.core), neighbour(pieces, index + 2)
    if match is None or (half is not None and half.core.lower() in _HALVES):
        return None  # "Meet Mark 5:30 p.m."
    chapter, verse, last = (cardinal(int(part)) if part else "" for part in match.groups())
    return Reading((book, f"{chapter}, {verse} to {last}" if last else f"{chapter} {verse}"))
