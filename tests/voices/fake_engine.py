"""An engine for tests that clones: what it says is noise, made from the key of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from voxcue.engines import EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.errors import UsageError
from voxcue.types import Clip, Reference, Span, Voice

MAX_CHARACTERS = 40


class CloningEngine:
    """Has no voices of its own; 50 ms for a character, or as long as it is told."""

    name = "parrot"
    sample_rate = 24_000
    traits = EngineTraits("for tests", ("en",), True, True, "none", fixes_durations=True)
    loads = 0

    def voices(self) -> Sequence[Voice]:
        return []

    def load(self) -> None:
        CloningEngine.loads += 1

    def warm_up(self) -> str:
        self.load()
        return "loaded"

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        if isinstance(voice, str):
            raise UsageError("voice-unknown", f"There is no voice '{voice}'.")
        return VoicePrompt(Voice(voice.name, "en", "", ""), voice, MAX_CHARACTERS)

    def unspeakable(self, text: str) -> str:
        return "é" if "é" in text else ""

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        for request in batch:
            text = request.utterance.spoken
            seconds = request.duration or len(text) * 0.05 / request.speed
            seed = int(request.prompt.data.key[:8], 16)
            noise = np.random.default_rng(seed).normal(0, 0.1, round(seconds * self.sample_rate))
            tokens = request.utterance.tokens
            edges = np.linspace(0, seconds, len(tokens) + 1)
            marks = tuple(
                Span(float(a), float(b)) if token.words else None
                for token, a, b in zip(tokens, edges[:-1], edges[1:], strict=True)
            )
            yield Clip(noise.astype(np.float32), self.sample_rate, marks)


def install(folder: Path) -> Path:
    """Make it known, as pip would: a folder for ``sys.path``."""
    info = folder / "parrot-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[voxcue.engines]\nparrot = tests.voices.fake_engine:CloningEngine\n"
    )
    return folder
