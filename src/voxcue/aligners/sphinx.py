"""The embedded aligner for English: PocketSphinx forced alignment with the model in its package.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules. Long recordings
are searched window by window, so that time grows with length and memory does not; word edges beside silence
are moved to where the sound begins and ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from voxcue.aligners import edges, fill
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
            heard = self._heard(clip, [entry for _, entry in known]) if known else []
        found = edges.refine([Span(each.start * FRAME, each.end * FRAME) for each in heard], clip)
        spans: list[Span | None] = [None] * len(tokens)
        scores: list[list[float]] = [[] for _ in tokens]
        for (index, _), span, each in zip(known, found, heard, strict=True):
            before = spans[index]
            spans[index] = Span(before.start if before else span.start, span.end)
            scores[index].append(math.exp(each.score / (each.end - each.start)))
        confidences = [sum(each) / len(each) if each else None for each in scores]
        return fill.words(tokens, spans, clip.duration, confidences)

    def _heard(self, clip: Clip, entries: Sequence[str]) -> list[Heard]:
        """Each entry, in order.

        Raises:
            AlignmentError: ``text-mismatch``.
        """
        if clip.duration <= _WINDOW:
            windows = [self._window(clip, 0.0, clip.duration, entries, True)]
        else:
            windows = self._windows(clip, entries)
        words = [word for window in windows for word in window.words]
        if len(words) != len(entries):
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

    def _windows(self, clip: Clip, entries: Sequence[str]) -> list[_Window]:
        """A long recording, in windows that each end in a pause; those without any word are left out."""
        windows: list[_Window] = []
        begin, word = 0.0, 0
        most = _SPARE + math.ceil(_HURRY * _WINDOW * len(entries) / clip.duration)
        while word < len(entries) and begin < clip.duration:
            checkpoint()
            last = clip.duration - begin <= _WINDOW
            end = clip.duration if last else _pause(clip, begin)
            rest = entries[word : word + most]
            window = self._window(clip, begin, end, rest, last and word + len(rest) == len(entries))
            if not last:
                window = window.believed()
            if window.words:
                windows.append(window)
                word += len(window.words)
            begin = window.end
        return windows

    def _window(self, clip: Clip, begin: float, end: float, entries: Sequence[str], whole: bool) -> _Window:
        """What is heard of the entries between two times of the clip."""
        import soxr

        first, last = round(begin * clip.sample_rate), round(end * clip.sample_rate)
        samples = soxr.resample(clip.samples[first:last], clip.sample_rate, RATE)
        return _Window(begin, end, self._search.chain(samples, entries, whole=whole))


@dataclass(frozen=True)
class _Window:
    """A stretch of the recording in seconds, and the path through it, in frames from its beginning."""

    begin: float
    end: float
    path: list[Heard]

    @property
    def score(self) -> float:
        """The mean of a frame."""
        return mean(self.path) if self.path else _NOTHING

    @property
    def words(self) -> list[Heard]:
        """The words, in frames from the beginning of the recording."""
        offset = round(self.begin / FRAME)
        return [
            replace(each, start=each.start + offset, end=each.end + offset)
            for each in self.path
            if each.word is not None
        ]

    def believed(self) -> _Window:
        """The part that need not be searched again; without words, all of it."""
        until = (self.end - self.begin - _OVERLAP) / FRAME
        kept = [each for each in self.path if each.end <= until]
        words = [at for at, each in enumerate(kept) if each.word is not None]
        if len(words) > 1:
            kept = kept[: words[-1]]
        if not words:
            return _Window(self.begin, self.end, [])
        return _Window(self.begin, self.begin + kept[-1].end * FRAME, kept)


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
