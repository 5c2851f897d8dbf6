"""A model that is on this machine: what engines are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Model:
    """The files of a model by role ("weights", "vocabulary", "config"), and what is said of them.

    ``name`` is that of the catalogue, or the path of a fine-tune's folder. ``family`` is ``None`` and
    ``licence`` "" where a fine-tune does not say. ``sample_rate`` is in Hz.
    """

    name: str
    family: str | None
    files: Mapping[str, Path]
    licence: str
    languages: tuple[str, ...]
    sample_rate: int
