"""A model on its device: a recording to a prompt, utterances and prompts to sound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import soxr
import torch
import torch.nn.functional as F
from torch import Tensor

from voxcue.engines.base import SynthesisRequest
from voxcue.engines.f5.batches import batches
from voxcue.engines.f5.checkpoint import load_backbone, load_vocos
from voxcue.engines.f5.compiling import Compiled
from voxcue.engines.f5.device import choose_device, choose_precision, out_of_memory
from voxcue.engines.f5.duration import Pace
from voxcue.engines.f5.mel import BANDS, HOP, SAMPLE_RATE, log_mel
from voxcue.engines.f5.sampling import Row, Sampler
from voxcue.engines.f5.shape import FAMILIES
from voxcue.engines.f5.text import read_vocabulary
from voxcue.errors import LimitError, UnavailableError
from voxcue.models import Model as Files
from voxcue.types import Clip, Reference

_TRAINED = 24.0
"""Seconds of reference and utterance together that the models read well; they were trained on up to 30."""

_LONGEST = 80.0
"""Seconds of both together that are tried at all, for an utterance that could not be cut."""

_SHORTEST = 1.0
"""Seconds that an utterance gets at least: in less, a model swallows it. Silence is cut off later."""

_BREATH = 0.05
"""Seconds of silence between the reference and what follows."""

_PROMPTS = 256
"""Prompts that are kept ready: some 500 KB each."""

_SHAPES = ((1200, 1), (700, 1), (900, 2), (800, 3), (1000, 4))
"""Frames and rows that a warm-up runs: one row needs no mask, several do; then any length and count does."""

_FINAL = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f")


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """A reference as the model takes it: its mel ``(r, bands)``, its whole frames, its words and its pace."""

    mel: Tensor
    frames: int
    text: str
    pace: Pace
    max_characters: int


@dataclass(frozen=True, slots=True)
class _Job:
    row: Row
    begins: int
    samples: int | None


class Model:
    """A loaded checkpoint and its vocoder.

    Args:
        files: the checkpoint, its vocabulary and its family.
        vocoder: Vocos.
        device: "auto", "cpu", "mps", "cuda" or "cuda:N".
        precision: "auto", "fp32", "fp16" or "bf16".
        compiling: "on", "off", or "auto": where `warm_up` has prepared it, and on a GPU only.
        steps, sway, guidance: see `Sampler`.

    Raises:
        UnavailableError: ``gpu-missing``, ``checkpoint-...``, ``vocabulary-unfit``, ``family-unknown``.
    """

    def __init__(
        self,
        files: Files,
        vocoder: Files,
        *,
        device: str = "auto",
        precision: str = "auto",
        compiling: str = "auto",
        steps: int = 32,
        sway: float = -1.0,
        guidance: float = 2.0,
    ) -> None:
        self.device = choose_device(device)
        dtype = choose_precision(precision, self.device)
        self.vocabulary = read_vocabulary(files.files["vocabulary"])
        self.backbone = load_backbone(files.files["weights"], _family(files), device=self.device, dtype=dtype)
        self._check_vocabulary(files)
        self.vocos = load_vocos(vocoder.files["weights"], device=self.device)
        self.sampler = Sampler(self.backbone, steps=steps, sway=sway, guidance=guidance)
        self._most = 1 if self.device.type == "cpu" else 32
        self._preparing = Lock()
        self._prompts: OrderedDict[str, Prompt] = OrderedDict()
        self._compiling = compiling
        self._compiled = Compiled(_family(files), self.device, dtype)
        if compiling == "on" or (compiling == "auto" and self._compiled.ready):
            self._compile()

    def warm_up(self) -> bool:
        """Compile for a GPU what later starts will find; false where nothing is compiled."""
        if self._compiling == "off" or (self._compiling == "auto" and self.device.type != "cuda"):
            return False
        self._compile()
        for frames, rows in _SHAPES:
            mel = torch.zeros(frames // 3, BANDS)
            lengths = [frames - 8 * index for index in range(rows)]
            made = self.sampler(
                [Row(mel, torch.zeros(40, dtype=torch.long), length, 0) for length in lengths]
            )
            self._clip(made[0], None)
        self._compiled.finish()
        return True

    def _compile(self) -> None:
        self._compiled.use()
        self.backbone.compile_blocks()
        self.vocos.backbone.compile(dynamic=True)

    def prompt(self, reference: Reference) -> Prompt:
        """A reference made ready; kept, by its key."""
        with self._preparing:
            if reference.key not in self._prompts:
                self._prompts[reference.key] = self._prompt(reference)
            self._prompts.move_to_end(reference.key)
            if len(self._prompts) > _PROMPTS:
                self._prompts.popitem(last=False)
            return self._prompts[reference.key]

    def speak(self, requests: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Yield a clip for each request, in order, as soon as it is there.

        Raises:
            UnavailableError: ``memory-short``, an utterance alone does not fit the device.
            LimitError: ``utterance-too-long``.
        """
        jobs = [self._job(request) for request in requests]
        done: dict[int, Clip] = {}
        sent = 0
        for batch in batches([job.row.frames for job in jobs], self._most):
            done.update(zip(batch, self._spoken([jobs[index] for index in batch]), strict=True))
            while sent in done:
                yield done.pop(sent)
                sent += 1

    def _prompt(self, reference: Reference) -> Prompt:
        clip = reference.clip
        samples = clip.samples
        if clip.sample_rate != SAMPLE_RATE:
            samples = soxr.resample(samples, clip.sample_rate, SAMPLE_RATE)
        samples = np.pad(samples.astype(np.float32), (0, round(_BREATH * SAMPLE_RATE)))
        text = reference.transcript.strip()
        text = text if text.endswith(_FINAL) else text + "."
        room = max(0.0, _TRAINED - len(samples) / SAMPLE_RATE)
        return Prompt(
            mel=log_mel(torch.from_numpy(samples)).to(self.device),
            frames=len(samples) // HOP,
            text=text if ord(text[-1]) > 127 else text + " ",
            pace=Pace(text, clip.duration),
            max_characters=max(40, int(room * len(text) / clip.duration)),
        )

    def _job(self, request: SynthesisRequest) -> _Job:
        prompt: Prompt = request.prompt.data
        spoken = request.utterance.spoken
        seconds = request.duration or max(_SHORTEST, prompt.pace.seconds(spoken) / request.speed)
        ids = torch.tensor(self.vocabulary.ids(prompt.text + spoken))
        # A frame more than asked for: n frames are n - 1 hops of sound.
        frames = max(
            prompt.frames + round(seconds * SAMPLE_RATE / HOP) + 1, len(ids) + 1, len(prompt.mel) + 1
        )
        if frames * HOP > _LONGEST * SAMPLE_RATE:
            raise LimitError(
                "utterance-too-long",
                f"'{spoken[:40]}\u2026' would last {seconds:.0f} seconds, too long for this model.",
                f"{_LONGEST:.0f} seconds are possible, the voice's recording included: break it up.",
            )
        samples = None if request.duration is None else round(seconds * SAMPLE_RATE)
        return _Job(Row(prompt.mel, ids, frames, request.seed), prompt.frames, samples)

    def _spoken(self, jobs: Sequence[_Job]) -> list[Clip]:
        """One pass; where it does not fit the device, halves of it."""
        try:
            mels = self.sampler([job.row for job in jobs])
            return [self._clip(mel[job.begins :], job.samples) for mel, job in zip(mels, jobs, strict=True)]
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
        # Out of the handler: the error holds on to the tensors of the pass.
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if len(jobs) == 1:
            seconds = jobs[0].row.frames * HOP / SAMPLE_RATE
            raise UnavailableError(
                "memory-short",
                f"An utterance and its reference, {seconds:.0f} seconds, are too much for '{self.device}'.",
                "Close what else uses its memory, take a shorter reference, or another device.",
            )
        half = len(jobs) // 2
        return self._spoken(jobs[:half]) + self._spoken(jobs[half:])

    @torch.inference_mode()
    def _clip(self, mel: Tensor, samples: int | None) -> Clip:
        sound = self.vocos(mel)
        if samples is not None:
            sound = F.pad(sound[:samples], (0, max(0, samples - len(sound))))
        return Clip(sound.cpu().numpy(), SAMPLE_RATE)

    def _check_vocabulary(self, files: Files) -> None:
        entries = self.backbone.shape.text_entries - 1  # the first is the fill
        if len(self.vocabulary) != entries:
            raise UnavailableError(
                "vocabulary-unfit",
                f"The vocabulary '{files.files['vocabulary']}' has {len(self.vocabulary):,} entries, "
                f"the checkpoint '{files.files['weights']}' {entries:,}.",
                "Use the vocab.txt that was published with the model.",
            )


def _family(files: Files) -> str:
    if files.family is not None and files.family in FAMILIES:
        return files.family
    said = "says nothing of" if files.family is None else f"names a family '{files.family}', not"
    raise UnavailableError(
        "family-unknown",
        f"The model '{files.name}' {said} the family that it was trained as: {', '.join(FAMILIES)}.",
        f"Write family = \"f5-v1\" (or another) into model.toml beside '{files.files['weights']}'; "
        "the weights alone do not show it.",
    )
