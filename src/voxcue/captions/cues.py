"""What a cue is, and the limits a cue should keep.

A cue is the text that stands on the screen at one time, as lines of words. Nothing here knows how cues
are chosen, drawn or written to a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from voxcue.errors import UsageError
from voxcue.types import Word


@dataclass(frozen=True, slots=True)
class CueLimits:
    """The limits of a cue; the defaults are broadcast practice for landscape video.

    Widths are in columns (a wide East Asian character or an emoji takes two), times in seconds.
    """

    columns: int = 42
    lines: int = 2
    """One or two."""
    chars_per_second: float = 17.0
    """The reading speed wanted; a cue lingers to reach it where the next cue leaves room."""
    max_chars_per_second: float = 20.0
    min_duration: float = 5 / 6
    max_duration: float = 7.0
    linger: float = 0.5
    """How long a cue may stay after its last word when nothing else asks for more."""
    gap: float = 0.08
    """Two frames at 25 frames a second: the least gap between cues that are not chained."""
    pause: float = 0.35
    """A silence that makes a good place to break."""
    long_pause: float = 1.0
    """A silence that no cue spans."""

    def __post_init__(self) -> None:
        if self.lines not in (1, 2) or self.columns < 1:
            raise UsageError(
                "limits-invalid",
                f"A cue cannot have {self.lines} lines of {self.columns} columns.",
                "Use one or two lines of at least one column.",
            )


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines of words shown from ``start`` to ``end`` (seconds, ``start < end``)."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of all lines, in order."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """The displayed text, lines separated by a newline."""
        return "\n".join(line_text(line) for line in self.lines)


def line_text(words: Sequence[Word]) -> str:
    """Words on one line: any white space between two of them is one blank, none stays none."""
    return "".join(word.text + (" " if word.space else "") for word in words[:-1]) + "".join(
        word.text for word in words[-1:]
    )


def columns(text: str) -> int:
    """The columns that ``text`` takes: 0 for a combining mark or a format character, 2 for a wide one."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
