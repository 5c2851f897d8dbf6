"""The file that a fetch writes to, and goes on with after one that broke off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from voxcue.cancel import checkpoint
from voxcue.models.store import Store


class Part:
    """As much of a binary file as downloads need; use as a context manager.

    Args:
        store: the folder that it is in.
        path: the file; what it holds already is kept.
        on_bytes: is told its size after each write.

    Raises:
        OutputError: ``models-unwritable``, from every method.
    """

    def __init__(self, store: Store, path: Path, on_bytes: Callable[[int], None]) -> None:
        self._store = store
        self._on_bytes = on_bytes
        with store.writing():
            self._file = path.open("r+b" if path.exists() else "w+b")
            self._file.seek(0, 2)

    def write(self, data: bytes) -> None:
        """Append; the work may be cancelled here."""
        checkpoint()
        with self._store.writing():
            self._file.write(data)
        self._on_bytes(self._file.tell())

    def tell(self) -> int:
        """How many bytes there are."""
        return self._file.tell()

    def seek(self, offset: int) -> None:
        """Go back, to write again from there."""
        with self._store.writing():
            self._file.seek(offset)

    def truncate(self) -> None:
        """Forget what lies behind."""
        with self._store.writing():
            self._file.truncate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._store.writing():
            self._file.close()
