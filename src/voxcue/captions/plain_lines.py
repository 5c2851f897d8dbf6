"""What the plain caption formats share: lines of text without blank ones, and times in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

from voxcue.captions.cues import Cue, line_text
from voxcue.captions.escape import printable


def plain_lines(cue: Cue) -> list[str]:
    """The lines of a cue that show something: a blank line would end the cue in SubRip and WebVTT."""
    lines = (printable(line_text(line)).strip() for line in cue.lines)
    return [line for line in lines if line]


def milliseconds(cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """(start, end) of each cue in whole milliseconds: ``start < end``, no overlap."""
    times: list[tuple[int, int]] = []
    shown_until = 0
    for cue in cues:
        start = max(round(cue.start * 1000), shown_until)
        shown_until = max(round(cue.end * 1000), start + 1)
        times.append((start, shown_until))
    return times
