"""How wide a text will be drawn: the advance widths of the bundled fonts, read from their tables.

Just enough of the OpenType format (cmap 4 and 12, hhea, hmtx, OS/2) to keep long words on the screen. Knows
nothing of styles or cues. Kerning is left out: it makes a line a little narrower, if anything.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
"""The folder of the bundled fonts."""
EMOJI = "Noto Emoji"
_FILES = {
    "Montserrat": "Montserrat-Bold.ttf",
    "Montserrat ExtraBold": "Montserrat-ExtraBold.ttf",
    EMOJI: "NotoEmoji-Bold.ttf",
}
_DEFAULT = "Montserrat"
_UNKNOWN_ADVANCE = 0.75


@dataclass(frozen=True)
class Metrics:
    """Advances of a font, for text one unit of ASS font size high (Windows ascent plus descent)."""

    advances: dict[int, float]

    def has(self, char: str) -> bool:
        """Whether the font can draw ``char``."""
        return ord(char) in self.advances

    def width(self, text: str) -> float:
        """Width of ``text`` at font size 1; a character of another font counts as a wide one."""
        return sum(self.advances.get(ord(char), _UNKNOWN_ADVANCE) for char in text)


@cache
def metrics(fontname: str) -> Metrics:
    """The metrics of a bundled font; for any other name, those of the default one as a fair guess."""
    return Metrics(_advances((FONTS / _FILES.get(fontname, _FILES[_DEFAULT])).read_bytes()))


def _advances(data: bytes) -> dict[int, float]:
    tables = {}
    for index in range(_u16(data, 4)):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = offset
    ascent, descent = struct.unpack_from(">HH", data, tables[b"OS/2"] + 74)
    count = _u16(data, tables[b"hhea"] + 34)
    widths = struct.unpack_from(">" + "Hh" * count, data, tables[b"hmtx"])[::2]
    return {
        code: widths[min(glyph, count - 1)] / (ascent + descent)
        for code, glyph in _glyphs(data, tables[b"cmap"]).items()
    }


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Code point to glyph, from every format 4 and 12 subtable."""
    glyphs: dict[int, int] = {}
    for index in range(_u16(data, cmap + 2)):
        (offset,) = struct.unpack_from(">I", data, cmap + 8 + 8 * index)
        table = cmap + offset
        if _u16(data, table) == 4:
            glyphs.update(_format_4(data, table))
        elif _u16(data, table) == 12:
            (groups,) = struct.unpack_from(">I", data, table + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", data, table + 16 + 12 * group)
                glyphs.update((code, glyph + code - first) for code in range(first, last + 1))
    return glyphs


def _format_4(data: bytes, table: int) -> dict[int, int]:
    count = _u16(data, table + 6) // 2
    glyphs = {}
    for segment in range(count):
        last = _u16(data, table + 14 + 2 * segment)
        first = _u16(data, table + 16 + 2 * (count + segment))
        delta = _u16(data, table + 16 + 2 * (2 * count + segment))
        position = table + 16 + 2 * (3 * count + segment)
        offset = _u16(data, position)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code if not offset else _u16(data, position + offset + 2 * (code - first))
            if glyph:
                glyphs[code] = (glyph + delta) % 65536
    return glyphs


def _u16(data: bytes, offset: int) -> int:
    value: int = struct.unpack_from(">H", data, offset)[0]
    return value
