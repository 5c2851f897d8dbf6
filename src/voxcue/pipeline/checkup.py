"""A self-test with ears: an engine speaks a paragraph, a recogniser writes down what it hears."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from voxcue.pipeline.plan import SpeakOptions, plan
from voxcue.types import Clip, Reference, Word
from voxcue.voices import reference, transcribe

PARAGRAPH = (
    "The harbour was quiet when the first boats came home. A girl on the wall counted the lanterns, one "
    "after another, and waved to each of them. Nobody waved back, but the last captain rang his bell."
)
"""What is spoken: plain words, of which a recogniser has one spelling only."""

_SAMPLE = (
    "Every morning the old gardener opened the gate, swept the path, and talked to his roses for a while."
)


@dataclass(frozen=True, slots=True, eq=False)
class Checkup:
    """What an engine said, how long it took (seconds), and what was heard of it."""

    engine: str
    voice: str
    aligner: str
    clip: Clip
    words: tuple[Word, ...]
    seconds: float
    heard: str

    @property
    def word_error_rate(self) -> float:
        """Words heard wrong, missed or added, per word of the paragraph."""
        said = _words(PARAGRAPH)
        return _distance(said, _words(self.heard)) / len(said)


def checkup(options: SpeakOptions) -> Checkup:
    """Speak `PARAGRAPH`, and transcribe it with the extra ``asr``.

    An engine that only clones and is given no voice gets a sample of the embedded engine's.

    Raises:
        VoxcueError: those of `plan`; ``asr-missing``.
    """
    made = plan(PARAGRAPH, options)
    begun = perf_counter()
    segments = list(made.segments())
    seconds = perf_counter() - begun
    clip = Clip(np.concatenate([each.clip.samples for each in segments]), made.engine.sample_rate)
    return Checkup(
        engine=made.engine.name,
        voice=made.prompt.voice.name,
        aligner=made.aligner.name,
        clip=clip,
        words=tuple(word for each in segments for word in each.words),
        seconds=seconds,
        heard=transcribe(clip, "en"),
    )


def sample_voice() -> Reference:
    """A few seconds of the embedded engine, as a voice to clone."""
    made = plan(_SAMPLE, SpeakOptions(engine="hibari"))
    samples = np.concatenate([each.clip.samples for each in made.segments()])
    return reference("sample", Clip(samples, made.engine.sample_rate), _SAMPLE)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def _distance(said: list[str], heard: list[str]) -> int:
    """Levenshtein's distance between two lists of words."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, 1):
        before, row[0] = row[0], index
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]
