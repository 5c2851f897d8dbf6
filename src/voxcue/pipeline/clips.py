"""What an engine says for the utterances of a script, once and, where it has to be, again."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from voxcue.audio.trim import trim
from voxcue.engines import Engine, SynthesisRequest, VoicePrompt
from voxcue.pipeline.clock import Clock
from voxcue.types import Clip, Utterance

_RESEED = 1_000_003
"""Added to the seed of an utterance for each time that it is spoken again."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Utterances, and how an engine speaks them; ``lengths`` are seconds for each, or ``None``."""

    engine: Engine
    utterances: Sequence[Utterance]
    prompt: VoicePrompt
    speed: float
    seed: int
    lengths: Sequence[float | None]

    def spoken(self, clock: Clock) -> Generator[Clip]:
        """All of them, in order; the time is counted as "engine"."""
        requests = [self._request(index) for index in range(len(self.utterances))]
        with closing(clock.each("engine", self.engine.synthesize(requests))) as clips:
            for index, clip in enumerate(clips):
                yield self._trimmed(index, clip)

    def again(self, index: int, attempts: int) -> Generator[Clip]:
        """One of them with other seeds, as many times at once as the engine gains from."""
        size = min(attempts, self.engine.traits.batch_size)
        for first in range(1, attempts + 1, size):
            several = range(first, min(first + size, attempts + 1))
            for clip in self.engine.synthesize([self._request(index, each) for each in several]):
                yield self._trimmed(index, clip)

    def _request(self, index: int, attempt: int = 0) -> SynthesisRequest:
        seed = self.seed + index + _RESEED * attempt
        return SynthesisRequest(self.utterances[index], self.prompt, self.speed, seed, self.lengths[index])

    def _trimmed(self, index: int, clip: Clip) -> Clip:
        return trim(clip) if self.lengths[index] is None else clip
