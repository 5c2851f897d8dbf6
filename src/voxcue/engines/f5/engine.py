"""The engine `f5`: F5-TTS and E2-TTS checkpoints, which speak in the voice of a few seconds of reference.

This module knows what to speak, `voxcue.engines.f5.model` how. PyTorch is imported when a model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from voxcue.engines.base import EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.engines.f5.text import Vocabulary, read_vocabulary
from voxcue.errors import UsageError
from voxcue.models import obtain
from voxcue.settings import settings
from voxcue.types import Clip, Reference, Voice

if TYPE_CHECKING:
    from voxcue.engines.f5.model import Model

for _package in ("torch", "safetensors", "rjieba", "pypinyin"):
    if find_spec(_package) is None:
        raise ImportError(f"the package '{_package}' is missing; pip install 'voxcue[f5]'")

_LOADING = Lock()

_MOST = 250
"""Characters of one utterance, in whatever voice."""


class F5Engine:
    """Voice cloning by F5-TTS, in PyTorch; the model and its sampling come from the settings ``f5_*``."""

    name = "f5"
    sample_rate = 24_000
    traits = EngineTraits(
        description="voice cloning by F5-TTS and E2-TTS checkpoints, for GPUs",
        languages=("en", "zh"),
        clones_voices=True,
        times_words=False,
        licence="Apache-2.0; official weights CC-BY-NC-4.0",
        speeds=(0.5, 2.0),
        max_characters=_MOST,
        fixes_durations=True,
        batch_size=32,
        passes=1,
    )

    def __init__(self) -> None:
        if not _has_gpu(settings().device):
            self.traits = replace(type(self).traits, batch_size=1)  # one row keeps all cores of a CPU busy

    def voices(self) -> Sequence[Voice]:
        """None of its own."""
        return []

    def load(self) -> None:
        """Load the model that the settings name, fetching it first where it is not here."""
        _model()

    def warm_up(self) -> str:
        """Fetch the model, load it, and compile it for the GPU."""
        model = _model()
        return f"compiled for {model.device}" if model.warm_up() else f"loaded on {model.device}"

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        """Make the recording of a speaker ready."""
        if isinstance(voice, str):
            raise UsageError(
                "voice-unknown",
                f"The engine 'f5' has no voice called '{voice}': it speaks like a recording.",
                "Add one: voxcue voices add NAME FILE.",
            )
        prompt = _model().prompt(voice)
        known = Voice(voice.name, self.traits.languages[0], "reference recording", licence="")
        return VoicePrompt(known, prompt, max_characters=prompt.max_characters)

    def unspeakable(self, text: str) -> str:
        """Letters and digits that the model's vocabulary lacks."""
        return _vocabulary(settings().f5_model).unknown(text)

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Speak the requests, as many in one pass as the device takes at a gain, and yield them in order."""
        model = _model()
        for begin in range(0, len(batch), self.traits.batch_size):
            yield from model.speak(batch[begin : begin + self.traits.batch_size])


def _has_gpu(device: str) -> bool:
    """Whether the model will run on a GPU, as far as can be told without PyTorch."""
    if device == "auto":
        return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/dxg").exists()
    return device != "cpu"


def _model() -> Model:
    chosen = settings()
    with _LOADING:
        return _load(
            chosen.f5_model,
            chosen.f5_vocoder,
            chosen.device,
            chosen.f5_precision,
            chosen.f5_compile,
            chosen.f5_steps,
            chosen.f5_sway,
            chosen.f5_guidance,
        )


@lru_cache(maxsize=1)
def _load(
    name: str,
    vocoder: str,
    device: str,
    precision: str,
    compiling: str,
    steps: int,
    sway: float,
    guidance: float,
) -> Model:
    """The model stays loaded until another takes its place."""
    from voxcue.engines.f5.model import Model

    return Model(
        obtain(name),
        obtain(vocoder),
        device=device,
        precision=precision,
        compiling=compiling,
        steps=steps,
        sway=sway,
        guidance=guidance,
    )


@lru_cache(maxsize=1)
def _vocabulary(name: str) -> Vocabulary:
    return read_vocabulary(obtain(name).files["vocabulary"])
