"""The aligner `whisperx`: forced alignment by the package ``whisperx`` itself, given the text.

Nothing is transcribed: the package is handed the words that are said, as one segment. Its times are passed on
as they are. It fits any text to any speech, so that another text shows only in low confidences; and it needs
memory by the square of the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners import fill
from voxcue.cancel import checkpoint
from voxcue.errors import AlignmentError, LimitError, UnavailableError
from voxcue.models.fetching import is_offline
from voxcue.models.store import store
from voxcue.settings import settings
from voxcue.types import Clip, Span, Token, Word

if TYPE_CHECKING:
    from torch import Tensor

if find_spec("whisperx") is None:
    raise ImportError("the package 'whisperx' is missing; pip install whisperx")

_RATE = 16_000
"""Hz of the models."""

_LONGEST = 600.0
"""Seconds that are aligned at most; the package's tables for them take a gigabyte."""

_STEP = 320
"""Samples from one value of a wav2vec 2.0 model to the next."""

_WINDOW, _AROUND = 1500 * _STEP, 50 * _STEP
"""Samples that a model is given at once (30 s), and on both sides of them what it hears beside (1 s)."""

_LOADING = Lock()


class _Languages:
    """What a class knows, by the settings: English without a model of the user's, else any."""

    def __get__(self, instance: object, owner: type) -> frozenset[str]:
        return frozenset({"*"} if settings().whisperx_model else {"en"})


class WhisperxAligner:
    """The package's aligner with its own model for English, or the one that ``whisperx_model`` names."""

    name = "whisperx"
    description = "forced alignment by the package whisperx (BSD-2)"
    languages = _Languages()
    needs_marks = False

    @classmethod
    def ready(cls) -> bool:
        """Whether the package is here."""
        return find_spec("whisperx") is not None

    def __init__(self, language: str = "en") -> None:
        """``language``, a code of two letters, is that whose default model is taken when none is named."""
        self._language = language

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Have the words aligned, then give each token the stretch of its own.

        Raises:
            AlignmentError: ``text-mismatch``: most words hold no letter that the model knows, or there are
                more letters than the clip has room for.
            LimitError: ``audio-too-long``, more than 10 minutes.
            UnavailableError: ``whisperx-model-unavailable``, ``whisperx-broken``, ``gpu-missing``.
        """
        said = [
            (index, word.replace("\u2019", "'")) for index, token in enumerate(tokens) for word in token.words
        ]
        if not said:
            return fill.words(tokens, [None] * len(tokens), clip.duration)
        if clip.duration > _LONGEST:
            raise LimitError(
                "audio-too-long",
                f"The recording lasts {clip.duration:.0f} s; the aligner 'whisperx' takes {_LONGEST:g} s.",
                "Cut it into parts, or use another aligner: 'voxcue aligners' lists them.",
            )
        loaded = _model(self._language)
        known = [bool(set(word.lower()) & loaded.letters) for _, word in said]
        if 2 * sum(known) < len(said):
            raise _mismatch()
        found = loaded.align(_samples(clip), " ".join(word for _, word in said))
        if not found:
            raise _mismatch()
        return _words(clip, tokens, [index for index, word in said for _ in word], found)


def _words(
    clip: Clip, tokens: Sequence[Token], owners: Sequence[int], found: Sequence[dict[str, Any]]
) -> list[Word]:
    """The package's words, each with the token that its first letter is of.

    It takes words for what stands between spaces, and in Chinese and Japanese every letter for one.

    Args:
        clip: what they are said in.
        tokens: all of them.
        owners: the index of the token of each letter.
        found: what the package made of the letters, times in seconds.
    """
    spans: list[Span | None] = [None] * len(tokens)
    scores: list[list[float]] = [[] for _ in tokens]
    at = 0
    for each in found:
        index = owners[at]
        at += len(each["word"])
        if "start" in each and "end" in each:
            before = spans[index]
            spans[index] = Span(before.start if before else float(each["start"]), float(each["end"]))
        if "score" in each:
            scores[index].append(float(each["score"]))
    confidences = [min(1.0, max(0.0, sum(each) / len(each))) if each else None for each in scores]
    return fill.words(tokens, spans, clip.duration, confidences)


def _samples(clip: Clip) -> NDArray[np.float32]:
    import soxr

    return np.array(soxr.resample(clip.samples, clip.sample_rate, _RATE), np.float32)


class _Loaded:
    """The package's model on its device, and the letters that it knows."""

    def __init__(self, model: Any, metadata: dict[str, Any], device: str) -> None:
        self._model = _InWindows(model)
        self._metadata = metadata
        self._device = device
        self.letters = frozenset(letter for letter in metadata["dictionary"] if letter.isalnum())

    def align(self, samples: NDArray[np.float32], text: str) -> list[dict[str, Any]]:
        """The words of a text in audio at `_RATE`; none where they do not fit in."""
        segment = {"text": text, "start": 0.0, "end": len(samples) / _RATE}
        done = _package().align([segment], self._model, self._metadata, samples, self._device)
        words: list[dict[str, Any]] = done["word_segments"]
        return words


class _Values(NamedTuple):
    """What a model says, by the names of transformers and in the order of torchaudio."""

    logits: Tensor
    lengths: None = None


class _InWindows:
    """A model that hears long audio piece by piece, so that its memory does not grow with the length."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, audio: Tensor, **options: Any) -> Any:
        import torch

        samples = audio.shape[-1]
        if samples <= _WINDOW:
            return self._model(audio, **options)
        parts = []
        for begin in range(0, samples, _WINDOW):
            checkpoint()
            first = max(0, begin - _AROUND)
            values = self._model(audio[:, first : begin + _WINDOW + _AROUND])[0]
            skipped = (begin - first) // _STEP
            parts.append(values[:, skipped : skipped + _WINDOW // _STEP])
        return _Values(torch.cat(parts, dim=1))


def _model(language: str) -> _Loaded:
    chosen = settings()
    with _LOADING:
        return _load(chosen.whisperx_model, language, chosen.device)


@lru_cache(maxsize=1)
def _load(name: str, language: str, device: str) -> _Loaded:
    """The model stays loaded until another takes its place."""
    package, where = _package(), _device(device)
    defaults = {**package.DEFAULT_ALIGN_MODELS_HF, **package.DEFAULT_ALIGN_MODELS_TORCH}
    wanted = name or defaults.get(language, "")
    folder = store().root / "whisperx"
    try:
        place = _place(wanted, folder, package)
        model, metadata = package.load_align_model(language, where, place, str(folder))
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, UnpicklingError) as error:
        reason = str(error.__context__ or error).strip().partition("\n")[0].rstrip(".")
        raise UnavailableError(
            "whisperx-model-unavailable",
            f"The package whisperx cannot load the model '{wanted}' for the language '{language}': {reason}.",
            "Check the network, or set VOXCUE_WHISPERX_MODEL to the folder of a wav2vec2 model.",
        ) from error
    return _Loaded(model, metadata, where)


def _place(name: str, folder: Path, package: Any) -> str | None:
    """A model as the package takes it: its folder, or its name.

    Raises:
        OSError: nothing may be fetched, and it is not in ``folder``.
    """
    path = Path(name).expanduser()
    if name and path.is_dir():
        return str(path)
    return _fetched(name, folder, package.torchaudio.pipelines) if is_offline() else name or None


def _fetched(name: str, folder: Path, pipelines: Any) -> str:
    from huggingface_hub import snapshot_download

    if name not in pipelines.__all__:
        return snapshot_download(name, cache_dir=folder, local_files_only=True)
    file = folder / Path(getattr(pipelines, name)._path).name
    if not file.is_file():
        raise FileNotFoundError(f"'{file}' is not here, and VOXCUE_OFFLINE forbids fetching it")
    return name


def _device(name: str) -> str:
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise UnavailableError(
            "gpu-missing",
            f"The device '{name}' was asked for, and PyTorch {torch.__version__} cannot use it.",
            "Check with nvidia-smi, and that this PyTorch is a CUDA build; or set VOXCUE_DEVICE=auto.",
        ) from error
    return name


def _package() -> Any:
    """The package's module for alignment, which would print to our standard output.

    It cuts a segment into sentences with data that it downloads, and for no reason here: it has to keep the
    segment whole.
    """
    try:
        from whisperx import alignment
    except (ImportError, OSError) as error:
        raise UnavailableError(
            "whisperx-broken",
            f"The package whisperx cannot be imported: {error}.",
            "Install it anew, with a torch and a torchaudio of the same version: pip install whisperx",
        ) from error
    alignment.print = _silent
    alignment.nltk_load = _Whole
    return alignment


class _Whole:
    """In place of a tokenizer of NLTK: one sentence."""

    def __init__(self, resource: str) -> None:
        pass

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """The whole text."""
        return [(0, len(text))]


def _silent(*_: object, **__: object) -> None:
    pass


def _mismatch() -> AlignmentError:
    return AlignmentError(
        "text-mismatch",
        "The text does not match what is said in the recording.",
        "Give the words that are said, all of them and in order, or cut the recording to the text.",
    )
