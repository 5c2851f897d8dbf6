"""The plain data that flows through Voxcue: tokens, utterances, clips, words and segments.

Nothing here does work, imports NumPy or knows which engine, aligner or file format exists. Times are
seconds as ``float``, counted from the start of the whole speech unless a docstring says otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(  # combining marks, the vowel signs of Devanagari among them, stand in words
    r"[^\W_](?:[^\W_]+|['\u2019](?=[^\W_])|[^\w\s\0-\u02ff\u037e-\u0387\u055a-\u058a\u05be\u05c0\u05c3\u05c6"
    r"\u0606-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0700-\u070d\u0964\u0965\u0e4f-\u0e5b\u0f08-\u0f12\u104a-\u104f"
    r"\u10fb\u1360-\u1368\u17d4-\u17da\u1800-\u180a\u2010-\u20cf\u2100-\u2bff\u2e00-\u3029\u3030-\u3098\u309b-\ua62f"
    r"\ufd3e\ufd3f\ufe10-\ufe1f\ufe30-\uffff\U0001f000-\U0001faff])*"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One displayed word of the source text and what is said for it.

    ``text`` is exactly what the author wrote, punctuation included. ``spoken`` is what an engine is
    given for it: plain words plus the punctuation that shapes prosody ("$3.50," becomes
    "three dollars fifty,"); it holds no digits. ``offset`` is the index of ``text`` in the source
    string and ``space`` the white space that follows it there ("" when the next token touches it).
    """

    text: str
    spoken: str
    offset: int
    space: str = " "

    @property
    def words(self) -> tuple[str, ...]:
        """The bare words that are said, without punctuation; empty for a silent token."""
        return tuple(_WORD.findall(self.spoken))


@dataclass(frozen=True, slots=True)
class Utterance:
    """A run of tokens that an engine speaks in one go: a sentence, or a clause of a long one.

    ``pause`` is the silence wanted after it, in seconds. At least one of its tokens is spoken.
    """

    tokens: tuple[Token, ...]
    pause: float

    @property
    def spoken(self) -> str:
        """The spoken form of the whole utterance, as an engine reads it."""
        return " ".join(token.spoken for token in self.tokens if token.spoken)


@dataclass(frozen=True, slots=True)
class Script:
    """A source text, read: its utterances in order, and the silence asked for before the first.

    The tokens of all utterances, each followed by its ``space``, give the source back (after its
    leading white space and without its markup).
    """

    source: str
    utterances: tuple[Utterance, ...]
    lead: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds, ``start <= end``."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """Mono audio: ``samples`` is float32 of shape ``(n,)`` in [-1, 1], ``sample_rate`` in Hz.

    ``marks`` holds what the engine itself knows of the timing: one entry per token of the utterance,
    in seconds from the start of the clip, ``None`` for a silent token; ``None`` as a whole when the
    engine does not time its words.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    marks: tuple[Span | None, ...] | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Word:
    """A token with its time.

    ``spoken`` is the bare words said for it ("three dollars fifty"), empty for a silent token.
    ``confidence`` is the aligner's, 0 to 1, or ``None`` where it has none or the time was inferred
    from the neighbours. ``offset`` and ``space`` are the token's.
    """

    text: str
    spoken: str
    start: float
    end: float
    confidence: float | None = None
    offset: int = 0
    space: str = " "


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stretch in which a recording and its text differ; times in seconds.

    ``kind`` is "not-said" for the words with the indices ``first`` to ``last``, whose times are made up, or
    "not-in-text" for sound beside the words.
    """

    kind: str
    start: float
    end: float
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that an utterance does not say as its text has it; times in seconds.

    ``kind`` is "swallowed" (words that are not said, or not to their end), "repeated" (words that are said
    again), "mumbled" (words of which something else is heard) or "added" (speech that the text has no words
    for). ``first`` and ``last`` are the indices of the words that it is about; for "added" both are that of
    the word before it, -1 at the beginning.
    """

    kind: str
    start: float
    end: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is doubtful in one utterance; ``score`` is 1 where nothing is, 0 where nothing of it is heard."""

    score: float
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """What verification heard of one utterance: words ``first`` to ``last`` of the whole, by their indices.

    ``scores`` has a score for each time that it was spoken (`Verdict.score`), ``kept`` is the index of the
    one that was kept, and ``doubts`` is what remains doubtful in it, with times and words of the whole.
    """

    first: int
    last: int
    scores: tuple[float, ...]
    kept: int
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a speech says its text: ``by`` names the aligner that listened, ``mode`` is "flag" or "retry".

    ``utterances`` is how many it could judge, ``checks`` are those of them that were spoken again or remain
    doubtful.
    """

    by: str
    mode: str
    utterances: int
    checks: tuple[Check, ...] = ()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All that remains doubtful, in order."""
        return tuple(doubt for check in self.checks for doubt in check.doubts)


@dataclass(frozen=True, slots=True)
class Segment:
    """One finished utterance in its place: its audio, its timed words and the silence after it.

    ``start`` is where the clip begins in the whole, in seconds; ``words`` are timed from the start of
    the whole. ``clip`` already has its final loudness and ends with its pause, so that the clips of
    all segments, one after the other, are the whole speech. ``count`` is how many there will be. ``check`` is
    what verification heard, ``None`` where it was off or could not judge.
    """

    index: int
    count: int
    start: float
    clip: Clip
    words: tuple[Word, ...]
    check: Check | None = None

    @property
    def end(self) -> float:
        """Where the clip, its pause included, ends in the whole, in seconds."""
        return self.start + self.clip.duration


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A speaker to sound like: a few seconds of one voice, and what is said in them.

    ``clip`` is ready for use: 3 to 15 s of speech, levelled, without silence around it. ``transcript`` is
    what is said in it, as one line. ``key`` is a hash of both: the same key is the same voice.
    """

    name: str
    clip: Clip
    transcript: str
    key: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice an engine can speak with: its name, BCP 47 language, one line about it, its licence."""

    name: str
    language: str
    description: str
    licence: str
    ready: bool = True
    """Whether it can be used without a download."""
