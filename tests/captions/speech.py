"""Timed words for the tests: from a text at a steady pace, or random and hostile ones from hypothesis."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from voxcue.captions import Track
from voxcue.types import Word

DICKENS = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
    "foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, "
    "it was the season of Darkness. It was the spring of hope, and it was the winter of despair."
)

HOSTILE = (
    "{",
    "}",
    "\\",
    "{\\b1}bold{\\b0}",
    "{\\k500}",
    "{\\p1}m",
    "{unclosed",
    "C:\\new\\Nice\\home",
    "\\N",
    "\\{",
    "<i>now</i>",
    "<00:00:01.000>",
    "<c.red>",
    "&amp;",
    "&",
    "-->",
    "a-->b",
    "{\\an8}",
    "NOTE",
    "WEBVTT",
    "Dialogue:",
    "1",
    "00:00:01,000",
    ",,,",
    "\u05e9\u05dc\u05d5\u05dd\u200f",
    "zero\u200bwidth",
    "\U0001f600",
    "\u2764\ufe0f",
    "two\nlines",
    "tab\there",
    "lone\ud800",
    "nul\x00",
    "sep\u2028arated",
    "=1+1",
    '"quoted"',
)


def say(text: str, pace: float = 15.0, pauses: bool = True) -> list[Word]:
    """Words of ``text`` said at ``pace`` characters a second, with a pause after each sentence."""
    words: list[Word] = []
    clock = 0.2
    for match in re.finditer(r"(\S+)(\s*)", text):
        shown, space = match.groups()
        spoken = re.sub(r"\W", "", shown)
        end = clock + (max(0.12, len(shown) / pace) if spoken else 0.0)
        words.append(Word(shown, spoken, clock, end, 0.9, match.start(), space))
        clock = end
        if pauses and shown[-1] in ".!?":
            clock += 0.5
    return words


def track(words: Sequence[Word], duration: float | None = None) -> Track:
    """A track of ``words``, as long as they need it."""
    length = (words[-1].end if words else 0.0) + 0.3 if duration is None else duration
    text = "".join(word.text + word.space for word in words)
    return Track(text, length, 24000, tuple(words), "hibari", "test", "native")


_LETTERS = st.text("abcdefgh", min_size=1, max_size=12)
_ENDINGS = st.sampled_from(["", "", "", "", ",", ".", "?", ";", "\u2014"])
_ORDINARY = st.builds(lambda letters, ending: letters + ending, _LETTERS, _ENDINGS)
_SILENT = st.sampled_from(["\u2014", "\U0001f600", "(", "\u2022"])
_SPACES = st.sampled_from([" ", " ", " ", " ", "", "\n", "\n\n"])
_ANY_TEXT = st.text(st.characters(exclude_characters=" "), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)


@st.composite
def timed_words(draw: st.DrawFn, hostile: bool = False, max_size: int = 40) -> list[Word]:
    """Words in order that do not overlap; silent ones may last no time."""
    texts = (
        st.one_of(st.sampled_from(HOSTILE), _ANY_TEXT)
        if hostile
        else st.one_of(_ORDINARY, _ORDINARY, _SILENT)
    )
    clock = draw(st.sampled_from([0.0, 0.3]))
    words = []
    for text in draw(st.lists(texts, min_size=1, max_size=max_size)):
        silent = not any(char.isalnum() for char in text)
        clock += draw(st.sampled_from([0.0, 0.0, 0.0, 0.05, 0.2, 0.5, 1.5]))
        end = clock + draw(st.floats(0.02 if not silent else 0.0, 0.9))
        if silent and draw(st.booleans()):
            end = clock
        words.append(Word(text, "" if silent else "said", clock, end, 0.5, 0, draw(_SPACES)))
        clock = end
    return words
