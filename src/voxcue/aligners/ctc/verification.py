"""Whether an utterance says its text, judged from the frame posteriors of a CTC model.

What the model hears without the text is laid beside the letters of the text. A word that does not look alike
is doubted only if the best path of its letters through the frames between its neighbours is unlikely: a model
misspells words and yet finds their letters nearly as good.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from voxcue.aligners.ctc.alphabet import Alphabet
from voxcue.aligners.ctc.columns import Labels, Seen
from voxcue.aligners.ctc.comparison import Comparison, runs
from voxcue.aligners.ctc.greedy import greedy
from voxcue.errors import AlignmentError
from voxcue.types import Doubt, Verdict

_UNLIKELY = 3.0
"""Nats that the frames of a doubted word cost where its letters fit best, per letter; guessing each among 20
costs as much."""

_SURE = 9.0
"""The same for the sum over a word, and for letters that the text lacks: the model must be sure of little."""

_SOUND = 1 / 3
"""Frames in which something is heard, per missing letter of a word that is mumbled; two at least."""

_FEWEST = 3
"""Letters in a row that the text lacks, from which on they are speech and not a misspelling."""

_AUDIBLE = math.log(0.5)
"""Log probability of no letter below which something is heard in a frame."""


def judge(seen: Seen, labels: Labels, alphabet: Alphabet, frame: float, duration: float) -> Verdict:
    """What is doubtful in one utterance.

    Args:
        seen: what the model says of the frames.
        labels: the letters of the text.
        alphabet: the letters of the model.
        frame: seconds of a frame.
        duration: seconds of the utterance; no time is later.
    """
    heard = greedy(seen.heard, alphabet)
    count = len(set(labels.owners))
    if not len(heard.letters) or len(seen.heard) < len(labels.letters):
        if not count:
            return Verdict(1.0)
        return Verdict(0.0, (Doubt("swallowed", 0.0, duration, labels.owners[0], labels.owners[-1]),))
    comparison = Comparison(labels, heard)
    findings = [*_lost(seen, comparison), *_extra(seen, comparison)]
    wrong = {owner for each in findings for owner in each.owners}
    added = sum(each.kind == "added" for each in findings)
    doubts = sorted((each.doubt(frame, duration) for each in findings), key=lambda each: each.start)
    return Verdict(max(0.0, 1 - (len(wrong) + added) / max(1, count)), tuple(doubts))


@dataclass(frozen=True)
class _Finding:
    """A doubt in frames. ``owners`` are the tokens it is about, none for what is added after ``last``."""

    kind: str
    start: int
    end: int
    owners: tuple[int, ...]
    last: int

    def doubt(self, frame: float, duration: float) -> Doubt:
        start, end = (min(each * frame, duration) for each in (self.start, self.end))
        return Doubt(self.kind, start, end, min(self.owners, default=self.last), self.last)


@dataclass(frozen=True)
class _Word:
    """Letters ``first`` to ``end`` of a suspected word, its frames, and whether it is doubted."""

    first: int
    end: int
    start: int
    stop: int
    doubted: bool


def _lost(seen: Seen, comparison: Comparison) -> Iterator[_Finding]:
    """Words that are not heard, neighbours in one."""
    for first, end in runs(comparison.suspect):
        for doubted, group in groupby(_judged(seen, comparison, first, end), lambda word: word.doubted):
            words = list(group)
            if doubted:
                owners = tuple(comparison.labels.owners[words[0].first : words[-1].end])
                kind = "mumbled" if _audible(seen, comparison, words) else "swallowed"
                yield _Finding(kind, words[0].start, words[-1].stop, owners, owners[-1])


def _judged(seen: Seen, comparison: Comparison, first: int, end: int) -> list[_Word]:
    """The words of a run of suspected letters, which share the frames between their neighbours."""
    low, high = comparison.window(first, end, len(seen.heard))
    try:
        costs, starts = seen.costs(comparison.labels.part(first, end), low, high)
    except AlignmentError:  # fewer frames than letters
        return [_Word(first, end, low, high, doubted=True)]
    edges = [low, *(starts[1:] + low).tolist(), high]
    found = []
    for a, b in ((max(a, first), min(b, end)) for a, b in comparison.words if a < end and b > first):
        start, stop = edges[a - first], edges[b - first]
        nats = costs[start - low : stop - low].sum()
        doubted = bool(nats > max(_SURE, _UNLIKELY * comparison.known[a:b].sum()))
        found.append(_Word(a, b, start, stop, doubted))
    return found


def _audible(seen: Seen, comparison: Comparison, words: list[_Word]) -> bool:
    """Whether something else is heard in the frames of words."""
    letters = slice(words[0].first, words[-1].end)
    sounding = seen.none < _AUDIBLE
    for index in comparison.partner[letters][comparison.same[letters]].tolist():
        sounding[comparison.heard.starts[index] : comparison.heard.ends[index]] = False
    missing = (comparison.known & ~comparison.same)[letters].sum()
    return bool(sounding[words[0].start : words[-1].stop].sum() >= max(2, _SOUND * missing))


def _extra(seen: Seen, comparison: Comparison) -> Iterator[_Finding]:
    """What is heard beside the words of the text: some of them again, or speech of its own."""
    heard, owners = comparison.heard, comparison.labels.owners
    for first, end, place in comparison.extra():
        start, stop = int(heard.starts[first]), int(heard.ends[end - 1])
        if (seen.best - seen.none)[start:stop].clip(0).sum() < _SURE:
            continue
        if again := comparison.again(heard.letters[first:end], place):
            yield _Finding("repeated", start, stop, tuple(owners[slice(*again)]), owners[again[1] - 1])
        elif end - first >= _FEWEST:
            yield _Finding("added", start, stop, (), owners[place - 1] if place else -1)
