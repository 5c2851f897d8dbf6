"""The embedded aligner for English: PocketSphinx forced alignment with the model in its package.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from voxcue.aligners import fill
from voxcue.aligners.arpabet import Pronouncer
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Span, Token, Word

_RATE = 16_000
_FRAME = 0.01
"""Seconds per frame of the acoustic model."""

_LONG = 30
"""Seconds of audio that the decoder takes in one piece; it hears no signal until it is through."""

_MISMATCH = 0.08
"""Median word confidence below which the text is not what is said. On five synthetic voices the right
text had 0.23 or more and another sentence 0.02 or less (``bench/timing.py``)."""


class SphinxAligner:
    """PocketSphinx (BSD) with its US English acoustic model and dictionary."""

    name = "sphinx"
    description = "PocketSphinx forced alignment, English"
    languages = frozenset({"en"})
    needs_marks = False

    def __init__(self) -> None:
        self._lock = Lock()
        self._pronouncer = Pronouncer()

    @cached_property
    def _decoder(self) -> Any:
        from pocketsphinx import Decoder

        return Decoder(lm=None, samprate=_RATE, loglevel="FATAL")

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Align the spoken words, then give each token the stretch of its words."""
        said = [(index, word) for index, token in enumerate(tokens) for word in token.words]
        with self._lock:  # a decoder holds the state of one alignment
            entries = [self._entry(word) for _, word in said]
            known = [(index, entry) for (index, _), entry in zip(said, entries, strict=True) if entry]
            if 2 * len(known) < len(said):
                raise _mismatch()
            segments = self._segments(clip, [entry for _, entry in known])
        spans: list[Span | None] = [None] * len(tokens)
        scores: list[list[float]] = [[] for _ in tokens]
        for (index, _), (start, end, score) in zip(known, segments, strict=True):
            before = spans[index]
            spans[index] = Span(before.start if before else start, end)
            scores[index].append(score)
        confidences = [sum(each) / len(each) if each else None for each in scores]
        return fill.words(tokens, spans, clip.duration, confidences)

    def _segments(self, clip: Clip, entries: Sequence[str]) -> list[tuple[float, float, float]]:
        """Start, end (seconds) and confidence of each dictionary entry, in order."""
        if not entries:
            return []
        decoder = self._decoder
        decoder.reinit_feat()  # forgets the noise of the clip before: times must not depend on it
        decoder.set_align_text(" ".join(entries))
        decoder.start_utt()
        try:
            _feed(decoder, _pcm16(clip))
        finally:  # left inside an utterance, it would refuse every later one
            decoder.end_utt()
        found = [
            (segment.start_frame, segment.end_frame + 1, segment.ascore)
            for segment in (decoder.seg() if decoder.hyp() else ())
            if not segment.word.startswith(("<", "["))
        ]
        scores = [math.exp(math.log(max(score, 1e-300)) / (end - start)) for start, end, score in found]
        if len(found) != len(entries) or float(np.median(scores)) < _MISMATCH:
            raise _mismatch()
        return [
            (start * _FRAME, end * _FRAME, score)
            for (start, end, _), score in zip(found, scores, strict=True)
        ]

    def _entry(self, word: str) -> str | None:
        """The dictionary's spelling of a word, added to it when it is new; ``None`` if it has no sound."""
        entry = word.lower().replace("\u2019", "'")
        if self._decoder.lookup_word(entry) is None:
            phones = self._pronouncer(word)
            if not phones:
                return None
            self._decoder.add_word(entry, " ".join(phones), True)
        return entry


def _mismatch() -> AlignmentError:
    return AlignmentError(
        "text-mismatch",
        "The text does not match what is said in the recording.",
        "Give the words that are said, all of them and in order, or cut the recording to the text.",
    )


def _feed(decoder: Any, audio: bytes) -> None:
    """Give an utterance to the decoder whole, and a long recording in seconds, so that Ctrl-C is heard."""
    step = 2 * _RATE
    if len(audio) <= _LONG * step:
        if audio:
            decoder.process_raw(audio, full_utt=True)
        return
    for place in range(0, len(audio), step):
        checkpoint()
        decoder.process_raw(audio[place : place + step])


def _pcm16(clip: Clip) -> bytes:
    """16-bit little-endian samples at the acoustic model's rate."""
    import soxr

    samples = soxr.resample(clip.samples, clip.sample_rate, _RATE)
    return np.asarray(np.clip(samples, -1.0, 1.0) * 32767.0, "<i2").tobytes()
