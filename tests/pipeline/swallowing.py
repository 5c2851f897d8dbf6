"""An engine for tests that clones and swallows: hibari, of which some takes lack words.

`Swallower` leaves out the words "never ever" of an utterance that has them; a later attempt may be whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from voxcue.engines import Engine, EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.engines.hibari import HibariEngine
from voxcue.types import Clip, Reference, Utterance, Voice

MANY = 1_000_000
"""More than the seed of any first attempt."""


@dataclass
class Swallower:
    """``whole`` is the attempt from which on nothing is swallowed, ``None`` for never."""

    whole: int | None = 1
    name: str = "swallower"
    sample_rate: int = HibariEngine.sample_rate
    traits: EngineTraits = field(
        default_factory=lambda: replace(HibariEngine.traits, clones_voices=True, times_words=False, passes=1)
    )
    seeds: list[int] = field(default_factory=list)
    inner: Engine = field(default_factory=HibariEngine)

    def voices(self) -> Sequence[Voice]:
        return self.inner.voices()

    def load(self) -> None:
        self.inner.load()

    def warm_up(self) -> str:
        return self.inner.warm_up()

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        return self.inner.prepare(voice)

    def unspeakable(self, text: str) -> str:
        return self.inner.unspeakable(text)

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        for request in batch:
            self.seeds.append(request.seed)
            attempt = request.seed // MANY
            whole = self.whole is not None and attempt >= self.whole
            told = request if whole else replace(request, utterance=_without(request.utterance))
            (clip,) = self.inner.synthesize([told])
            yield replace(clip, marks=None)


def _without(utterance: Utterance) -> Utterance:
    kept = tuple(token for token in utterance.tokens if token.text.lower() not in ("never", "ever"))
    return replace(utterance, tokens=kept)
