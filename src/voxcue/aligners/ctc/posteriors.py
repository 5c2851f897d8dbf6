"""Audio to the log probabilities of a CTC model, in windows that join on the grid of its frames.

A model with attention needs memory by the square of its input, and hears little of what is far away: each
window is given with some audio on both sides, of which the frames are dropped. ONNX Runtime or PyTorch runs
the model.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import Alphabet
from voxcue.aligners.ctc.files import Files, find, unfit
from voxcue.cancel import checkpoint
from voxcue.errors import UnavailableError
from voxcue.settings import settings
from voxcue.types import Clip

RATE = 16_000
"""Hz of the model's audio."""

_KERNELS, _STRIDES = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
"""Convolutions of wav2vec 2.0, where ``config.json`` does not say."""

_WINDOW, _CONTEXT = 30.0, 2.0
"""Seconds of a window, and seconds on both sides that the model hears as well."""

_LOADING = Lock()

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Samples of shape ``(n,)`` to log probabilities of shape ``(frames, classes)``."""


@dataclass(frozen=True)
class Acoustics:
    """A loaded model. ``hop`` and ``reach`` are samples: from one frame to the next, and in one frame."""

    alphabet: Alphabet
    hop: int
    reach: int
    normalises: bool
    run: Run
    busy: Lock

    @property
    def frame(self) -> float:
        """Seconds of a frame."""
        return self.hop / RATE

    def log_probs(self, clip: Clip) -> Iterator[NDArray[np.float32]]:
        """The clip in blocks of shape ``(frames, classes)``, float32, one after the other.

        Frame i of all of them stands for the audio from ``i * frame`` on; the last one may be a part only.
        """
        import soxr

        samples = np.asarray(soxr.resample(clip.samples, clip.sample_rate, RATE), np.float32)
        frames = math.ceil(len(samples) / self.hop)
        if self.normalises and frames:
            samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
        missing = (frames - 1) * self.hop + self.reach - len(samples) if frames else 0
        padded = np.pad(samples, (0, max(0, missing)))
        wide, side = round(_WINDOW / self.frame), round(_CONTEXT / self.frame)
        for first in range(0, frames, wide):
            checkpoint()
            last = min(first + wide, frames)
            before, after = max(0, first - side), min(frames, last + side)
            heard = padded[before * self.hop : (after - 1) * self.hop + self.reach]
            with self.busy:
                found = self.run(heard)
            if len(found) != after - before:
                raise UnavailableError(
                    "ctc-model-unfit",
                    f"The CTC model gives {len(found)} frames where its config.json says {after - before}.",
                    "The convolutions that config.json describes are not those of the weights.",
                )
            yield found[first - before : last - before]


def load(name: str) -> Acoustics:
    """A model, loaded once for all threads; `voxcue.aligners.ctc.files.find` says what a name is.

    Raises:
        UsageError, UnavailableError: those of `voxcue.aligners.ctc.files.find`; ``gpu-missing``.
    """
    with _LOADING:
        return _load(name, settings().device)


@lru_cache(maxsize=1)
def _load(name: str, device: str) -> Acoustics:
    files = find(name)
    kernels = files.config.get("conv_kernel") or _KERNELS
    strides = files.config.get("conv_stride") or _STRIDES
    reach, hop = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        reach, hop = reach + (kernel - 1) * hop, hop * stride
    run = _onnx(files) if files.weights.suffix == ".onnx" else _torch(files, device)
    classes = run(np.zeros(reach, np.float32)).shape[1]
    most = max(files.alphabet.blank, *files.alphabet.classes.values())
    if most >= classes:
        raise unfit(files.weights.parent, f"knows {classes} classes, and its vocab.json names class {most}")
    return Acoustics(files.alphabet, hop, reach, files.normalises, run, Lock())


def _onnx(files: Files) -> Run:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when the package is imported
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(str(files.weights), providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no public base
        reason = str(error).partition("\n")[0]
        raise unfit(files.weights.parent, f"has a graph that cannot be loaded: {reason}") from error
    inputs = [each.name for each in session.get_inputs()]
    if len(inputs) != 1:
        raise unfit(files.weights.parent, f"has a graph with other inputs than audio: {', '.join(inputs)}")

    def run(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        logits = np.asarray(session.run(None, {inputs[0]: samples[None]})[0][0], np.float32)
        logits = logits - logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)

    return run


def _torch(files: Files, device: str) -> Run:
    try:
        import safetensors  # noqa: F401
        import torch
    except ImportError as error:
        raise UnavailableError(
            "ctc-package-missing",
            f"The weights '{files.weights}' need the package '{error.name}'.",
            "Install it: pip install 'voxcue[align]', or put a model.onnx beside them.",
        ) from error
    from voxcue.aligners.ctc import wav2vec2

    chosen = "cuda" if device == "auto" and torch.cuda.is_available() else device.replace("auto", "cpu")
    try:
        network = wav2vec2.load(files.weights, files.config, files.adapter, torch.device(chosen))
    except (AssertionError, RuntimeError) as error:  # a PyTorch without CUDA, or a GPU that is not there
        raise UnavailableError(
            "gpu-missing",
            f"The device '{device}' was asked for, and PyTorch {torch.__version__} cannot use it.",
            "Check with nvidia-smi, and that this PyTorch is a CUDA build; or set VOXCUE_DEVICE=auto.",
        ) from error

    def run(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            found = network(torch.from_numpy(samples)[None].to(chosen))
        return np.asarray(found[0].cpu().numpy(), np.float32)

    return run
