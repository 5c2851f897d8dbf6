"""Fetching a model: what is missing of it comes from a source, is checked, and only then is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Protocol

from voxcue.errors import OutputError
from voxcue.models.catalogue import Entry, File, known
from voxcue.models.failures import damaged, offline
from voxcue.models.hub import Hub
from voxcue.models.mirror import Mirror, is_local
from voxcue.models.model import Model
from voxcue.models.part import Part
from voxcue.models.store import Store, sha256, store
from voxcue.settings import settings

Progress = Callable[[float], None]
"""Is told the share done, 0 to 1."""


class _Source(Protocol):
    def size(self, file: File) -> int: ...

    def pull(self, file: File, part: Part, size: int) -> None: ...


def fetch(name: str, on_progress: Progress | None = None) -> Model:
    """Fetch a model, or what is missing of it; what is here is checked again.

    A fetch that was cut off, or killed, goes on where it was. A second one waits for the first.

    Raises:
        UsageError: ``model-unknown``, ``models-mirror-invalid``.
        UnavailableError: ``model-missing`` where nothing may be fetched, ``model-unreachable``,
            ``model-damaged``, ``models-hub-missing``.
        OutputError: ``models-full``, ``models-unwritable``.
    """
    entry = known(name)
    held = store()
    with held.locked():
        lacking = [file for file in entry.files if not _whole(held, file)]
        if lacking:
            _pull(entry, held, lacking, on_progress)
        return held.publish(entry)


def _pull(entry: Entry, held: Store, files: list[File], on_progress: Progress | None) -> None:
    source = _source(entry, held, files)
    sizes = {file: _size(source, entry, file) for file in files}
    total = sum(sizes.values())
    _check_room(held, sizes)
    done = 0
    for file, size in sizes.items():

        def tell(count: int, before: int = done) -> None:
            if on_progress:
                on_progress(min((before + count) / max(total, 1), 1.0))

        with Part(held, held.part(file), tell) as part:
            if part.tell() > size:
                part.seek(0)
                part.truncate()
            source.pull(file, part, size)
        _check(entry, held, file)
        held.keep(file)
        done += size


def _source(entry: Entry, held: Store, files: list[File]) -> _Source:
    mirror = settings().models_mirror
    if is_offline() and not is_local(mirror):
        raise offline(entry, held, files)
    return Mirror(mirror, entry) if mirror else Hub(entry)


def is_offline() -> bool:
    """Whether nothing may be fetched over the network."""
    told = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    return settings().offline or told


def _size(source: _Source, entry: Entry, file: File) -> int:
    size = source.size(file)
    if file.size not in (None, size):
        raise damaged(entry, file, f"{size:,} bytes", f"{file.size:,}")
    return size


def _check_room(held: Store, sizes: dict[File, int]) -> None:
    """Whether what is still to come fits.

    Raises:
        OutputError: ``models-full``.
    """
    parts = (held.part(file) for file in sizes)
    needed = sum(sizes.values()) - sum(part.stat().st_size for part in parts if part.exists())
    free = shutil.disk_usage(held.root).free
    if needed > free:
        raise OutputError(
            "models-full",
            f"The folder for models, '{held.root}', has room for {free / 1e6:,.0f} MB; "
            f"{needed / 1e6:,.0f} MB are to come.",
            "Free some space, or choose another folder with VOXCUE_MODELS.",
        )


def _check(entry: Entry, held: Store, file: File) -> None:
    part = held.part(file)
    found = sha256(part)
    if found != file.sha256:
        size = part.stat().st_size
        part.unlink()
        raise damaged(entry, file, f"SHA-256 {found} ({size:,} bytes)", file.sha256)


def _whole(held: Store, file: File) -> bool:
    blob = held.blob(file)
    return blob.is_file() and sha256(blob) == file.sha256
