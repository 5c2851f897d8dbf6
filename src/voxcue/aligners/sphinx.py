"""The embedded aligner for English: PocketSphinx forced alignment with the model in its package.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules. Long recordings are
searched window by window, in the same time and memory for each; word edges beside silence are moved to where the
sound begins and ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from voxcue.aligners import edges, fill
from voxcue.aligners.sphinx_search import FRAME, RATE, Heard, Search
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Span, Token, Word

_WINDOW = 30.0
"""Seconds of audio that are searched at once; the decoder hears no signal until it is through."""

_OVERLAP = 1.5
"""Seconds before the end of a window in which words are not believed, but searched again in the next."""

_FASTEST = 6
"""Words a second that a window is given to choose from."""

_RIGHT, _WRONG = -3.0, -6.0
_MARGIN = 2.0
_NOTHING = -7.2
"""Mean score of all frames above which a text is taken for right, and below which for wrong; between them it has
to beat its own words in reverse order, which score `_NOTHING` where there is no path for them. On 152 clauses by
eleven synthetic voices no right text was refused, and one of 133 wrong ones accepted (``bench/alignment.py``)."""

_DOUBTFUL = -4.5
"""The same for recordings longer than a window, which are not searched twice."""


class SphinxAligner:
    """PocketSphinx (BSD) with its US English acoustic model and dictionary."""

    name = "sphinx"
    description = "PocketSphinx forced alignment, English"
    languages = frozenset({"en"})
    needs_marks = False

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
        long = clip.duration > _WINDOW
        path = self._windows(clip, entries) if long else self._chain(clip, 0.0, clip.duration, entries, True)
        words = [each for each in path if each.word is not None]
        if len(words) != len(entries):
            raise _mismatch()
        score = _mean(path)
        if score < (_DOUBTFUL if long else _RIGHT) and (long or not self._is_right(clip, entries, score)):
            raise _mismatch()
        return words

    def _is_right(self, clip: Clip, entries: Sequence[str], score: float) -> bool:
        """Whether a text that fits badly fits better than its words in reverse order."""
        if score < _WRONG:
            return False
        if len(set(entries)) == 1:
            return True
        control = self._chain(clip, 0.0, clip.duration, entries[::-1], True)
        return score - (_mean(control) if control else _NOTHING) >= _MARGIN

    def _windows(self, clip: Clip, entries: Sequence[str]) -> list[Heard]:
        """The path through a long recording, from windows that each end in a pause."""
        path: list[Heard] = []
        begin, word = 0.0, 0
        while word < len(entries) and begin < clip.duration:
            checkpoint()
            last = clip.duration - begin <= _WINDOW
            end = clip.duration if last else _pause(clip, begin)
            rest = entries[word : word + int(_WINDOW * _FASTEST)]
            whole = last and word + len(rest) == len(entries)
            found = self._chain(clip, begin, end, rest, whole)
            if not found and last:
                break
            kept = found if last else _believed(found, end - begin)
            offset = round(begin / FRAME)
            path += [replace(each, start=each.start + offset, end=each.end + offset) for each in kept]
            word += sum(each.word is not None for each in kept)
            begin = clip.duration if last else begin + kept[-1].end * FRAME if kept else end
        return path

    def _chain(
        self, clip: Clip, begin: float, end: float, entries: Sequence[str], whole: bool
    ) -> list[Heard]:
        """The path through a stretch of the clip, in frames from ``begin``."""
        import soxr

        first, last = round(begin * clip.sample_rate), round(end * clip.sample_rate)
        samples = soxr.resample(clip.samples[first:last], clip.sample_rate, RATE)
        return self._search.chain(samples, entries, whole=whole)


def _believed(path: Sequence[Heard], seconds: float) -> list[Heard]:
    """The part of a window's path that the next window need not search again."""
    until = (seconds - _OVERLAP) / FRAME
    kept = [each for each in path if each.end <= until]
    words = [at for at, each in enumerate(kept) if each.word is not None]
    return kept[: words[-1]] if len(words) > 1 else kept


def _pause(clip: Clip, begin: float) -> float:
    """The middle of the quietest 0.2 s in the last third of a window, to a whole frame."""
    first = begin + _WINDOW * 2 / 3
    quiet = edges.level(clip, first, begin + _WINDOW)
    wide = round(0.2 / edges.HOP)
    smooth = np.convolve(10 ** (quiet / 10), np.ones(wide), "valid")
    return round((first + (int(smooth.argmin()) + wide / 2) * edges.HOP) / FRAME) * FRAME


def _mean(path: Sequence[Heard]) -> float:
    """The mean score of a frame."""
    frames = sum(each.end - each.start for each in path)
    return sum(each.score for each in path) / frames if frames else _NOTHING


def _mismatch() -> AlignmentError:
    return AlignmentError(
        "text-mismatch",
        "The text does not match what is said in the recording.",
        "Give the words that are said, all of them and in order, or cut the recording to the text.",
    )
