# ruff: noqa: RUF001
"""Where sentences end: at paragraph breaks, at lines that stand alone, and where ``sentencex`` says so.

It sees displayed words and which of them are tied; it overrules ``sentencex`` only to keep tied words
together. What is said, and how long it takes, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

import sentencex

from voxcue.text.dates import CALENDAR
from voxcue.text.tokens import Shown
from voxcue.text.verbalize import Said

_LINE_BREAK = re.compile(r"\r\n?|[\n\x0b\x85\u2028]|[\x0c\u2029]")
_PAGE_BREAK = re.compile(r"[\x0c\u2029]")
_LIST_MARK = re.compile(
    r"[-*•‣◦–]|\(?(?:\d{1,3}|[a-zA-Z])[.)]|（?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[、．）]"
)
# sentencex takes quotations whole and is slow on unclosed ones; a listener wants their sentences apart.
_QUOTES = str.maketrans("", "", '"“”„‟«»()[]{}‹›「」『』（）【】〔〕《》〈〉')
_CLOSING_QUOTE = re.compile(r"[\"”»'’]$")
# In Japanese the particle after a quotation says that it is one: 「行くよ。」と言った。
_QUOTED, _QUOTATIVE = re.compile("[」』]$"), re.compile("と(?![てこも])|って")
_ASKED = re.compile(r"\.[?!]+[\"”’')\]]*$")
_WINDOW = 2000
_LONG_WORD = 60
_NARROW = 40
_SHORT_LINE = 0.6


def is_paragraph_break(space: str) -> bool:
    """Say whether the white space between two words ends a paragraph: a blank line or a page break."""
    if not space or space == " ":
        return False
    return len(_LINE_BREAK.findall(space)) > 1 or bool(_PAGE_BREAK.search(space))


def sentence_ends(words: Sequence[Shown], said: Sequence[Said]) -> list[int]:
    """Return the indices of the words of one paragraph that a sentence ends after, the last included."""
    items = _list_items(words, said)
    found = {end for end in _sentencex_ends(words) | _asked_ends(words) if not _is_dated(words, said, end)}
    ends = {end for end in _line_ends(words) | found if end < len(words) - 1 and end not in items}
    ends = {end for end in ends if end + 1 in items or not _goes_on(words, said, end)}
    return [*sorted({_with_ornaments(words, said, end) for end in ends}), len(words) - 1]


def _with_ornaments(words: Sequence[Shown], said: Sequence[Said], end: int) -> int:
    """Move an end past the emoji that follow on the same line: they belong to what was just said."""
    while end + 2 < len(words) and not said[end + 1].spoken and not _LINE_BREAK.search(words[end].space):
        end += 1
    return end


def _list_items(words: Sequence[Shown], said: Sequence[Said]) -> set[int]:
    """Return the list marks that begin a line: nothing ends after one, and a sentence ends before it."""
    return {
        at
        for at, word in enumerate(words)
        if _LIST_MARK.fullmatch(word.text)
        and (at == 0 or (_LINE_BREAK.search(words[at - 1].space) and not said[at - 1].tied))
    }


def _is_dated(words: Sequence[Shown], said: Sequence[Said], end: int) -> bool:
    """Say whether a figure, a month or a day follows an abbreviation's stop: "at 7 p.m. Monday"."""
    if not said[end].stop_dropped or end + 1 >= len(words):
        return False
    following = words[end + 1].text
    if following == "May":
        return end + 2 < len(words) and words[end + 2].text[:1].isdigit()
    return following[:1].isdigit() or following.rstrip(".,;:!?") in CALENDAR


def _goes_on(words: Sequence[Shown], said: Sequence[Said], end: int) -> bool:
    """Say whether a sentence goes on after a word that seems to end it."""
    if said[end].tied:
        return True
    if _QUOTED.search(words[end].text) and _QUOTATIVE.match(words[end + 1].text):
        return True
    following = words[end + 1].text.lstrip("\"'“‘([{«")
    if not following[:1].islower():
        return False
    text = words[end].text
    return said[end].stop_dropped or text.endswith(("...", "…")) or bool(_CLOSING_QUOTE.search(text))


def _line_ends(words: Sequence[Shown]) -> set[int]:
    """Return where a line break is meant: before a list item, or after a line that could have gone on.

    In hard-wrapped prose the next word never fits on the line before it, so a line that had ample room for
    it was ended on purpose.
    """
    breaks = [
        at for at, word in enumerate(words[:-1]) if word.space != " " and _LINE_BREAK.search(word.space)
    ]
    if not breaks:
        return set()
    starts = [0, *(at + 1 for at in breaks)]
    last = [*breaks, len(words) - 1]
    widths = [
        words[end].offset + len(words[end].text) - words[start].offset
        for start, end in zip(starts, last, strict=True)
    ]
    width = max(widths)
    ends = set()
    for at, length in zip(breaks, widths, strict=False):
        following = words[at + 1].text
        room = width < _NARROW or length + 1 + len(following) < _SHORT_LINE * width
        if _LIST_MARK.fullmatch(following) or (room and not following[:1].islower()):
            ends.add(at)
    return ends


def _asked_ends(words: Sequence[Shown]) -> set[int]:
    """Return the ends that ``sentencex`` misses: a question mark after the stop of an abbreviation."""
    return {at for at, word in enumerate(words) if _ASKED.search(word.text)}


def _sentencex_ends(words: Sequence[Shown]) -> set[int]:
    """Ask ``sentencex``, a window of bounded length at a time so that no text is slow."""
    plain = [_plain(word.text) for word in words]
    lengths = [len(text) + 1 for text in plain]
    ends: set[int] = set()
    start = 0
    while start < len(words):
        stop, size = start, 0
        while stop < len(words) and (stop == start or size + lengths[stop] <= _WINDOW):
            size += lengths[stop]
            stop += 1
        found = _ends_in(plain[start:stop], lengths[start:stop])
        # The last sentence of a window is cut off by it, not by its author.
        found = [start + end for end in found if start + end < stop - 1]
        ends.update(found)
        start = found[-1] + 1 if found and stop < len(words) else stop
    return ends


def _ends_in(plain: list[str], lengths: list[int]) -> list[int]:
    places = {place: at for at, place in enumerate(accumulate(lengths))}
    boundaries = sentencex.get_sentence_boundaries("en", " ".join(plain) + " ")
    ends = []
    for boundary in boundaries:
        at = places.get(boundary["end_index"], places.get(boundary["end_index"] + 1))
        if at is not None:
            ends.append(at)
    return sorted(set(ends))


def _plain(text: str) -> str:
    text = text.translate(_QUOTES).strip("'‘’*_`")
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return text if len(text) <= _LONG_WORD else text[: _LONG_WORD // 2] + text[-_LONG_WORD // 2 :]
