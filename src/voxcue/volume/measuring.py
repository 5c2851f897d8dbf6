"""How fast a volume is: what a small read costs and how much comes through, past this machine's cache."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from statistics import median
from time import perf_counter

_READS = 30
"""Small files that are read."""
_SMALL = 4096
_LARGE = 64 << 20
"""Bytes that are read of a large file."""
_BLOCK = 1 << 20
_SECONDS = 3.0
"""Longest time for reading them."""


def small_read(tmp: Path) -> float:
    """Seconds for opening, reading and closing a small file: the median of some. Raises OSError."""
    names = [tmp / f"probe-{token_hex(4)}" for _ in range(_READS)]
    try:
        for path in names:
            _write(path, _SMALL)
        taken = []
        for path in names:
            begun = perf_counter()
            with _uncached(path) as descriptor:
                os.read(descriptor, _SMALL)
            taken.append(perf_counter() - begun)
        return median(taken)
    finally:
        for path in names:
            path.unlink(missing_ok=True)


def bandwidth(tmp: Path, candidates: Iterable[Path]) -> float:
    """Bytes a second of one reader, from the largest of some files, or one that is made. Raises OSError."""
    sized = [(path.stat().st_size, path) for path in candidates]
    size, largest = max(sized, default=(0, tmp))
    if size >= _LARGE // 4:
        return _read(largest)
    made = tmp / f"probe-{token_hex(4)}"
    try:
        _write(made, _LARGE // 4)
        return _read(made)
    finally:
        made.unlink(missing_ok=True)


def _read(path: Path) -> float:
    with _uncached(path) as descriptor:
        begun, count = perf_counter(), 0
        while count < _LARGE and perf_counter() - begun < _SECONDS and (data := os.read(descriptor, _BLOCK)):
            count += len(data)
        return count / (perf_counter() - begun)


@contextmanager
def _uncached(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path, size: int) -> None:
    with path.open("xb") as file:
        for _ in range(0, size, _SMALL << 6):
            file.write(os.urandom(min(size, _SMALL << 6)))
        file.flush()
        os.fsync(file.fileno())
