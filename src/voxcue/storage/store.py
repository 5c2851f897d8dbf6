"""Objects under keys, in a folder or a bucket: the one place that calls obstore.

obstore retries what may be retried (500, 503, cut connections) with back-off; an object appears whole or not
at all, because S3 shows it when its last byte is in, and a folder when its file gets its final name.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from voxcue.storage import local
from voxcue.storage.connect import connect
from voxcue.storage.failures import bucket_missing, guard, lost_at_once
from voxcue.storage.keys import readable, writable

_PART = 8 * 2**20
"""Bytes of one part of a large upload, and of one request of a download."""
_PARALLEL = 4
"""Parts of one upload on the way at once; in a folder one, so that none holds on to room after a failure."""
_PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to delete."""
_PATIENCE = 10.0
"""Seconds after which no further attempt is made: a silent store takes longer to time out."""


@dataclass(frozen=True)
class StoredObject:
    """An entry of a listing; ``size`` in bytes."""

    key: str
    size: int
    modified: datetime


class Storage:
    """A place for objects.

    Args:
        url: ``file:///folder``, ``s3://bucket/folder``, ``gs://bucket/folder`` or ``az://container/folder``.

    Raises:
        UsageError: ``storage-url-invalid``, ``storage-endpoint-invalid``.

    Every method raises the errors that `voxcue.storage.failures.guard` names. It may be used by many threads.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._to = connect(url)

    def put(self, key: str, data: bytes | Path, content_type: str | None = None) -> None:
        """Store an object; a file is streamed. It appears whole, or not at all.

        Args:
            key: where; an object that is there is replaced.
            data: the bytes, or the file that holds them.
            content_type: what a link will say it is; local folders do not keep it.
        """
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        large = size > _PART
        kept = {"Content-Type": content_type} if content_type and not self._to.root else None
        with guard(self.url):
            writable(key)
            if large:  # a silent store is found out by a small request, which does not wait as long
                self._reach(key)
            obstore.put(
                self._to.bulk if large else self._to.quick,
                key,
                data,
                attributes=kept,
                use_multipart=large,
                chunk_size=_PART,
                max_concurrency=1 if self._to.root else _PARALLEL,
            )

    def get(self, key: str) -> bytes:
        """The whole object.

        Raises:
            NotFoundError: ``object-missing``.
        """
        with guard(self.url, readable(key)):
            return bytes(obstore.get(self._to.bulk, key).bytes())

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of an object from ``start`` to before ``end``, some megabytes at a time.

        Each chunk is a request of its own, so that a slow reader holds no connection.

        Raises:
            NotFoundError: ``object-missing``.
        """
        size = self.size(key)
        end = size if end is None else min(end, size)
        while start < end:
            stop = min(start + _PART, end)
            with guard(self.url, key):
                chunk = bytes(obstore.get_range(self._to.bulk, key, start=start, end=stop))
            yield chunk
            start = stop

    def size(self, key: str) -> int:
        """Bytes of an object.

        Raises:
            NotFoundError: ``object-missing``.
        """
        with guard(self.url, readable(key)):
            try:
                return obstore.head(self._to.quick, key)["size"]
            except FileNotFoundError:
                for _ in obstore.list(self._to.quick, key):  # says so when it is the bucket that is missing
                    break
                raise

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin with the folder ``prefix``, in no order."""
        prefix = prefix.rstrip("/")
        with guard(self.url):
            found = obstore.list(self._to.quick, writable(prefix) if prefix else None, chunk_size=1000)
        while True:
            with guard(self.url):
                batch = next(found, ())
            if not batch:
                return
            for meta in batch:
                yield StoredObject(meta["path"], meta["size"], meta["last_modified"])

    def halves(self, prefix: str) -> Iterator[StoredObject]:
        """What is being written under ``prefix``, or was when its writer was killed: local folders only."""
        if self._to.root is None:
            return
        for path in local.halves(self._to.root, writable(prefix)):
            with suppress(FileNotFoundError):
                state = path.stat()
                modified = datetime.fromtimestamp(state.st_mtime, UTC)
                yield StoredObject(path.relative_to(self._to.root).as_posix(), state.st_size, modified)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; one that is not there is no error. A folder is removed with its last file."""
        wanted = [writable(key) for key in keys]
        for first in range(0, len(wanted), 1000):
            batch = wanted[first : first + 1000]
            with guard(self.url):
                try:
                    self._delete(batch)
                except FileNotFoundError as error:
                    if bucket_missing(error):
                        raise
                    for key in batch:
                        with suppress(FileNotFoundError):
                            obstore.delete(self._to.quick, key)

    def delete_half(self, half: StoredObject) -> None:
        """Remove what `halves` found, and the folders that it leaves empty."""
        assert self._to.root is not None
        with guard(self.url):
            local.remove(self._to.root, self._to.root / half.key)

    def link(self, key: str, seconds: int) -> str | None:
        """A URL under which anyone can fetch the object for so long; ``None``: a local folder has none."""
        if isinstance(self._to.quick, LocalStore):
            return None
        with guard(self.url, readable(key)):
            return obstore.sign(self._to.quick, "GET", key, timedelta(seconds=seconds))

    def _delete(self, batch: Sequence[str]) -> None:
        """Remove objects by one request. obstore does not repeat it when the connection breaks; so we do."""
        began = time.monotonic()
        for pause in _PAUSES:
            try:
                return obstore.delete(self._to.quick, batch)
            except BaseError as error:
                if not lost_at_once(error) or time.monotonic() - began > _PATIENCE:
                    raise
            time.sleep(pause)
        return obstore.delete(self._to.quick, batch)

    def _reach(self, key: str) -> None:
        with suppress(FileNotFoundError):
            obstore.head(self._to.quick, key)
