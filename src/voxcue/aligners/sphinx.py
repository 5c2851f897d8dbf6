"""The embedded aligner for English: PocketSphinx forced alignment with the model in its package.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules. Long recordings
are searched window by window, so that time grows with length and memory does not; word edges beside silence
are moved to where the sound begins and ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners import edges, fill
from voxcue.aligners.sphinx_parts import beginnings
from voxcue.aligners.sphinx_search import FRAME, RATE, Heard, Search, mean
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Span, Token, Word

_WINDOW = 30.0
"""Seconds of audio that are searched at once; the decoder hears no signal until it is through."""

_OVERLAP = 1.5
"""Seconds before the end of a window in which words are not believed, but searched again in the next."""

_HURRY, _SPARE = 1.6, 15
"""A window is given as many times the words that it would hold at an even pace, and so many more."""

_SURE = -2.5
"""Mean score of a frame from which on the text is what is said, whatever the recording."""

_STRANGE = -4.0
_MARGIN, _STEEPER = 0.3, 1.2
_NOTHING = -7.2
"""A text with less than that has to beat its own words in another order by a margin, which grows below
`_STRANGE`; `_NOTHING` is the score of words that have no path. Noise and accents move both alike
(``bench/alignment.py``)."""

_ROW, _POOR, _POORER = 4, -4.5, 2.5
"""So many words in a row with less than ``_POOR`` a frame, and that much less than the median word, are not
what is said. Right words of natural voices have more than -3.3, wrong ones less than -6; of robots the median
is as low as -5."""

_FEW = 0.25
"""Parts with less than this share of the words are no better than all words in order."""

_FAR = 3
"""Where some are left out, a window is given so many times the words."""


class SphinxAligner:
    """PocketSphinx (BSD) with its US English acoustic model and dictionary."""

    name = "sphinx"
    description = "PocketSphinx forced alignment, English"
    languages = frozenset({"en"})
    needs_marks = False

    @classmethod
    def ready(cls) -> bool:
        """Always: it needs no setting."""
        return True

    def __init__(self) -> None:
        self._lock = Lock()
        self._search = Search()

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Align the spoken words, then give each token the stretch of its words."""
        said = [(index, word) for index, token in enumerate(tokens) for word in token.words]
        with self._lock:  # a decoder holds the state of one search
            entries = [self._search.entry(word) for _, word in said]
            known = [(index, entry) for (index, _), entry in zip(said, entries, strict=True) if entry]
            if 2 * len(known) < len(said):
                raise _mismatch()
            texts = _texts(tokens, [index for index, _ in known])
            heard = self._heard(clip, [entry for _, entry in known], beginnings(texts)) if known else []
        found = edges.refine([Span(each.start * FRAME, each.end * FRAME) for each in heard], clip)
        spans: list[Span | None] = [None] * len(tokens)
        scores: dict[int, list[float]] = {index: [] for index, _ in known}
        for each, span in zip(heard, found, strict=True):
            assert each.index is not None
            index = known[each.index][0]
            before = spans[index]
            spans[index] = Span(before.start if before else span.start, span.end)
            scores[index].append(math.exp(each.score / (each.end - each.start)))
        means = {index: sum(each) / len(each) if each else 0.0 for index, each in scores.items()}
        return fill.words(tokens, spans, clip.duration, [means.get(at) for at in range(len(tokens))])

    def _heard(self, clip: Clip, entries: Sequence[str], begins: Sequence[int]) -> list[Heard]:
        """The entries that are said, in order.

        Raises:
            AlignmentError: ``text-mismatch``: no more than half are.
        """
        if clip.duration <= _WINDOW:
            windows = [self._best(clip, 0.0, clip.duration, _Rest(entries, begins, len(entries)), True)]
        else:
            windows = self._windows(clip, entries, begins)
        words = [word for window in windows for word in window.words]
        if 2 * len(words) <= len(entries):
            raise _mismatch()
        if not self._is_right(clip, sorted(windows, key=lambda each: each.score)[len(windows) // 2]):
            raise _mismatch()
        return words

    def _is_right(self, clip: Clip, window: _Window) -> bool:
        """Whether the words of a window fit well, or at least better than in another order."""
        score = window.score
        if score >= _SURE:
            return True
        entries = [each.word for each in window.path if each.word is not None]
        others = [each for each in (entries[::-1], sorted(entries)) if each != entries]
        controls = [self._window(clip, window.begin, window.end, each, True) for each in others]
        best = max((each.score for each in controls), default=_NOTHING)
        return not others or score - best >= _MARGIN + _STEEPER * max(0.0, _STRANGE - score)

    def _windows(self, clip: Clip, entries: Sequence[str], begins: Sequence[int]) -> list[_Window]:
        """A long recording, in windows that each end in a pause; those without any word are left out."""
        windows: list[_Window] = []
        begin = 0.0
        most = _SPARE + math.ceil(_HURRY * _WINDOW * len(entries) / clip.duration)
        rest = _Rest(entries, begins, most)
        while rest.entries and begin < clip.duration:
            checkpoint()
            last = clip.duration - begin <= _WINDOW
            end = clip.duration if last else _pause(clip, begin)
            window = self._best(clip, begin, end, rest, last and len(rest.entries) <= most)
            if not last:
                window = window.believed()
            if window.words:
                windows.append(replace(window, word=rest.word))
                rest = rest.after(window)
            begin = window.end
        return windows

    def _best(self, clip: Clip, begin: float, end: float, rest: _Rest, whole: bool) -> _Window:
        """What is heard of the rest between two times of the clip.

        All of it in order, or, where that would say little, parts of it with other sounds between.
        """
        window = self._window(clip, begin, end, rest.next, whole)
        if not window.is_doubtful:
            return window
        entries, begins = rest.far
        path = self._search.parts(_samples(clip, begin, end), entries, begins, whole=whole)
        parts = _Window(begin, end, path, partly=True)
        few = _FEW * len(window.words)
        return window if len(parts.words) < few and self._is_right(clip, window) else parts

    def _window(self, clip: Clip, begin: float, end: float, entries: Sequence[str], whole: bool) -> _Window:
        """What is heard of the entries, in order, between two times of the clip."""
        samples = _samples(clip, begin, end)
        return _Window(begin, end, self._search.chain(samples, entries, whole=whole))


@dataclass(frozen=True)
class _Rest:
    """The entries from ``word`` on, the parts they are in, and how many of them a window is given."""

    all: Sequence[str]
    begins: Sequence[int]
    most: int
    word: int = 0

    @property
    def entries(self) -> Sequence[str]:
        """All that are left."""
        return self.all[self.word :]

    @property
    def next(self) -> Sequence[str]:
        """As many as a window may hold."""
        return self.all[self.word : self.word + self.most]

    @property
    def far(self) -> tuple[Sequence[str], list[int]]:
        """More than that, for where some are left out, and where their parts begin."""
        until = self.word + _FAR * self.most
        begins = [each - self.word for each in self.begins if self.word < each < until]
        return self.all[self.word : until], [0, *begins]

    def after(self, window: _Window) -> _Rest:
        """What is left after a window."""
        last = window.words[-1].index
        assert last is not None
        return replace(self, word=self.word + last + 1)


@dataclass(frozen=True)
class _Window:
    """A stretch of the recording in seconds, and the path through it, in frames from its beginning.

    ``word`` is the index of the entry that those of the path are counted from; ``partly`` says that there may
    be foreign sounds between the words.
    """

    begin: float
    end: float
    path: list[Heard]
    word: int = 0
    partly: bool = False

    @property
    def score(self) -> float:
        """The mean of a frame, without foreign sounds."""
        said = [each for each in self.path if each.word] if self.partly else self.path
        return mean(said) if said else _NOTHING

    @property
    def is_doubtful(self) -> bool:
        """Whether some words in a row fit far worse than the others: something else is said there."""
        words = [each for each in self.path if each.word is not None]
        if not words:
            return True
        rows = [mean(words[at : at + _ROW]) for at in range(max(1, len(words) - _ROW + 1))]
        typical = float(np.median([mean([each]) for each in words]))
        return min(rows) < min(_POOR, typical - _POORER)

    @property
    def words(self) -> list[Heard]:
        """The words, in frames from the beginning of the recording."""
        offset = round(self.begin / FRAME)
        return [
            replace(each, start=each.start + offset, end=each.end + offset, index=each.index + self.word)
            for each in self.path
            if each.index is not None
        ]

    def believed(self) -> _Window:
        """The part that need not be searched again; without words, all of it."""
        until = (self.end - self.begin - _OVERLAP) / FRAME
        kept = _before_leap([each for each in self.path if each.end <= until])
        words = [at for at, each in enumerate(kept) if each.word is not None]
        if len(words) > 1:
            kept = kept[: words[-1]]
        if not words:
            return replace(self, path=[])
        return replace(self, end=self.begin + kept[-1].end * FRAME, path=kept)


def _before_leap(path: list[Heard]) -> list[Heard]:
    """The path up to where it leaves out more words than it holds after that: later audio may know better."""
    words = [at for at, each in enumerate(path) if each.index is not None]
    for number, (before, after) in enumerate(pairwise(words), 1):
        left_out = (path[after].index or 0) - (path[before].index or 0) - 1
        if left_out > len(words) - number:
            return path[: before + 1]
    return path


def _texts(tokens: Sequence[Token], owners: Sequence[int]) -> list[str]:
    """For each word the text that it ends, "" where its token goes on; silent tokens go with the word before.

    Args:
        tokens: all of them.
        owners: the index of the token of each word.
    """
    last = [*owners[1:], len(tokens)][: len(owners)]
    return [
        "".join(token.text for token in tokens[owner:following])
        for owner, following in zip(owners, last, strict=True)
    ]


def _samples(clip: Clip, begin: float, end: float) -> NDArray[np.float32]:
    import soxr

    first, last = round(begin * clip.sample_rate), round(end * clip.sample_rate)
    return np.asarray(soxr.resample(clip.samples[first:last], clip.sample_rate, RATE), np.float32)


def _pause(clip: Clip, begin: float) -> float:
    """The middle of the quietest 0.2 s in the last third of a window, to a whole frame."""
    first = begin + _WINDOW * 2 / 3
    quiet = edges.level(clip, first, begin + _WINDOW)
    wide = round(0.2 / edges.HOP)
    smooth = np.convolve(10 ** (quiet / 10), np.ones(wide), "valid")
    return round((first + (int(smooth.argmin()) + wide / 2) * edges.HOP) / FRAME) * FRAME


def _mismatch() -> AlignmentError:
    return AlignmentError(
        "text-mismatch",
        "The text does not match what is said in the recording.",
        "Give the words that are said, all of them and in order, or cut the recording to the text.",
    )
