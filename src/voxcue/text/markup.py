"""The one directive of the source text, ``[pause 0.5s]``: found, checked and taken out of the way.

Any other bracketed text is the author's own and stays. What a pause is attached to is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voxcue.errors import TextError

MAX_PAUSE = 30.0
"""The longest pause that can be asked for, in seconds."""

_DIRECTIVE = re.compile(r"\[[ \t]{0,8}pause(?![\w-])([^\[\]\r\n]{0,200})\]", re.IGNORECASE)
_DURATION = re.compile(
    r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})\s*(ms|s|secs?|seconds?)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """``source[start:end]`` holds no directive; ``pause`` is the silence asked for after it, in seconds."""

    start: int
    end: int
    pause: float | None


def stretches(source: str) -> Iterator[Stretch]:
    """Yield the text between directives, in order; the last one has no pause.

    Raises ``TextError`` with code ``markup-pause`` for a directive that names no duration.
    """
    start = 0
    for match in _DIRECTIVE.finditer(source):
        yield Stretch(start, match.start(), _seconds(match))
        start = match.end()
    yield Stretch(start, len(source), None)


def _seconds(match: re.Match[str]) -> float:
    duration = _DURATION.fullmatch(match[1])
    if duration is not None:
        seconds = float(duration[1]) / (1000 if duration[2].lower() == "ms" else 1)
        if seconds <= MAX_PAUSE:
            return seconds
    raise TextError(
        "markup-pause",
        f"The directive {match[0]} names no pause of 0 to {MAX_PAUSE:g} seconds.",
        'Write it as "[pause 0.5s]" or "[pause 500ms]".',
    )
