"""The folder that models are kept in: files under the names of their hashes, and one manifest a model.

    blobs/<sha256>.<suffix>     whole and checked; models may share one
    <name>.json                 a manifest, written last: which blobs are the model
    tmp/<sha256>.part           what has come of a file so far; a later fetch goes on from there
    tmp/lock                    held by the one process that changes the folder

Knows nothing of where files come from.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voxcue.cancel import checkpoint
from voxcue.errors import OutputError
from voxcue.models.catalogue import Entry, File
from voxcue.models.model import Model
from voxcue.settings import settings

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
"""What file systems of networks that have no locks say; `voxcue.volume` has leases for them."""


@dataclass(frozen=True)
class Stored:
    """A model in the folder; ``size`` in bytes. ``name`` need not be known, nor its version the known one."""

    name: str
    size: int
    licence: str
    languages: tuple[str, ...]


class Store:
    """The folder at ``root``; reading needs no lock, every change does."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def model(self, entry: Entry) -> Model | None:
        """The model, if the folder holds every file of it, in the version that the entry describes."""
        held = self._manifest(entry.name)
        wanted = {file.role: (file.revision, file.sha256) for file in entry.files}
        if {role: (each["revision"], each["sha256"]) for role, each in held.items()} != wanted:
            return None
        if not all(_is(self.blob(file), held[file.role]["size"]) for file in entry.files):
            return None
        return Model(
            entry.name,
            entry.family,
            {file.role: self.blob(file) for file in entry.files},
            entry.licence,
            entry.languages,
            entry.sample_rate,
        )

    def stored(self) -> list[Stored]:
        """The models that have a manifest, by name."""
        found = []
        for path in sorted(self.root.glob("*.json")):
            held = _read(path)
            if held:
                size = sum(file["size"] for file in held["files"].values())
                found.append(Stored(path.stem, size, held["licence"], tuple(held["languages"])))
        return found

    def blob(self, file: File) -> Path:
        """Where a whole file lies."""
        return self.root / "blobs" / file.blob

    def part(self, file: File) -> Path:
        """Where a file grows while it is fetched."""
        return self.root / "tmp" / f"{file.sha256}.part"

    def keep(self, file: File) -> None:
        """Make the checked part a blob."""
        with self.writing():
            part = self.part(file)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            blob = self.blob(file)
            blob.parent.mkdir(exist_ok=True)
            part.replace(blob)

    def publish(self, entry: Entry) -> Model:
        """Write the manifest, now that all blobs are there; drop those of the version before it."""
        old = self._blobs(entry.name)
        files = {file.role: asdict(file) | {"size": self.blob(file).stat().st_size} for file in entry.files}
        with self.writing():
            temporary = self.root / "tmp" / f"{entry.name}.json"
            temporary.write_text(json.dumps(asdict(entry) | {"files": files}, indent=2), encoding="utf-8")
            temporary.replace(self.root / f"{entry.name}.json")
            self._drop(old)
        model = self.model(entry)
        assert model is not None
        return model

    def remove(self, name: str, files: Iterable[File]) -> int:
        """Remove a model and what has come of ``files``, but nothing that other models have: bytes freed."""
        before = self._size()
        with self.writing():
            blobs = self._blobs(name) | {self.blob(file) for file in files}
            (self.root / f"{name}.json").unlink(missing_ok=True)
            self._drop(blobs)
            for file in files:
                self.part(file).unlink(missing_ok=True)
        return before - self._size()

    @contextmanager
    def locked(self) -> Generator[None]:
        """Be the only one that changes the folder; waits for who does. The lock ends with its process."""
        import fcntl

        with self.writing():
            (self.root / "tmp").mkdir(parents=True, exist_ok=True)
            lock = (self.root / "tmp" / "lock").open("wb")
        with lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    checkpoint()
                    time.sleep(0.1)
                except OSError as error:
                    if error.errno not in _NO_LOCKS:
                        raise
                    break
            yield

    @contextmanager
    def writing(self) -> Generator[None]:
        """Turn errors of the system into ours.

        Raises:
            OutputError: ``models-unwritable``.
        """
        try:
            yield
        except OSError as error:
            raise OutputError(
                "models-unwritable",
                f"The folder for models, '{self.root}', cannot be written to: {error.strerror or error}.",
                "Check its rights and the free space, or choose another one with VOXCUE_MODELS.",
            ) from error

    def _manifest(self, name: str) -> dict[str, Any]:
        """The files in a manifest by role; none where there is no manifest, or none that can be read."""
        files: dict[str, Any] = _read(self.root / f"{name}.json").get("files", {})
        return files

    def _blobs(self, name: str) -> set[Path]:
        held = self._manifest(name).values()
        return {self.blob(File(**file)) for file in held}

    def _drop(self, blobs: set[Path]) -> None:
        """Remove those of the blobs that no manifest names."""
        for blob in blobs.difference(*(self._blobs(each.name) for each in self.stored())):
            blob.unlink(missing_ok=True)

    def _size(self) -> int:
        return sum(path.stat().st_size for path in self.root.glob("*/*") if path.is_file())


def store() -> Store:
    """The folder that the settings name."""
    return Store(Path(settings().models).expanduser())


def sha256(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads(path.read_bytes())
        [File(**file) for file in held["files"].values()]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # not there, or not ours
        return {}
    return held


def _is(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
