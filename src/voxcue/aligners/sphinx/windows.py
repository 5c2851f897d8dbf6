"""A recording of any length searched for its text, half a minute at a time.

Each window ends in a pause, and begins where the words of the one before end, so that time grows with the
length and memory does not. Where the words in order say little, parts of the text are looked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from voxcue.aligners import edges
from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.search import Heard, chain, mean, parts
from voxcue.aligners.sphinx.sound import FRAME, Sound, listen
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError
from voxcue.types import Clip

_WINDOW = 30.0
"""Seconds of audio that are searched at once."""

_OVERLAP = 1.5
"""Seconds before the end of a window in which words are not believed, but searched again in the next."""

_HURRY, _SPARE = 1.6, 15
"""A window is given as many times the words that it would hold at an even pace, and so many more."""

_SURE = -1.5
"""Mean score of the words from which on the text is what is said, whatever the recording."""

_LEAST = -4.0
"""Below it, it never is: right words in noise as loud as they are have more."""

_PAUSES, _LOUDER = 4, 0.3
"""Where pauses last so many times as long as the words, words with less than `_SURE` have to be louder by so
much in the first cepstrum: hiss, in which a few may be heard, is as loud everywhere."""

_STRANGE = -2.5
_MARGIN, _STEEPER = 0.75, 0.8
_NOTHING = -8.0
"""A text with less than that has to beat its own words in another order by a margin, which grows below
`_STRANGE`; `_NOTHING` is the least score of a word, and that of words that have no path. Noise and accents
move both alike (``bench/alignment.py``)."""

_ROW, _POOR, _POORER = 4, -3.5, 2.0
"""So many words in a row with less than ``_POOR`` a frame, and so much less than the median word, may not be
what is said: parts of the text are looked for."""

_POOREST = 4.0
"""The same, where none are found: so much less, and nothing of the text is said."""

_LONG = 30
"""Frames of silence that are judged like such a row: sounds may be taken for silence."""

_FEW = 0.25
"""Parts with less than this share of the words are no better than all words in order."""

_FAR = 3
"""Where some are left out, a window is given so many times the words."""


def search(clip: Clip, entries: Sequence[Entry], begins: Sequence[int]) -> list[Heard]:
    """The entries that are said, in order, in frames from the beginning of the clip.

    Args:
        clip: the recording.
        entries: the words of its text.
        begins: where parts of it begin.

    Raises:
        AlignmentError: ``text-mismatch``: no more than half are.
    """
    if clip.duration <= _WINDOW:
        windows = [_best(clip, 0.0, clip.duration, _Rest(entries, begins, len(entries)), True)]
    else:
        windows = _windows(clip, entries, begins)
    words = [word for window in windows for word in window.words]
    if 2 * len(words) <= len(entries):
        raise mismatch()
    if not _is_right(sorted(windows, key=lambda each: each.score)[len(windows) // 2]):
        raise mismatch()
    return words


def _windows(clip: Clip, entries: Sequence[Entry], begins: Sequence[int]) -> list[_Window]:
    """A long recording, in windows that each end in a pause; those without any word are left out."""
    windows: list[_Window] = []
    begin = 0.0
    most = _SPARE + math.ceil(_HURRY * _WINDOW * len(entries) / clip.duration)
    rest = _Rest(entries, begins, most)
    while rest.entries and begin < clip.duration:
        checkpoint()
        last = clip.duration - begin <= _WINDOW
        end = clip.duration if last else _pause(clip, begin)
        window = _best(clip, begin, end, rest, last and len(rest.entries) <= most)
        if not last:
            window = window.believed()
        if window.words:
            windows.append(replace(window, word=rest.word))
            rest = rest.after(window)
        begin = window.end
    return windows


def _best(clip: Clip, begin: float, end: float, rest: _Rest, whole: bool) -> _Window:
    """What is heard of the rest between two times of the clip.

    All of it in order, or, where that would say little, parts of it with other sounds between.
    """
    sound = _sound(clip, begin, end)
    window = _Window(begin, end, sound, chain(sound, rest.next, whole=whole))
    if not (window if whole else window.believed()).is_doubtful(_POORER):
        return window
    entries, begins = rest.far
    usual = max(_STRANGE, min(0.0, window.typical))
    path = parts(sound, entries, begins, whole=whole, usual=usual)
    partial = _Window(begin, end, sound, path, partly=True)
    if len(partial.words) >= _FEW * len(window.words):
        return partial
    return window if window.score >= _SURE or not window.is_doubtful(_POOREST) else partial


def _is_right(window: _Window) -> bool:
    """Whether the words of a window fit well, or at least better than in another order."""
    if window.score >= _SURE:
        return True
    if window.score < _LEAST or not window.stands_out:
        return False
    entries = [each.word for each in window.path if each.word is not None]
    others = [entries[::-1], sorted(entries, key=lambda each: each.spelling)]
    paths = [
        replace(window, path=chain(window.sound, each, whole=True)) for each in others if each != entries
    ]
    best = max((path.score for path in paths), default=_NOTHING)
    return not paths or window.score - best >= _MARGIN + _STEEPER * max(0.0, _STRANGE - window.score)


@dataclass(frozen=True)
class _Rest:
    """The entries from ``word`` on, the parts they are in, and how many of them a window is given."""

    all: Sequence[Entry]
    begins: Sequence[int]
    most: int
    word: int = 0

    @property
    def entries(self) -> Sequence[Entry]:
        """All that are left."""
        return self.all[self.word :]

    @property
    def next(self) -> Sequence[Entry]:
        """As many as a window may hold."""
        return self.all[self.word : self.word + self.most]

    @property
    def far(self) -> tuple[Sequence[Entry], list[int]]:
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
    sound: Sound
    path: list[Heard]
    word: int = 0
    partly: bool = False

    @property
    def score(self) -> float:
        """The mean of the words' scores, in nats of a frame."""
        words = [max(mean([each]), _NOTHING) for each in self.path if each.word]
        return sum(words) / len(words) if words else _NOTHING

    @property
    def stands_out(self) -> bool:
        """Whether the words are louder than the pauses, as far as can be said."""
        if self.partly:  # foreign sounds are no pauses
            return True
        spoken = np.zeros(self.sound.frames, bool)
        for each in self.path:
            spoken[each.start : each.end] = each.word is not None
        words, pauses = self.sound.loudness[spoken], self.sound.loudness[~spoken]
        return len(pauses) < _PAUSES * len(words) or float(np.median(words) - np.median(pauses)) > _LOUDER

    @property
    def typical(self) -> float:
        """The median of the words' means; 0 without words."""
        words = [mean([each]) for each in self.path if each.word is not None]
        return float(np.median(words)) if words else 0.0

    def is_doubtful(self, worse: float) -> bool:
        """Whether something fits so much worse than the words: something else may be said there."""
        words = [each for each in self.path if each.word is not None]
        if not words:
            return True
        rows = [mean(words[at : at + _ROW]) for at in range(max(1, len(words) - _ROW + 1))]
        rows += [mean([each]) for each in self.path if each.word is None and each.end - each.start >= _LONG]
        return min(rows) < min(_POOR, self.typical - worse)

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


def _sound(clip: Clip, begin: float, end: float) -> Sound:
    first, last = round(begin * clip.sample_rate), round(end * clip.sample_rate)
    return listen(clip.samples[first:last], clip.sample_rate)


def _pause(clip: Clip, begin: float) -> float:
    """The middle of the quietest 0.2 s in the last third of a window, to a whole frame."""
    first = begin + _WINDOW * 2 / 3
    quiet = edges.level(clip, first, begin + _WINDOW)
    wide = round(0.2 / edges.HOP)
    smooth = np.convolve(10 ** (quiet / 10), np.ones(wide), "valid")
    return round((first + (int(smooth.argmin()) + wide / 2) * edges.HOP) / FRAME) * FRAME


def mismatch() -> AlignmentError:
    """The error for a text that is not what is said."""
    return AlignmentError(
        "text-mismatch",
        "The text does not match what is said in the recording.",
        "Give the words that are said, all of them and in order, or cut the recording to the text.",
    )
