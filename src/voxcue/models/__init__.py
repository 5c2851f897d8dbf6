"""Models: where their weights come from, and where they lie on this machine.

Knows neither PyTorch nor engines. `obtain` is what an engine calls; `docs/models.md` is for its users.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from voxcue.models.catalogue import Entry, known, names
from voxcue.models.failures import damaged, megabytes, missing
from voxcue.models.fetching import Progress, fetch
from voxcue.models.folder import read_folder
from voxcue.models.licences import remind
from voxcue.models.model import Model
from voxcue.models.store import Stored, sha256, store

__all__ = [
    "Entry",
    "Model",
    "Stored",
    "fetch",
    "find",
    "is_here",
    "known",
    "megabytes",
    "names",
    "obtain",
    "remove",
    "stored",
    "verify",
]


def find(name: str) -> Model:
    """A model that is on this machine; nothing is fetched.

    Args:
        name: one that `names` gives, or the folder of a fine-tune: a path with a separator, or a folder that
            is there.

    Raises:
        UsageError: ``model-unknown``, and those of `voxcue.models.folder.read_folder`.
        UnavailableError: ``model-missing``, and those of `voxcue.models.folder.read_folder`.
    """
    if _is_folder(name):
        return read_folder(Path(name).expanduser())
    entry, held = known(name), store()
    model = held.model(entry)
    if model is None:
        raise missing(entry, held)
    return model


def is_here(name: str) -> bool:
    """Whether a model of the catalogue is on this machine, in the version that this Voxcue knows."""
    return name in names() and store().model(known(name)) is not None


def obtain(name: str, on_progress: Progress | None = None) -> Model:
    """A model, fetched where it is not here yet; says once that a licence forbids commercial use.

    What takes long is said on a terminal, unless ``on_progress`` hears of it.

    Raises:
        VoxcueError: those of `find` and `fetch`.
    """
    held = store()
    model = find(name) if _is_folder(name) or is_here(name) else _fetched(name, on_progress)
    remind(model, held)
    return model


def verify(name: str) -> Model:
    """Read every file of a stored model, and compare its hash.

    Raises:
        UsageError: ``model-unknown``.
        UnavailableError: ``model-missing``, ``model-damaged``.
    """
    entry = known(name)
    model = find(name)
    for file in entry.files:
        found = sha256(model.files[file.role])
        if found != file.sha256:
            raise damaged(entry, file, f"SHA-256 {found}", file.sha256)
    return model


def remove(name: str) -> int:
    """Remove a stored model, and what a fetch that broke off has left of it: bytes freed.

    Files that another stored model has too stay.

    Raises:
        UsageError: ``model-unknown``.
        UnavailableError: ``model-missing``: nothing of it is here.
        OutputError: ``models-unwritable``.
    """
    held = store()
    left_behind = name not in names() and name in {each.name for each in held.stored()}
    entry = None if left_behind else known(name)
    with held.locked():
        freed = held.remove(name, entry.files if entry else ())
    if entry and not freed:
        raise missing(entry, held)
    return freed


def stored() -> list[Stored]:
    """The models in the folder, also those of which this Voxcue knows another version, or none."""
    return store().stored()


def _fetched(name: str, on_progress: Progress | None) -> Model:
    if on_progress is None and sys.stderr.isatty():
        sys.stderr.write(f"fetching the model {name}{megabytes(known(name).size)}\n")
    return fetch(name, on_progress)


def _is_folder(name: str) -> bool:
    return name not in names() and (os.sep in name or "/" in name or Path(name).expanduser().is_dir())
