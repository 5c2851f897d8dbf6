"""Where the files of a CTC model are: a folder, or fetched from Hugging Face into that for models."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voxcue.aligners.ctc.alphabet import Alphabet, read_alphabet
from voxcue.cancel import checkpoint
from voxcue.errors import UnavailableError, UsageError
from voxcue.models import Model
from voxcue.models.fetching import is_offline
from voxcue.models.licences import remind
from voxcue.models.store import store
from voxcue.settings import settings

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_LANGUAGE = re.compile(r"(.+):([a-z]{3}(?:-[\w-]+)?)")
_ONNX = ("model.onnx", "onnx/model.onnx")
_TORCH = ("model.safetensors", "pytorch_model.bin")
_SMALL = ("config.json", "vocab.json", "preprocessor_config.json", "tokenizer_config.json", "README.md")
_FINETUNED = "Name a wav2vec2 model that was fine-tuned with CTC to write letters: VOXCUE_CTC_MODEL."


@dataclass(frozen=True)
class Files:
    """A model that is here. ``adapter`` are the weights of one language of MMS, ``None`` elsewhere."""

    weights: Path
    config: dict[str, Any]
    alphabet: Alphabet
    normalises: bool
    """Whether the audio is given with mean 0 and variance 1."""
    adapter: Path | None = None


def find(name: str) -> Files:
    """The files of a model; fetched, if it is a name on Hugging Face.

    Args:
        name: a folder, or OWNER/MODEL on Hugging Face; with ":" and the code of a language behind it, as in
            "facebook/mms-1b-all:deu", that language of a model that has an adapter for each.

    Raises:
        UsageError: ``ctc-model-missing``, no such folder.
        UnavailableError: ``ctc-model-unfit``, not a CTC model, or files missing; ``ctc-model-unreachable``;
            ``ctc-package-missing``.
    """
    split = _LANGUAGE.fullmatch(name)
    place, language = (split[1], split[2]) if split and not Path(name).is_dir() else (name, "")
    folder = Path(place).expanduser()
    if not folder.is_dir():
        if not _NAME.fullmatch(place) or place.startswith((".", "~")):
            raise UsageError(
                "ctc-model-missing",
                f"There is no folder '{place}' with a CTC model.",
                "Set VOXCUE_CTC_MODEL to such a folder, or to a name on Hugging Face, OWNER/MODEL.",
            )
        folder = _fetched(place, language)
    return _read(folder, language)


def unfit(folder: Path, reason: str, hint: str = _FINETUNED) -> UnavailableError:
    """The error for a model that cannot be used."""
    return UnavailableError("ctc-model-unfit", f"The model in '{folder}' {reason}.", hint)


def _read(folder: Path, language: str) -> Files:
    config = _json(folder, "config.json")
    vocabulary = _json(folder, "vocab.json")
    tokenizer = _json(folder, "tokenizer_config.json", needed=False)
    if not any(str(each).endswith("ForCTC") for each in config.get("architectures") or ["ForCTC"]):
        raise unfit(folder, f"is not a CTC model, but {', '.join(config['architectures'])}")
    weights = next((folder / each for each in (*_ONNX, *_TORCH) if (folder / each).is_file()), None)
    if weights is None:
        raise unfit(folder, f"has no weights: none of {', '.join((*_ONNX, *_TORCH))} is there")
    adapter = None
    if all(isinstance(each, dict) for each in vocabulary.values()):  # MMS: a vocabulary for each language
        language = language or tokenizer.get("target_lang") or "eng"
        if language not in vocabulary:
            raise unfit(folder, f"does not know the language '{language}'", _several(vocabulary))
        vocabulary = vocabulary[language]
        adapter = folder / f"adapter.{language}.safetensors"
        if not adapter.is_file() and weights.suffix != ".onnx":
            raise unfit(folder, f"has no file '{adapter.name}'", "Put it beside the weights.")
    elif language:
        raise unfit(folder, f"has no languages to choose from, and '{language}' was asked for", "")
    delimiter = _content(tokenizer.get("word_delimiter_token")) or "|"
    pads = [_content(tokenizer.get("pad_token")), config.get("pad_token_id")]
    alphabet = read_alphabet(vocabulary, pads, str(delimiter))
    if alphabet is None or not alphabet.classes:
        raise unfit(folder, "has a vocab.json without letters, or without '<pad>'")
    sound = _json(folder, "preprocessor_config.json", needed=False)
    if sound.get("sampling_rate", 16_000) != 16_000:
        raise unfit(folder, f"hears {sound['sampling_rate']} Hz, and only 16000 Hz are supported")
    return Files(weights, config, alphabet, bool(sound.get("do_normalize", True)), adapter)


def _json(folder: Path, name: str, *, needed: bool = True) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        if needed:
            raise unfit(folder, f"has no file '{name}'")
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise unfit(folder, f"has a '{name}' that cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise unfit(folder, f"has a '{name}' that is no JSON object")
    return found


def _content(token: object) -> object:
    """A special token: plain, or as an object with its ``content``."""
    return token.get("content") if isinstance(token, dict) else token


def _several(vocabulary: dict[str, Any]) -> str:
    known = sorted(vocabulary)
    more = f" and {len(known) - 20} more" if len(known) > 20 else ""
    return f"It knows {', '.join(known[:20])}{more}: put one behind a colon in VOXCUE_CTC_MODEL."


def _fetched(name: str, language: str) -> Path:
    """The folder that a model of Hugging Face was fetched into, now or before."""
    held = store()
    folder = held.root / "ctc" / name.replace("/", "--")
    marker = folder / f".complete{language}"
    if not marker.is_file():
        if is_offline() or settings().models_mirror:
            told = "VOXCUE_MODELS_MIRROR has no CTC models" if settings().models_mirror else "VOXCUE_OFFLINE"
            raise UnavailableError(
                "ctc-model-unreachable",
                f"The model '{name}' is not in '{folder}', and cannot be fetched: {told}.",
                "Copy its files from a machine that has them, and set VOXCUE_CTC_MODEL to that folder.",
            )
        if sys.stderr.isatty():
            sys.stderr.write(f"fetching the model {name}\n")
        with held.locked(), held.writing():
            folder.mkdir(parents=True, exist_ok=True)
            _download(name, language, folder)
            marker.touch()
    remind(Model(name, "ctc", {}, _licence(folder / "README.md"), (), 16_000), held)
    return folder


def _download(name: str, language: str, folder: Path) -> None:
    """Fetch the small files, and the weights in one format."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the package is imported
    try:
        from huggingface_hub import HfApi, hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise UnavailableError(
            "ctc-package-missing",
            f"The model '{name}' cannot be fetched: the package 'huggingface_hub' is missing.",
            "Install it: pip install 'voxcue[align]'",
        ) from error
    disable_progress_bars("huggingface_hub.http_get")
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
    base: Any = HfHubHTTPError.__bases__[0]  # which library speaks HTTP depends on the hub's version
    try:
        info = HfApi(endpoint=endpoint).model_info(name)
        there = {each.rfilename for each in info.siblings or ()}
        weights = [each for each in (*_ONNX, *_TORCH) if each in there][:1]
        wanted = {*_SMALL, *weights, *(f"{each}_data" for each in weights)}
        if any(each.startswith("adapter.") for each in there):
            wanted.add(f"adapter.{language or 'eng'}.safetensors")
        for each in sorted(wanted & there):
            checkpoint()
            hf_hub_download(name, each, revision=info.sha, local_dir=folder, endpoint=endpoint)
    except (OSError, base) as error:
        raise UnavailableError(
            "ctc-model-unreachable",
            f"The model '{name}' cannot be fetched: {str(error).strip().partition(chr(10))[0].rstrip('.')}.",
            "Check the name and the network; for a private model, set HF_TOKEN.",
        ) from error


def _licence(card: Path) -> str:
    """The licence that a model card names, "" if it names none."""
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    found = re.search(r"\A---\n(?:.*\n)*?license:\s*(\S+)", text)
    return found[1] if found else ""
