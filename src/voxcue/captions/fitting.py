"""Keeping a cue on the screen: how large its type may be, and where words too long for a line are cut.

Knows the widths of the font and the room that a style leaves; nothing of times, nor of ASS.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import combining

from voxcue.captions.cues import Cue
from voxcue.captions.escape import printable
from voxcue.captions.metrics import EMOJI, metrics
from voxcue.captions.styles import Style
from voxcue.types import Word

_SHRINK = 0.7
"""A line may be drawn this small before its words are cut."""
_TRIES = (*((scale, 0.3) for scale in (1.0, 0.85, 0.72, 0.6)), *((0.9**step, 0.6) for step in range(5, 22)))
"""The sizes to try for a cue with cut words, and the share of the picture's height it may take."""
_JOINS = "\u200d\ufe0e\ufe0f\u20e3"
_INVISIBLE = frozenset(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFE0E, 0xFE0F))
)
_AFTER = re.compile(r"[/\\?&=#.,;:_\-]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word as drawn: its printable text in one or more parts, each but the last ending its line."""

    word: Word
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A cue as drawn: the type size, and the pieces of each line."""

    size: float
    lines: tuple[tuple[Piece, ...], ...]


def fit(cue: Cue, style: Style) -> Fit:
    """Choose a type size at which the lines of ``cue`` fit; cut words only if it would get too small."""
    widest = max(_line_width(line, style) for line in cue.lines)
    scale = style.line_width / max(widest, 1e-9)
    if scale >= _SHRINK:
        lines = tuple(tuple(Piece(word, (printable(word.text),)) for word in line) for line in cue.lines)
        return Fit(style.size * min(scale, 1.0), lines)
    for scale, share in _TRIES:
        room = style.line_width / (style.size * scale)
        cut = tuple(tuple(_cut(word, room, style) for word in line) for line in cue.lines)
        rows = sum(len(piece.parts) - 1 for line in cut for piece in line) + len(cut)
        if rows * style.size * scale <= share * style.height and _widest(cut, style) <= room:
            break
    return Fit(style.size * scale, cut)


def runs(text: str, style: Style) -> list[tuple[bool, str]]:
    """``text`` as runs of (whether it needs the emoji font, characters)."""
    main, emoji = metrics(style.font), metrics(EMOJI)
    found: list[tuple[bool, str]] = []
    for char in text:
        joins = char in _JOINS and found
        is_emoji = found[-1][0] if joins else not main.has(char) and emoji.has(char)
        if found and found[-1][0] == is_emoji:
            found[-1] = (is_emoji, found[-1][1] + char)
        else:
            found.append((is_emoji, char))
    return found


def text_width(text: str, style: Style) -> float:
    """The width of printable ``text`` at type size 1."""
    return sum(_widths(text, style))


def _widths(text: str, style: Style) -> list[float]:
    """The width of each character at type size 1: nothing for one that is only there to join others."""
    main, emoji = metrics(style.font), metrics(EMOJI)
    return [
        0.0 if char in _INVISIBLE or combining(char) else (main if main.has(char) else emoji).width(char)
        for char in text
    ]


def _line_width(line: tuple[Word, ...], style: Style) -> float:
    text = "".join(printable(word.text) + (" " if word.space else "") for word in line)
    return text_width(text.rstrip(" "), style) * style.size


def _widest(lines: tuple[tuple[Piece, ...], ...], style: Style) -> float:
    """The widest row, at type size 1; only rows of several words can still be too wide."""
    blank = text_width(" ", style)
    return max(
        sum(text_width(piece.parts[-1], style) + blank for piece in line) - blank for line in lines if line
    )


def _cut(word: Word, room: float, style: Style) -> Piece:
    """``word`` in parts no wider than ``room``, cut after a sign such as ``/`` if one is near the end."""
    text = printable(word.text)
    if text_width(text, style) <= room:
        return Piece(word, (text,))
    ends = list(accumulate(_widths(text, style)))
    parts = _parts(text, ends, room)
    # The same number of parts, but of about the same width: no stump on the last row.
    even = ends[-1] / len(parts)
    for step in range(4):
        evened = _parts(text, ends, even + (room - even) * step / 4)
        if len(evened) == len(parts):
            return Piece(word, tuple(evened))
    return Piece(word, tuple(parts))


def _parts(text: str, ends: list[float], room: float) -> list[str]:
    """``text`` cut greedily; ``ends`` says how far each character reaches."""
    parts = []
    start = 0
    while start < len(text):
        reached = ends[start - 1] if start else 0.0
        stop = max(bisect_right(ends, reached + room, start), start + 1)
        if stop < len(text):
            signs = [match.end() for match in _AFTER.finditer(text, (start + stop) // 2, stop)]
            stop = signs[-1] if signs else stop
        parts.append(text[start:stop])
        start = stop
    return parts
