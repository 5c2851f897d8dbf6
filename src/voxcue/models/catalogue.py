"""The models that are known by name, read from `models.toml`: their files, hashes and licences.

Knows nothing of what is on this machine.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from voxcue.errors import UsageError

PATH = Path(__file__).with_name("models.toml")


@dataclass(frozen=True)
class File:
    """One file of a model, as it is published; ``size`` in bytes, ``None`` where it is not known before."""

    role: str
    repository: str
    revision: str
    path: str
    sha256: str
    size: int | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name

    @property
    def blob(self) -> str:
        """The name that it is kept under: its hash, and the suffix by which readers know the format."""
        return self.sha256 + PurePosixPath(self.path).suffix


@dataclass(frozen=True)
class Entry:
    """A model that can be fetched; ``sample_rate`` in Hz, ``family`` in the words of its engine."""

    name: str
    family: str
    languages: tuple[str, ...]
    sample_rate: int
    licence: str
    files: tuple[File, ...]

    @property
    def size(self) -> int | None:
        """Bytes of all files; ``None`` where that of one is not known before it is fetched."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size or 0 for size in sizes)


def names() -> tuple[str, ...]:
    """The names of all models that can be fetched."""
    return tuple(_read(PATH))


def known(name: str) -> Entry:
    """What is known of a model.

    Raises:
        UsageError: ``model-unknown``.
    """
    entries = _read(PATH)
    if name not in entries:
        raise UsageError(
            "model-unknown",
            f"There is no model called '{name}'; known: {', '.join(entries)}.",
            "Run 'voxcue models list' to see them; a fine-tune is named by its folder, as in ./my-model.",
        )
    return entries[name]


@lru_cache(maxsize=2)
def _read(path: Path) -> dict[str, Entry]:
    with path.open("rb") as file:
        return {name: _entry(name, held) for name, held in tomllib.load(file).items()}


def _entry(name: str, held: Mapping[str, Any]) -> Entry:
    source = {"repository": held["repository"], "revision": held["revision"], "size": None}
    return Entry(
        name=name,
        family=held["family"],
        languages=tuple(held["languages"]),
        sample_rate=held["sample_rate"],
        licence=held["licence"],
        files=tuple(File(**source | file) for file in held["files"]),
    )
