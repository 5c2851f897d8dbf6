"""A start from a network volume: small files unpacked on the local disk, large ones read ahead.

An environment is laid out anew in a local folder: what the pack holds as files, everything else as links to
the volume, so that nothing is missing if a start opens more than the recorded one did. Large files (shared
libraries, weights) stay where they are and are read by several threads at once into the kernel's cache while
the interpreter starts: one thread of a network file system waits for a round trip most of the time.
"""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from voxcue.volume.packing import Manifest, read_manifest

_THREADS = 6
_BLOCK = 1 << 20
"""Bytes that one thread reads at a time: what the start itself reads queues behind them."""


def hydrate(volume: Path, environment: Path, pack: Path, local: Path) -> Path:
    """Lay an environment out in ``local`` and begin to read its large files ahead.

    Args:
        volume: the folder that holds the environment.
        environment: where it is.
        pack: made by `voxcue.volume.packing.pack` for this environment.
        local: a folder that does not exist yet, or that an earlier call has made.

    Returns:
        ``local``; its ``bin/python`` starts the environment.

    Raises:
        OSError: the volume or the local disk fails.
        ValueError: the pack is damaged.
    """
    content = read(pack)
    with _opened(content) as archive:
        manifest = read_manifest(archive)
        if local.is_dir():
            if local.stat().st_uid != os.getuid():
                raise PermissionError(f"'{local}' is somebody else's")
            read_ahead(volume / path for path in manifest.large)
            return local
        made = Path(tempfile.mkdtemp(prefix=f"{local.name}-", dir=local.parent))
        try:
            _lay_out(archive, content, manifest, environment, made)
            made.rename(local)
        except OSError:
            if not local.is_dir():  # another process was faster otherwise
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    read_ahead(volume / path for path in manifest.large)
    return local


def read(path: Path) -> bytes:
    """A whole file, read in parallel. Raises OSError."""
    size = path.stat().st_size
    content = bytearray(size)
    view = memoryview(content)

    def block(start: int) -> None:
        length = min(_BLOCK, size - start)
        if os.preadv(descriptor, [view[start : start + length]], start) != length:
            raise OSError(f"'{path}' became shorter while it was read")

    descriptor = os.open(path, os.O_RDONLY)
    try:
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(block, range(0, size, _BLOCK)))
    finally:
        os.close(descriptor)
    return bytes(content)


def read_ahead(paths: Iterable[Path]) -> Thread:
    """Read files into the kernel's cache in the background; one that cannot be read is passed over."""

    def block(each: tuple[Path, int]) -> None:
        path, start = each
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.pread(descriptor, _BLOCK, start)
            finally:
                os.close(descriptor)

    def work() -> None:
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(block, _blocks(paths)))

    thread = Thread(target=work, name="voxcue-read-ahead", daemon=True)
    thread.start()
    return thread


def _blocks(paths: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for path in paths:
        with suppress(OSError):
            yield from ((path, start) for start in range(0, path.stat().st_size, _BLOCK))


@contextmanager
def _opened(content: bytes) -> Generator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            yield archive
    except tarfile.TarError as error:
        raise ValueError(f"the pack cannot be read: {error}") from error


def _lay_out(
    archive: tarfile.TarFile, content: bytes, manifest: Manifest, environment: Path, made: Path
) -> None:
    for folder, names in manifest.folders.items():  # parents come first
        (made / folder).mkdir(exist_ok=True)
        for name in names:
            (made / folder / name).symlink_to(environment / folder / name)
    view = memoryview(content)
    members = list(archive)[1:]  # after the manifest
    if len(members) != manifest.files or members[-1].offset_data + members[-1].size > len(content):
        raise ValueError("the pack ends before its end")
    for member in members:
        if not member.isreg():
            raise ValueError(f"the pack holds '{member.name}', which is no file")
        target = made / member.name
        if made not in target.resolve().parents:
            raise ValueError(f"the pack holds '{member.name}', which is outside")
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode & 0o777)
        try:
            os.write(descriptor, view[member.offset_data : member.offset_data + member.size])
        finally:
            os.close(descriptor)
