"""Where fetched bytes go: a file with room for so many and no more."""

from __future__ import annotations

from typing import BinaryIO

from voxcue.cancel import checkpoint
from voxcue.errors import LimitError


class Sink:
    """Writes to ``file``, at most ``max_bytes`` bytes."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._room = max_bytes

    def expect(self, size: int) -> None:
        """Refuse a ``size`` in bytes that was announced, before any of it is read.

        Raises:
            LimitError: ``fetch-too-large``.
        """
        if size > self._max_bytes:
            raise LimitError(
                "fetch-too-large",
                f"What the URL leads to is larger than {self._max_bytes:,} bytes.",
                "Give a smaller file, or the same sound in a compressed format.",
            )

    def write(self, data: bytes) -> None:
        """Append ``data``.

        Raises:
            LimitError: ``fetch-too-large``.
            OSError: the disk is full.
        """
        checkpoint()
        self._room -= len(data)
        self.expect(self._max_bytes - self._room)
        self._file.write(data)
