"""Cues to WebVTT, each word with its own time inside the cue.

Written here and not by ``pysubs2``, whose writer turns a ``\\n`` in the text into a line break and knows no
timestamps within a cue.
"""

from __future__ import annotations

from collections.abc import Sequence

from voxcue.captions.cues import Cue
from voxcue.captions.escape import escape_vtt
from voxcue.captions.plain_lines import milliseconds

_CUE_STAMPS = 2
"""Some readers, pysubs2 among them, take any line with two timestamps for the start of a cue. A line of words
that would have two gets a third, where its last word ends."""


def vtt(cues: Sequence[Cue]) -> str:
    """The text of a WebVTT file that shows ``cues``.

    A ``<00:00:01.234>`` stands before each spoken word that begins after the cue does; browsers style the
    words before and after the present one with ``::cue(:past)`` and ``::cue(:future)``.
    """
    blocks = ["WEBVTT\n"]
    for cue, (start, end) in zip(cues, milliseconds(cues), strict=True):
        lines = _lines(cue, start, end)
        if lines:
            blocks.append(f"{_timestamp(start)} --> {_timestamp(end)}\n" + "\n".join(lines) + "\n")
    return "\n".join(blocks)


def _lines(cue: Cue, start: int, end: int) -> list[str]:
    """The lines of a cue; its timestamps rise and lie strictly within it, as the standard wants."""
    lines = []
    clock = start
    for words in cue.lines:
        line = ""
        stamps = 0
        for place, word in enumerate(words):
            begin = round(word.start * 1000)
            text = escape_vtt(word.text)
            if word.spoken and clock < begin < end:
                text = f"<{_timestamp(begin)}>{text}"
                clock = begin
                stamps += 1
            line += text + (" " if word.space and place < len(words) - 1 else "")
        if stamps == _CUE_STAMPS and clock + 1 < end:
            clock = min(end - 1, max(clock + 1, round(words[-1].end * 1000)))
            line = f"{line.rstrip()}<{_timestamp(clock)}>"
        if line.strip():
            lines.append(line.strip())
    return lines


def _timestamp(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:03d}"
