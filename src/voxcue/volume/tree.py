"""Folders with thousands of small files, on a file system where each costs a round trip: many at once."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_THREADS = 32
_BLOCK = 1 << 20


def scan(root: Path) -> dict[str, int]:
    """The size in bytes of every file below a folder, by its path relative to it; of links, their own.

    Raises OSError.
    """
    files: dict[str, int] = {}
    folders = [root]
    while folders:
        below: list[Path] = []
        for found, inner in parallel(_list, folders):
            files.update((os.path.relpath(path, root), size) for path, size in found)
            below += inner
        folders = below
    return files


def remove(root: Path) -> int:
    """Remove a folder with all that is in it: bytes freed. What another removes at the same time is no error.

    Raises OSError.
    """
    freed = 0
    levels = [[root]]
    while levels[-1]:
        below: list[Path] = []
        for bytes_, inner in parallel(_empty, levels[-1]):
            freed += bytes_
            below += inner
        levels.append(below)
    for level in reversed(levels):
        list(parallel(_rmdir, level))
    return freed


def copy(source: Path, target: Path, files: Iterable[str], *, first: str) -> Iterator[int]:
    """Copy files into a folder that is there; yields the bytes of each file that is.

    Folders are made without those above them: once somebody takes ``target`` away, nothing brings it back.

    Args:
        source: the folder that they are in.
        target: the folder to copy to.
        files: their paths, relative to both.
        first: the one that is copied before all others.

    Raises:
        OSError: either side fails.
    """
    yield _copy(source / first, target / first)
    rest = _spread(path for path in files if path != first)
    folders = {above for path in rest for above in Path(path).parents if above != Path()}
    for depth in sorted({len(folder.parts) for folder in folders}):
        list(parallel(Path.mkdir, (target / each for each in folders if len(each.parts) == depth)))
    yield from parallel(lambda path: _copy(source / path, target / path), rest)


def free(path: Path) -> int:
    """Bytes free where a path is, or would be. Raises OSError."""
    while not path.exists() and path != path.parent:
        path = path.parent
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def parallel(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Do the work in many threads; results come in order."""
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            yield from pool.map(work, items)
        finally:
            pool.shutdown(cancel_futures=True)


def _spread(files: Iterable[str]) -> list[str]:
    """Files in turn from one folder after the other: a folder takes one new file at a time."""
    counts: Counter[Path] = Counter()
    ranked = []
    for path in files:
        folder = Path(path).parent
        counts[folder] += 1
        ranked.append((counts[folder], path))
    return [path for _, path in sorted(ranked, key=itemgetter(0))]


def _copy(source: Path, target: Path) -> int:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return 0
    mode = source.stat().st_mode & 0o777
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        shutil.copyfileobj(reading, writing, _BLOCK)
        return reading.tell()


def _list(folder: Path) -> tuple[list[tuple[str, int]], list[Path]]:
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            else:
                files.append((entry.path, entry.stat(follow_symlinks=False).st_size))
    return files, folders


def _empty(folder: Path) -> tuple[int, list[Path]]:
    freed = 0
    try:
        files, folders = _list(folder)
    except FileNotFoundError:
        return 0, []
    except NotADirectoryError:
        files, folders = [(str(folder), folder.lstat().st_size)], []
    for path, size in files:
        with suppress(FileNotFoundError):
            Path(path).unlink()
            freed += size
    return freed, folders


def _rmdir(folder: Path) -> None:
    with suppress(FileNotFoundError):
        folder.rmdir()
