"""The displayed words of the source, cut at white space and after dashes, each with its place.

Chinese and Japanese, which have no white space, are cut where ``voxcue.text.cjk`` says.

Nothing is lost: the pieces and the white space between them are the source. What a word means or how it
is said is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from voxcue.text import cjk
from voxcue.text.markup import stretches

_RUN = re.compile(r"\S+")
# An em dash joins two words without a space; a closing quotation mark or bracket after it belongs to the
# first of them. Three ASCII hyphens and more are a dash as well.
_DASH = re.compile(r"(?:[\u2014\u2015]|-{2,})+[\u201d\u00bb)\]]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """One displayed word: ``text`` at ``offset`` in the source and the white space after it.

    ``pause`` is set, in seconds, on the last word before a directive.
    """

    text: str
    offset: int
    space: str
    pause: float | None = None


def shown_words(source: str) -> tuple[list[Shown], float]:
    """Return the displayed words in order, and the pause asked for before the first (seconds).

    Raises ``TextError`` for a malformed directive.
    """
    words: list[Shown] = []
    lead = 0.0
    for stretch in stretches(source):
        head = len(source[stretch.start : stretch.end]) - len(source[stretch.start : stretch.end].lstrip())
        words_here = list(_cut(source, stretch.start, stretch.end))
        if head and words:
            gap = source[stretch.start : stretch.start + head]
            last = words[-1]
            words[-1] = Shown(last.text, last.offset, last.space + gap, last.pause)
        words += words_here
        if stretch.pause is None:
            continue
        if words:
            last = words[-1]
            words[-1] = Shown(last.text, last.offset, last.space, (last.pause or 0.0) + stretch.pause)
        else:
            lead += stretch.pause
    return words, lead


def _cut(source: str, start: int, end: int) -> Iterator[Shown]:
    has_cjk = not source.isascii() and cjk.CJK.search(source, start, end) is not None
    runs = _RUN.finditer(source, start, end)
    run = next(runs, None)
    while run is not None:
        following = next(runs, None)
        space = source[run.end() : following.start() if following else end]
        cuts = _dash_cuts(run[0], run.start())
        if has_cjk and cjk.CJK.search(run[0]):
            dashes = (cut for cut in cuts if source[cut] not in cjk.NEVER_FIRST)
            cuts = sorted({*dashes, *cjk.cuts(source, run.start(), run.end())})
        marks = [run.start(), *cuts, run.end()]
        for left, right in pairwise(marks):
            yield Shown(source[left:right], left, space if right == run.end() else "")
        run = following


def _dash_cuts(run: str, offset: int) -> list[int]:
    if "://" in run or run.startswith("www.") or ("--" not in run and not {"\u2014", "\u2015"} & set(run)):
        return []
    cuts = [match.end() for match in _DASH.finditer(run)]
    # A cut is worth making only where something is said after it; a bare closing mark stays put.
    while cuts and not any(map(str.isalnum, run[cuts[-1] :])):
        cuts.pop()
    return [offset + cut for cut in cuts]
