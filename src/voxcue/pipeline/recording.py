"""An existing recording and the text that is said in it, to the same timed words as our own speech."""

from __future__ import annotations

from pathlib import Path

from voxcue.audio.read import read
from voxcue.errors import AlignmentError
from voxcue.pipeline.mismatches import mismatches
from voxcue.pipeline.plan import choose_aligner
from voxcue.pipeline.speech import Speech
from voxcue.settings import settings
from voxcue.text import parse

_FASTEST = 0.02
"""Seconds per spoken letter below which no one can have said the text: about 50 letters a second."""


def align(
    audio: str | Path,
    text: str,
    *,
    aligner: str | None = None,
    language: str = "en",
    max_seconds: float | None = None,
) -> Speech:
    """Time the words of a recording.

    Args:
        audio: a WAV, FLAC, MP3, OGG, Opus or M4A file, or a video with sound.
        text: what is said in it, in order; what differs is in ``mismatches`` of the result.
        aligner: "auto" by default.
        language: BCP 47 tag of the text.
        max_seconds: refuse a longer recording, before it is decoded.

    Raises:
        LimitError: the recording is longer than ``max_seconds``.
        AudioError: the recording cannot be read, is silent or corrupt.
        AlignmentError: most of the text is not said.
        TextError: there is nothing to say in the text.
    """
    chosen = choose_aligner(aligner or settings().aligner, language, marked=False)
    tokens = [token for utterance in parse(text).utterances for token in utterance.tokens]
    clip = read(Path(audio), max_seconds=max_seconds)
    letters = sum(len(word) for token in tokens for word in token.words)
    if clip.duration < letters * _FASTEST:
        raise AlignmentError(
            "audio-too-short",
            f"The recording '{audio}' lasts {clip.duration:.1f} s, "
            f"too short for a text of {letters} letters.",
            "Check that the recording is whole and that the text is only what is said in it.",
        )
    words = tuple(chosen.align(clip, tokens))
    return Speech(text, clip, words, chosen.name, mismatches=mismatches(words, clip))
