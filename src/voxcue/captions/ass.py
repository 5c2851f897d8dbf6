r"""Cues to an ASS file (Advanced SubStation Alpha), through ``pysubs2``.

The text of an event is drawn up by ``effects``; here are the file, its style and the times of its events.
Does not know how cues were made.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle
from pysubs2.formats.substation import SubstationFormat

from voxcue.captions.cues import Cue
from voxcue.captions.effects import EFFECTS, SHADOW_ALPHA, timed_pieces
from voxcue.captions.fitting import fit
from voxcue.captions.styles import Style

_STYLE_NAME = "Voxcue"
_BOX_ALPHA = 0x38


def ass(cues: Sequence[Cue], style: Style) -> str:
    """The text of an ASS file that shows ``cues`` in ``style``."""
    file = SSAFile()
    file.info.update(
        {
            "Title": "Voxcue captions",
            "PlayResX": str(style.width),
            "PlayResY": str(style.height),
            "WrapStyle": "2",
            "ScaledBorderAndShadow": "yes",
            "YCbCr Matrix": "TV.709",
        }
    )
    file.styles = {_STYLE_NAME: _ssa_style(style)}
    shown_until = 0
    for cue in cues:
        start = max(_centiseconds(cue.start), shown_until)
        shown_until = max(_centiseconds(cue.end), start + 1)
        file.events.extend(_events(cue, start, shown_until, style))
    buffer = io.StringIO()
    _Format.to_file(file, buffer, "ass", header_notice="Made by Voxcue")
    return buffer.getvalue()


class _Format(SubstationFormat):
    """pysubs2's writer, without its limit of ten hours, which the format and its readers do not share."""

    @staticmethod
    def ms_to_timestamp(requested_ms: int) -> str:
        seconds, centiseconds = divmod(requested_ms // 10, 100)
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{centiseconds:02d}"


def _centiseconds(seconds: float) -> int:
    return round(seconds * 100)


def _ssa_style(style: Style) -> SSAStyle:
    sung = style.accent if style.effect == "karaoke" else style.colour
    return SSAStyle(
        fontname=style.font,
        fontsize=style.size,
        primarycolor=_colour(sung),
        secondarycolor=_colour(style.colour),
        outlinecolor=_colour(style.outline_colour),
        backcolor=_colour(style.outline_colour, _BOX_ALPHA if style.box else SHADOW_ALPHA),
        bold=style.bold,
        borderstyle=4 if style.box else 1,
        outline=0 if style.box else style.outline,
        shadow=style.size * 0.22 if style.box else style.shadow,
        alignment=Alignment.BOTTOM_CENTER,
        marginl=style.margin_side,
        marginr=style.margin_side,
        marginv=style.margin_bottom,
    )


def _colour(value: str, alpha: int = 0) -> Color:
    return Color(int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16), alpha)


def _events(cue: Cue, start: int, end: int, style: Style) -> list[SSAEvent]:
    fitted = fit(cue, style)
    size = "" if fitted.size == style.size else f"{{\\fs{fitted.size:.1f}}}"
    return [
        SSAEvent(
            start=shown.start * 10,
            end=shown.end * 10,
            text=size + shown.text,
            style=_STYLE_NAME,
            layer=shown.layer,
        )
        for shown in EFFECTS[style.effect](timed_pieces(fitted, start, end), start, end, style)
    ]
