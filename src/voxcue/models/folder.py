"""A folder with a fine-tune, or with a vocoder, read as a model.

*.safetensors, *.pt or pytorch_model.bin    the weights
vocab.txt or *vocab*.txt                    the vocabulary
config.yaml                                 in place of the vocabulary: a vocoder
model.toml                                  optional: family, languages, licence, sample_rate, weights
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from voxcue.errors import UnavailableError, UsageError, VoxcueError
from voxcue.models.model import Model


def read_folder(folder: Path) -> Model:
    """The model in a folder.

    Raises:
        UsageError: ``model-folder-missing``, ``model-weights-ambiguous``, ``model-vocabulary-ambiguous``,
            ``model-toml-invalid``.
        UnavailableError: ``model-weights-missing``, ``model-vocabulary-missing``.
    """
    if not folder.is_dir():
        raise UsageError(
            "model-folder-missing",
            f"There is no folder '{folder}' with a model.",
            "Give a name that 'voxcue models list' shows, or the folder of a fine-tune.",
        )
    about = _about(folder)
    files = {"weights": _weights(folder, about)}
    vocabulary, config = _vocabulary(folder), folder / "config.yaml"
    if vocabulary:
        files["vocabulary"] = vocabulary
    if config.is_file():
        files["config"] = config
    if not vocabulary and not config.is_file():
        raise UnavailableError(
            "model-vocabulary-missing",
            f"The folder '{folder}' has no vocabulary.",
            "Put the vocab.txt that the model was trained with beside the weights.",
        )
    return Model(
        name=str(folder.resolve()),
        family=about.get("family", None if vocabulary else "vocos"),
        files=files,
        licence=about.get("licence", ""),
        languages=tuple(about.get("languages", ())),
        sample_rate=about.get("sample_rate", 24_000),
    )


def _weights(folder: Path, about: dict[str, Any]) -> Path:
    if "weights" in about:
        if not (folder / about["weights"]).is_file():
            raise _invalid(folder, f"names the weights '{about['weights']}', which are not there")
        return folder / Path(about["weights"])
    found = _files(folder, "*.safetensors", "*.pt", "pytorch_model.bin")
    preferred = [path for path in found if path.match("model*.safetensors")]
    if not found:
        raise UnavailableError(
            "model-weights-missing",
            f"The folder '{folder}' has no weights.",
            "Put one *.safetensors or *.pt file there.",
        )
    if len(found) > 1 and len(preferred) != 1:
        raise _ambiguous("weights", folder, found, 'Say which in model.toml there: weights = "FILE"')
    return (preferred or found)[0]


def _vocabulary(folder: Path) -> Path | None:
    found = _files(folder, "vocab.txt") or _files(folder, "*vocab*.txt")
    if len(found) > 1:
        raise _ambiguous("vocabulary", folder, found, "Call the right one vocab.txt.")
    return found[0] if found else None


def _files(folder: Path, *patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())


def _about(folder: Path) -> dict[str, Any]:
    path = folder / "model.toml"
    if not path.exists():
        return {}
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _invalid(folder, f"cannot be read: {error}") from error
    for key, value in about.items():
        if key not in _KINDS:
            raise _invalid(folder, f"has '{key}', which is not one of {', '.join(_KINDS)}")
        texts = value if isinstance(value, list) else ()
        if not isinstance(value, _KINDS[key]) or not all(isinstance(text, str) for text in texts):
            raise _invalid(folder, f"has a value for '{key}' that cannot be used: {value!r}")
    return about


_KINDS = {"family": str, "languages": list, "licence": str, "sample_rate": int, "weights": str}


def _invalid(folder: Path, reason: str) -> VoxcueError:
    return UsageError(
        "model-toml-invalid",
        f"The file '{folder / 'model.toml'}' {reason}.",
        'It has lines like family = "f5-v1", languages = ["en"] and licence = "CC-BY-4.0".',
    )


def _ambiguous(what: str, folder: Path, found: list[Path], hint: str) -> VoxcueError:
    listed = ", ".join(path.name for path in found)
    return UsageError(f"model-{what}-ambiguous", f"The folder '{folder}' has more than one: {listed}.", hint)
