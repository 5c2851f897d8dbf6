"""A speech as captions need it: its text, its timed words and where they came from."""

from __future__ import annotations

from dataclasses import dataclass

from voxcue.types import Mismatch, Verification, Word


@dataclass(frozen=True, slots=True)
class Track:
    """The timed words of a whole speech.

    ``text`` is the source text, ``duration`` the length of the audio in seconds, ``sample_rate`` its rate
    in Hz; ``engine``, ``voice`` and ``aligner`` name what made the audio and the times, ``audio`` is the
    path of the audio file from the folder of the captions; ``None`` where unknown. ``mismatches`` are where a
    recording is not its text, ``verification`` is what was heard of a speech that was made.
    """

    text: str
    duration: float
    sample_rate: int
    words: tuple[Word, ...]
    engine: str | None = None
    voice: str | None = None
    aligner: str | None = None
    audio: str | None = None
    mismatches: tuple[Mismatch, ...] = ()
    verification: Verification | None = None
