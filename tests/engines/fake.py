"""An engine that takes eight utterances in one pass, keeps a list of its batches, and can be held back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.engines.speech import utterance
from voxcue.cancel import checkpoint
from voxcue.engines import EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.types import Clip, Reference, Voice

VOICE = Voice("nobody", "en", "", "")
TRAITS = EngineTraits("for tests", ("en",), False, False, "none", batch_size=8)
CLIP = Clip(np.zeros(1, np.float32), 24_000)


def request(text: str, seed: int = 0) -> SynthesisRequest:
    return SynthesisRequest(utterance(text), VoicePrompt(VOICE, None), seed=seed)


@dataclass
class BatchingEngine:
    """Each clip holds the seed of its request. While ``go`` is clear, a pass that has begun goes on in steps.

    A pass with the word "broken" in it fails as a whole, before its first clip.
    """

    name: str = "fake"
    sample_rate: int = 24_000
    traits: EngineTraits = TRAITS
    go: threading.Event = field(default_factory=threading.Event)
    batches: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go.set()

    def voices(self) -> Sequence[Voice]:
        return [VOICE]

    def load(self) -> None:
        pass

    def warm_up(self) -> str:
        return "loaded"

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        assert voice == VOICE.name
        return VoicePrompt(VOICE, None)

    def unspeakable(self, text: str) -> str:
        return "é" if "é" in text else ""

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        texts = [each.utterance.spoken for each in batch]
        self.batches.append(texts)
        end = time.monotonic() + 10
        while not self.go.wait(0.005):
            assert time.monotonic() < end
            checkpoint()
        if "broken" in texts:
            raise ValueError("broken")
        for each in batch:
            yield Clip(np.array([each.seed], np.float32), self.sample_rate)
