"""A result: the files of one request under ``output/<id>/``, with a manifest that is written last.

Without a manifest, or without all the files that it names, there is no result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from voxcue.errors import NotFoundError, OutputError, UsageError
from voxcue.storage.store import Storage, StoredObject

FOLDER = "output"
MANIFEST = "result.json"
_ID = re.compile(r"[0-9a-f]{32}")
_AT_ONCE = 16
"""Manifests that are read at once."""


@dataclass(frozen=True)
class ResultFile:
    """A file to publish: its name in the result, its type, and its bytes or where they are."""

    name: str
    content_type: str
    data: bytes | Path


@dataclass(frozen=True)
class StoredFile:
    """A file of a result; ``size`` in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Result:
    """A complete result; ``files`` by kind, ``about`` is what its maker wants to know later."""

    id: str
    created: datetime
    files: dict[str, StoredFile]
    about: dict[str, Any]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files.values())

    def key(self, kind: str) -> str:
        """Where the file of this kind is stored."""
        return f"{FOLDER}/{self.id}/{self.files[kind].name}"


def new_id() -> str:
    """An id that no one can guess: 32 hex digits."""
    return token_hex(16)


def id_of(key: str) -> str | None:
    """The id of the result that an object belongs to; ``None`` for a stranger in the folder."""
    parts = key.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == FOLDER and _ID.fullmatch(parts[1]) else None


def publish(storage: Storage, id: str, files: Mapping[str, ResultFile], about: dict[str, Any]) -> Result:  # noqa: A002
    """Store the files of a new result, then its manifest: from then on it is found.

    Raises:
        UsageError: ``storage-key-invalid``.
        StorageError, OutputError: what is there by then is no result, and `clean` removes it.
    """
    names = [file.name for file in files.values()]
    if not _ID.fullmatch(id) or len(set(names)) < len(names) or any("/" in n or n == MANIFEST for n in names):
        raise UsageError(
            "storage-key-invalid",
            f"The result '{id[:40]}' cannot have the files {', '.join(names)[:200]}.",
            f"An id has 32 hex digits; names are plain, different, and none is {MANIFEST}.",
        )
    result = Result(id, datetime.now(UTC), {kind: _stored(file) for kind, file in files.items()}, about)
    manifest = json.dumps(_document(result), ensure_ascii=False).encode()
    try:
        for kind, file in files.items():
            storage.put(result.key(kind), file.data, file.content_type)
        storage.put(f"{FOLDER}/{id}/{MANIFEST}", manifest, "application/json")
    except OutputError:  # a full disk: what there is of this result would only be in the way
        storage.delete(result.key(kind) for kind in files)
        raise
    return result


def find(storage: Storage, id: str) -> Result:  # noqa: A002
    """The result with this id.

    Raises:
        NotFoundError: ``result-missing``.
    """
    objects = storage.list(f"{FOLDER}/{id}") if _ID.fullmatch(id) else ()
    found = _read(storage, id, {each.key: each for each in objects})
    if found is None:
        raise NotFoundError(
            "result-missing",
            f"There is no result with the id '{id[:40]}'.",
            "It may have been removed because its retention is over; make it again.",
        )
    return found


def results(storage: Storage) -> Iterator[Result]:
    """The complete results, the newest first."""
    found = grouped(storage.list(FOLDER))
    done = {
        owner: group[_manifest(owner)].modified for owner, group in found.items() if _manifest(owner) in group
    }
    newest = sorted(done, key=lambda owner: done[owner], reverse=True)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="voxcue-storage") as pool:
        for first in range(0, len(newest), _AT_ONCE):
            some = newest[first : first + _AT_ONCE]
            for result in pool.map(lambda owner: _read(storage, owner, found[owner]), some):
                if result:
                    yield result


def grouped(objects: Iterable[StoredObject]) -> dict[str, dict[str, StoredObject]]:
    """The objects of each result by key; strangers are left out."""
    found: dict[str, dict[str, StoredObject]] = {}
    for each in objects:
        owner = id_of(each.key)
        if owner:
            found.setdefault(owner, {})[each.key] = each
    return found


def _manifest(owner: str) -> str:
    return f"{FOLDER}/{owner}/{MANIFEST}"


def _read(storage: Storage, owner: str, objects: Mapping[str, StoredObject]) -> Result | None:
    """The result, if its manifest is there and can be read, and every file is there in its full size."""
    if _manifest(owner) not in objects:
        return None
    try:
        held = json.loads(storage.get(_manifest(owner)))
        files = {kind: StoredFile(**file) for kind, file in held["files"].items()}
        result = Result(owner, datetime.fromisoformat(held["created"]), files, dict(held["about"]))
    except (NotFoundError, ValueError, TypeError, KeyError, AttributeError):  # removed meanwhile, or not ours
        return None
    whole = all(
        result.key(kind) in objects and objects[result.key(kind)].size == file.size
        for kind, file in files.items()
    )
    return result if whole else None


def _stored(file: ResultFile) -> StoredFile:
    size = file.data.stat().st_size if isinstance(file.data, Path) else len(file.data)
    return StoredFile(file.name, file.content_type, size)


def _document(result: Result) -> dict[str, Any]:
    files = {kind: vars(file) for kind, file in result.files.items()}
    return {
        "id": result.id,
        "created": result.created.isoformat(),
        "files": files,
        "about": result.about,
    }
