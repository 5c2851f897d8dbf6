"""From a recording to a reference: the best stretch, at 24 kHz and one level, and what is said in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from voxcue.audio.limiter import limit
from voxcue.audio.read import read
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError, AudioError, LimitError, VoxcueError
from voxcue.types import Clip, Span, Word
from voxcue.voices.checks import check_clipping, check_speaker
from voxcue.voices.recognition import transcribe
from voxcue.voices.stretches import LONGEST, Recording
from voxcue.voices.transcripts import check_transcript
from voxcue.voices.words import check_heard, check_pace, inside, listen, within

_RATE = 24_000
_LEVEL = 0.1
"""Root mean square of the samples (-20 dB of full scale), as F5-TTS has it."""
_CEILING = 10 ** (-1 / 20)
_ATTEMPTS = 6
"""Stretches of a long recording that are looked at."""

_FINAL = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f")
_CLOSING = "\"'\u2019\u201d\u00bb)]"

MAX_SECONDS = 300.0
"""Longest recording that a voice is looked for in."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """``clip`` is 3 to 12 s of speech at 24 kHz, and ``transcript`` what is said in it.

    ``stretch`` is where in the recording of ``recorded`` seconds it was; ``heard``: the transcript was not
    given but recognised.
    """

    clip: Clip
    transcript: str
    stretch: Span
    recorded: float
    heard: bool


def prepare(
    recording: Path,
    transcript: str | None = None,
    *,
    language: str | None = None,
    max_seconds: float | None = None,
) -> Prepared:
    """Choose the stretch of a recording that shows its speaker best.

    A recording of up to 12 s is taken whole. Of a longer one, stretches between pauses are judged, and
    the best that shows one speaker alone is taken; of its transcript, the words that an aligner hears there.

    Args:
        recording: any file that `voxcue.audio.read` reads.
        transcript: what is said in the whole recording; kept as it is written, on one line. Recognised, if
        ``None``. language: BCP 47 tag of what is said; guessed, if ``None``.
        max_seconds: refuse a longer recording; 300 by default, and at most.

    Raises:
        AudioError: it cannot be read; ``audio-silent``, ``audio-too-short`` (less than 3 s of speech),
            ``audio-clipped``, ``audio-not-speech``, ``audio-many-speakers``.
        LimitError: ``audio-too-long``; ``transcript-too-long``; ``transcript-uncut``, no aligner can tell
            which words lie in a part.
        AlignmentError: ``text-mismatch``, ``text-pace``.
        TextError: ``transcript-invalid``, or no words in it.
        UnavailableError: ``asr-missing``, ``asr-model-missing``.
    """
    given = check_transcript(transcript)
    source = read(recording, max_seconds=min(max_seconds or MAX_SECONDS, MAX_SECONDS))
    found = Recording(source)
    words = None
    if given:
        check_pace(given, found.sound, language)
        words = listen(source, given, language)
    if found.whole:
        span, clip, text = found.whole, _judged(source, found, found.whole, words), given
    elif given and words is None:
        raise LimitError(
            "transcript-uncut",
            f"The recording lasts {source.duration:.0f} s, and no aligner here can tell which words of "
            f"the transcript are said in {LONGEST:.0f} s of it.",
            f"Cut the recording to {LONGEST:.0f} s and its words, or leave the transcript out.",
        )
    else:
        span, clip = _chosen(source, words or [])
        text = within(words or [], span)
    clip = _levelled(clip)
    return Prepared(clip, text or transcribe(clip, language), span, source.duration, heard=not text)


def _chosen(source: Clip, words: Sequence[Word]) -> tuple[Span, Clip]:
    """The best stretch of a long recording that is fit; if none is, the error says why the best is not."""
    found = Recording(source, [word.end for word in words] or None)
    ends = {
        index
        for index, phrase in enumerate(found.phrases)
        if within(words, phrase).rstrip(_CLOSING).endswith(_FINAL)
    }
    tried: list[Span] = []
    problem: VoxcueError | None = None
    for span in found.stretches(ends):
        if len(tried) == _ATTEMPTS:
            break
        if any(_overlap(span, other) > 0.5 for other in tried):
            continue
        checkpoint()
        try:
            return span, _judged(source, found, span, words)
        except (AudioError, AlignmentError) as error:
            problem = problem or error
            tried.append(span)
    assert problem is not None
    raise problem


def _judged(source: Clip, found: Recording, span: Span, words: Sequence[Word] | None) -> Clip:
    """A stretch, if it shows one speaker alone, and the words are heard in it if there are any."""
    clip = replace(
        source,
        samples=source.samples[int(span.start * source.sample_rate) : int(span.end * source.sample_rate)],
    )
    check_clipping(clip)
    check_speaker(clip)
    if words:
        check_heard(inside(words, span), found.within(span))
    return clip


def _levelled(clip: Clip) -> Clip:
    """At 24 kHz and the level that engines know from their training, no peak beyond full scale."""
    import soxr

    samples = soxr.resample(clip.samples, clip.sample_rate, _RATE)
    gain = np.float32(_LEVEL / np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return Clip(limit(samples * gain, _RATE, _CEILING), _RATE)


def _overlap(span: Span, other: Span) -> float:
    """The share of the shorter one that lies in the other."""
    shared = min(span.end, other.end) - max(span.start, other.start)
    return shared / min(span.end - span.start, other.end - other.start)
