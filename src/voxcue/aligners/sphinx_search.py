"""A search of PocketSphinx: a chain of words in at most half a minute of audio.

The decoder's own alignment mode prunes paths that a strange voice needs, and scores words by a lattice. Here
the grammar is a plain chain without language weights, and the beams suit robots with an accent, too. A first
search looks at every other frame; where it finds little, a second one looks at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.arpabet import Pronouncer

RATE = 16_000
"""Hz of the acoustic model."""

FRAME = 0.01
"""Seconds per frame of the acoustic model."""

_WEIGHTS = {"lw": 1.0, "wip": 1.0, "pip": 1.0, "silprob": 0.005, "bestpath": False}
GOOD = -3.0
"""Mean score of a frame from which on a path is not searched again; see `voxcue.aligners.sphinx`."""

_SHIFT = 1 << 10
"""The decoder keeps acoustic scores divided by that."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A word in frames of 10 ms, ``end`` exclusive; ``None`` as the word for silence and noise.

    ``score`` is the sum over its frames of the log likelihood below that of the best senone.
    """

    word: str | None
    start: int
    end: int
    score: float


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
        return _decoder(every=1, beam=1e-120)

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
            whole: whether all words are said; if not, the path may end after any of them.

        Returns:
            Words and silences without a gap; empty if there is no path.
        """
        found = _path(self._quick, samples, entries, whole)
        if found and mean(found) >= GOOD:
            return found
        careful = self._careful
        for entry in entries:
            if entry in self._added and careful.lookup_word(entry) is None:
                careful.add_word(entry, self._added[entry], True)
        return _path(careful, samples, entries, whole)


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
    steps: list[tuple[Any, ...]] = [(at, at + 1, 1.0, entry) for at, entry in enumerate(entries)]
    if not whole:
        steps += [(at, last, 1.0) for at in range(1, last)]
    decoder.add_fsg("chain", decoder.create_fsg("chain", 0, last, steps))
    decoder.activate_search("chain")
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


def _pcm16(samples: NDArray[np.float32]) -> bytes:
    """16-bit little-endian samples."""
    return np.asarray(np.clip(samples, -1.0, 1.0) * 32767.0, "<i2").tobytes()
