"""Cues to SubRip (.srt), through ``pysubs2``; the user's text is escaped before it gets there."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pysubs2 import SSAEvent, SSAFile
from pysubs2.formats.subrip import SubripFormat

from voxcue.captions.cues import Cue
from voxcue.captions.escape import escape_srt
from voxcue.captions.plain_lines import milliseconds, plain_lines


def srt(cues: Sequence[Cue]) -> str:
    """The text of a SubRip file that shows ``cues``."""
    file = SSAFile()
    for cue, (start, end) in zip(cues, milliseconds(cues), strict=True):
        lines = [escape_srt(line) for line in plain_lines(cue)]
        if lines:
            file.events.append(SSAEvent(start=start, end=end, text=r"\N".join(lines)))
    buffer = io.StringIO()
    SubripFormat.to_file(file, buffer, "srt", keep_ssa_tags=True)  # we have no tags; have it change nothing
    return buffer.getvalue()
