"""Searches of PocketSphinx: words in order, or parts of them, in at most half a minute of audio.

The decoder's own alignment mode prunes paths that a strange voice needs, and scores words by a lattice. Here
the grammar is a plain chain without language weights, and the beams suit robots with an accent, too. A first
search looks at every other frame; where it finds little, a second one looks at all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.arpabet import PHONES, Pronouncer
from voxcue.aligners.sphinx_parts import places

RATE = 16_000
"""Hz of the acoustic model."""

FRAME = 0.01
"""Seconds per frame of the acoustic model."""

_WEIGHTS = {"lw": 1.0, "wip": 1.0, "pip": 1.0, "silprob": 0.005, "bestpath": False}
GOOD = -3.0
"""Mean score of a frame from which on a path is not searched again; see `voxcue.aligners.sphinx`."""

_WORTH = 1e-10
"""Likelihood of a word that may also be left out: hiss must not take one only because it is let in."""

_JUMP, _FOREIGN = 1e-6, 1e-14
"""Likelihood of leaving the order of the words, and of each phone of speech that is not in the text: some two
nats a frame, by which speech of the text may be worse than any phones."""

_SHIFT = 1 << 10
"""The decoder keeps acoustic scores divided by that."""

_FOREIGN_PHONES = {f"[{phone}]": phone for phone in PHONES}


@dataclass(frozen=True, slots=True)
class Heard:
    """A word in frames of 10 ms, ``end`` exclusive; ``None`` as the word for all that is not in the text.

    ``score`` is the sum over its frames of the log likelihood below that of the best senone. ``index`` is
    that of the word among those that were searched for.
    """

    word: str | None
    start: int
    end: int
    score: float
    index: int | None = None


class Search:
    """PocketSphinx (BSD) with its US English acoustic model and dictionary. Not for two threads at once."""

    def __init__(self) -> None:
        self._pronouncer = Pronouncer()
        self._added: dict[str, str] = {}

    @cached_property
    def _quick(self) -> Any:
        return _decoder(every=2, beam=1e-80)

    @cached_property
    def _careful(self) -> Any:
        decoder = _decoder(every=1, beam=1e-120)
        for name, phone in _FOREIGN_PHONES.items():
            decoder.add_word(name, phone, False)
        return decoder

    def entry(self, word: str) -> str | None:
        """The dictionary's spelling of a word, added to it when it is new; ``None`` if it has no sound."""
        entry = word.lower().replace("\u2019", "'")
        if self._quick.lookup_word(entry) is None:
            phones = self._pronouncer(word)
            if not phones:
                return None
            self._added[entry] = " ".join(phones)
            self._quick.add_word(entry, self._added[entry], True)
        return entry

    def chain(self, samples: NDArray[np.float32], entries: Sequence[str], *, whole: bool) -> list[Heard]:
        """The best path of the words, in order, through the audio.

        Args:
            samples: mono at `RATE`, in [-1, 1].
            entries: of `entry`.
            whole: whether all words are said; if not, the path may end after any of them, or hold none.

        Returns:
            Words and silences without a gap; empty if there is no path.
        """
        found = _path(self._quick, samples, entries, whole)
        if found and mean(found) >= GOOD:
            return found
        return _path(self._careful_with(entries), samples, entries, whole)

    def parts(
        self, samples: NDArray[np.float32], entries: Sequence[str], begins: Sequence[int], *, whole: bool
    ) -> list[Heard]:
        """The best path of any parts of the words, in order, with foreign sounds between them.

        Args:
            samples: as for `chain`.
            entries: as for `chain`.
            begins: where parts begin, of `sphinx_parts.beginnings`.
            whole: whether the last part that is said is said to its end.

        Returns:
            As `chain`; a part may be missing, and what is not in the text has no word.
        """
        last, foreign = len(entries), len(entries) + 1
        steps: list[tuple[Any, ...]] = [(at, at + 1, 1.0, entry) for at, entry in enumerate(entries)]
        steps += [(at, foreign, _JUMP) for at in (*begins, last)]
        steps += [(foreign, at, 1.0) for at in (*begins, last)]
        if not whole:
            steps += [(at, last, _JUMP) for at in range(1, last) if at not in begins]
        steps += [(foreign, foreign, _FOREIGN, name) for name in _FOREIGN_PHONES]
        found = _found(self._careful_with(entries), samples, last, steps)
        words = [each for each in found if each.word]
        placed = iter(places([_spelt(each.word) for each in words], entries, begins))
        return [_placed(each, next(placed) if each.word else None) for each in found]

    def _careful_with(self, entries: Sequence[str]) -> Any:
        """The careful decoder, with words that its dictionary lacks."""
        careful = self._careful
        for entry in entries:
            if entry in self._added and careful.lookup_word(entry) is None:
                careful.add_word(entry, self._added[entry], True)
        return careful


def mean(path: Sequence[Heard]) -> float:
    """The score of a path divided by its frames."""
    return sum(each.score for each in path) / sum(each.end - each.start for each in path)


def _decoder(every: int, beam: float) -> Any:
    """A decoder that scores one of ``every`` frames, and drops paths ``beam`` times as likely as the best."""
    from pocketsphinx import Decoder

    beams = {"beam": beam, "pbeam": beam, "wbeam": beam, "maxhmmpf": -1}
    return Decoder(lm=None, samprate=RATE, loglevel="FATAL", ds=every, **beams, **_WEIGHTS)


def _path(decoder: Any, samples: NDArray[np.float32], entries: Sequence[str], whole: bool) -> list[Heard]:
    last = len(entries)
    worth = 1.0 if whole else _WORTH
    steps: list[tuple[Any, ...]] = [(at, at + 1, worth, entry) for at, entry in enumerate(entries)]
    if not whole:
        steps += [(at, last, 1.0) for at in range(last)]
    index = itertools.count()
    return [
        _placed(each, next(index) if each.word else None) for each in _found(decoder, samples, last, steps)
    ]


def _found(decoder: Any, samples: NDArray[np.float32], last: int, steps: Sequence[Any]) -> list[Heard]:
    """The best path from state 0 to state ``last`` of a grammar, without indices."""
    decoder.add_fsg("text", decoder.create_fsg("text", 0, last, steps))
    decoder.activate_search("text")
    decoder.reinit_feat()  # forgets the noise of the clip before: times must not depend on it
    decoder.start_utt()
    try:
        if len(samples):
            decoder.process_raw(_pcm16(samples), full_utt=True)
    finally:  # left inside an utterance, it would refuse every later one
        decoder.end_utt()
    if not decoder.hyp():
        return []
    return [_heard(segment) for segment in decoder.seg() if segment.word != "(NULL)"]


def _heard(segment: Any) -> Heard:
    word = None if segment.word.startswith(("<", "[")) else segment.word
    score = _SHIFT * math.log(max(segment.ascore, 1e-300))
    return Heard(word, segment.start_frame, segment.end_frame + 1, score)


def _placed(each: Heard, index: int | None) -> Heard:
    return replace(each, index=index, word=None if index is None else each.word)


def _spelt(word: str | None) -> str:
    """A word without the number of its pronunciation: "the(2)" is "the"."""
    return (word or "").partition("(")[0]


def _pcm16(samples: NDArray[np.float32]) -> bytes:
    """16-bit little-endian samples."""
    return np.asarray(np.clip(samples, -1.0, 1.0) * 32767.0, "<i2").tobytes()
