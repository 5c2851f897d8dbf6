"""The engine `f5-upstream`: the package `f5-tts` itself, to hear and to measure the engine `f5` beside it.

It speaks through the package's own `infer_batch_process`, one utterance after the other. What the package
would do to a recording before that (cut it to 12 seconds, transcribe it) is left out: a `Reference` is ready.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from voxcue.cancel import checkpoint
from voxcue.engines.base import EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.engines.f5.text import Vocabulary, read_vocabulary
from voxcue.errors import UnavailableError, UsageError
from voxcue.models import Model, obtain
from voxcue.settings import settings
from voxcue.types import Clip, Reference, Voice

if TYPE_CHECKING:
    from torch import Tensor

    from voxcue.engines.f5.shape import Family, Shape

if find_spec("f5_tts") is None:
    raise ImportError("the package 'f5-tts' is missing; pip install f5-tts")

_HOP = 256
"""Samples from one frame of the package's mel spectrograms to the next."""

_BREATH = 0.05
"""Seconds of silence that the package puts behind a recording."""

_TRAINED = 22.0
"""Seconds of recording and utterance together that the package gives a model."""

_LOADING = Lock()
_SPEAKING = Lock()
"""The package draws its noise from the generator of the whole process: one utterance at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Prompt:
    """A recording ``(1, samples)`` with its rate in Hz, its transcript, and its length in whole frames."""

    audio: Tensor
    sample_rate: int
    text: str
    frames: int


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """The package's model and vocoder on their device."""

    model: Any
    vocoder: Any
    device: str


class F5UpstreamEngine:
    """Voice cloning by the package ``f5-tts``, in the number format and in the way that it chooses."""

    name = "f5-upstream"
    sample_rate = 24_000
    traits = EngineTraits(
        description="voice cloning by the package f5-tts itself, one utterance at a time, to compare with",
        languages=("en", "zh"),
        clones_voices=True,
        times_words=False,
        licence="MIT; official weights CC-BY-NC-4.0",
        speeds=(0.5, 2.0),
        max_characters=250,
        fixes_durations=True,
        batch_size=1,
        passes=1,
    )

    def voices(self) -> Sequence[Voice]:
        """None of its own."""
        return []

    def load(self) -> None:
        """Load the model that the settings name, fetching it first where it is not here."""
        _model()

    def warm_up(self) -> str:
        """Fetch the model and load it: the package prepares nothing for later starts."""
        return f"loaded on {_model().device}"

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        """Make the recording of a speaker ready."""
        if isinstance(voice, str):
            raise UsageError(
                "voice-unknown",
                f"The engine 'f5-upstream' has no voice called '{voice}': it speaks like a recording.",
                "Add one: voxcue voices add NAME FILE.",
            )
        prompt = _prompt(voice)
        known = Voice(voice.name, self.traits.languages[0], "reference recording", licence="")
        seconds = prompt.audio.shape[1] / prompt.sample_rate
        room = int(len(prompt.text) / seconds * (_TRAINED - seconds))
        return VoicePrompt(known, prompt, max_characters=max(40, room))

    def unspeakable(self, text: str) -> str:
        """Letters and digits that the model's vocabulary lacks."""
        return _vocabulary(settings().f5_model).unknown(text)

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Speak the requests one by one."""
        loaded = _model()
        for request in batch:
            checkpoint()
            yield _speak(loaded, request)


def _prompt(voice: Reference) -> _Prompt:
    import numpy as np
    import torch

    rate = voice.clip.sample_rate
    samples = np.pad(voice.clip.samples.astype(np.float32), (0, round(_BREATH * rate)))
    resampled = -(-len(samples) * F5UpstreamEngine.sample_rate // rate)
    return _Prompt(torch.from_numpy(samples)[None], rate, _ended(voice.transcript), resampled // _HOP)


def _ended(text: str) -> str:
    """A transcript as the package ends it before it adds a space of its own."""
    if text.endswith((". ", "\u3002")):
        return text
    return text + (" " if text.endswith(".") else ". ")


def _speak(loaded: _Loaded, request: SynthesisRequest) -> Clip:
    import numpy as np
    import torch

    chosen, prompt, rate = settings(), request.prompt.data, F5UpstreamEngine.sample_rate
    samples = None if request.duration is None else round(request.duration * rate)
    # The package drops what is less than a frame, and n frames are n - 1 hops of sound.
    frames = None if samples is None else prompt.frames + round(samples / _HOP) + 1.5
    with _SPEAKING:
        torch.manual_seed(request.seed)
        sound, _, _ = next(
            _package().infer_batch_process(
                (prompt.audio, prompt.sample_rate),
                prompt.text,
                [request.utterance.spoken],
                loaded.model,
                loaded.vocoder,
                progress=None,
                nfe_step=chosen.f5_steps,
                cfg_strength=chosen.f5_guidance,
                sway_sampling_coef=chosen.f5_sway,
                speed=request.speed,
                fix_duration=None if frames is None else frames * _HOP / rate,
                device=loaded.device,
            )
        )
    if samples is not None:
        sound = np.pad(sound[:samples], (0, max(0, samples - len(sound))))
    return Clip(sound, rate)


def _model() -> _Loaded:
    chosen = settings()
    with _LOADING:
        return _load(chosen.f5_model, chosen.f5_vocoder, chosen.device)


@lru_cache(maxsize=1)
def _load(name: str, vocoder: str, device: str) -> _Loaded:
    """The model stays loaded until another takes its place."""
    from voxcue.engines.f5.device import choose_device

    where = str(choose_device(device))
    return _Loaded(_backbone(obtain(name), where), _vocoder(obtain(vocoder), where), where)


def _backbone(files: Model, device: str) -> Any:
    """The package's model; the engine `f5` reads its sizes, and checks the checkpoint key by key."""
    import torch

    from voxcue.engines.f5.checkpoint import load_backbone
    from voxcue.engines.f5.shape import FAMILIES

    weights = files.files["weights"]
    if files.family not in FAMILIES:
        raise UnavailableError(
            "family-unknown",
            f"The model '{files.name}' does not say as which family it was trained: {', '.join(FAMILIES)}.",
            f"Write family = \"f5-v1\" (or another) into model.toml beside '{weights}'.",
        )
    shape = load_backbone(weights, files.family, device=torch.device("meta"), dtype=torch.float32).shape
    family = FAMILIES[files.family]
    with _loading(weights):
        from f5_tts.model import DiT, UNetT

        return _package().load_model(
            DiT if family.backbone == "dit" else UNetT,
            architecture(shape, family),
            str(weights),
            vocab_file=str(files.files["vocabulary"]),
            device=device,
        )


def architecture(shape: Shape, family: Family) -> dict[str, Any]:
    """Sizes by the names that the package gives them."""
    return {
        "dim": shape.dim,
        "depth": shape.depth,
        "heads": shape.heads,
        "ff_mult": shape.inner // shape.dim,
        "text_dim": shape.text_dim,
        "text_mask_padding": shape.hides_filler,
        "conv_layers": shape.text_blocks,
        "pe_attn_head": family.rotated,
    }


def _vocoder(files: Model, device: str) -> Any:
    """The package's vocoder, which it wants in a folder under the published names."""
    weights = files.files["weights"]
    if "config" not in files.files:
        raise UnavailableError(
            "vocoder-unfit",
            f"The vocoder '{files.name}' has no config.yaml, which the package f5-tts needs.",
            "Put the one that was published with it beside its weights.",
        )
    with TemporaryDirectory() as name, _loading(weights):
        folder = Path(name)
        (folder / "config.yaml").symlink_to(files.files["config"].resolve())
        (folder / "pytorch_model.bin").symlink_to(weights.resolve())
        return _package().load_vocoder(is_local=True, local_path=name, device=device)


@contextmanager
def _loading(weights: Path) -> Generator[None]:
    """Say of which file it was that the package could not make a model."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its advice to install flash-attn
            yield
    except (RuntimeError, KeyError, ValueError, UnpicklingError) as error:
        raise UnavailableError(
            "checkpoint-unfit",
            f"The package f5-tts cannot load '{weights}': {str(error).partition(chr(10))[0]}",
            "The engine f5 reads more kinds of checkpoints.",
        ) from error


def _package() -> Any:
    """The package's module for inference, which would print to our standard output as it goes."""
    from f5_tts.infer import utils_infer

    utils_infer.print = _silent
    return utils_infer


def _silent(*_: object, **__: object) -> None:
    pass


@lru_cache(maxsize=1)
def _vocabulary(name: str) -> Vocabulary:
    return read_vocabulary(obtain(name).files["vocabulary"])
