"""The registry of caption formats: a name, a file name and a function that writes the text of the file.

How to add a format, here "ttml":

1. write ``ttml.py`` with ``ttml(cues)``, if it shows cues, or ``ttml(track)``, if it lists words;
2. keep the user's text from acting as markup: add ``escape_ttml`` to ``escape.py`` and use it for every word;
3. add a line to ``FORMATS`` and one to ``_WRITERS`` below;
4. add hostile texts to the tests: what a reader of the format shows must be the text as written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voxcue.captions.ass import ass
from voxcue.captions.layout import layout
from voxcue.captions.srt import srt
from voxcue.captions.styles import Style
from voxcue.captions.table import words_csv
from voxcue.captions.track import Track
from voxcue.captions.vtt import vtt
from voxcue.captions.words import words_json
from voxcue.errors import UsageError

FORMATS: Mapping[str, str] = {
    "ass": "captions.ass",
    "srt": "captions.srt",
    "vtt": "captions.vtt",
    "json": "words.json",
    "csv": "words.csv",
}
"""The name of the file for each format."""

# The player chooses type and place for SRT and WebVTT, so those keep to landscape cues in any style.
_WRITERS: Mapping[str, Callable[[Track, Style], str]] = {
    "ass": lambda track, style: ass(layout(track.words, style.limits, track.duration), style),
    "srt": lambda track, _: srt(layout(track.words, duration=track.duration)),
    "vtt": lambda track, _: vtt(layout(track.words, duration=track.duration)),
    "json": lambda track, _: words_json(track),
    "csv": lambda track, _: words_csv(track),
}


def check_caption_format(name: str) -> str:
    """The name, if it is a caption format; else raises ``UsageError`` (``captions-unknown``)."""
    if name not in FORMATS:
        raise UsageError(
            "captions-unknown",
            f"There is no caption format called '{name}'; known: {', '.join(FORMATS)}.",
            "Give some of them, separated by commas.",
        )
    return name


def render(format_name: str, track: Track, style: Style) -> str:
    """The text of one caption file; write it as UTF-8 with its line ends as they are (``newline=""``).

    Raises ``UsageError`` (``captions-unknown``) for a name that is not in ``FORMATS``. Only "ass" uses
    ``style``.
    """
    return _WRITERS[check_caption_format(format_name)](track, style)
