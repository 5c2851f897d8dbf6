"""The errors of the volume, each with its one wording; errors of the system turned into them."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from voxcue.errors import OutputError, UnavailableError, VoxcueError
from voxcue.volume.progress import size
from voxcue.volume.tree import free

_FULL = (errno.ENOSPC, errno.EDQUOT)
_GONE = (
    errno.ENOENT,
    errno.ESTALE,
    errno.ENOTCONN,
    errno.EIO,
    errno.ENODEV,
    errno.EHOSTDOWN,
    errno.ETIMEDOUT,
    errno.ENXIO,
)


@contextmanager
def translated(root: Path) -> Generator[None]:
    """Turn errors of the system into ours.

    Raises:
        UnavailableError: ``volume-missing``, ``volume-gone``.
        OutputError: ``volume-full``, ``volume-read-only``, ``volume-unwritable``.
    """
    try:
        yield
    except OSError as error:
        raise of(root, error) from error


def of(root: Path, error: OSError) -> VoxcueError:
    """What an error of the system means for the volume."""
    if error.errno in _FULL:
        return full(root)
    if error.errno == errno.EROFS:
        return OutputError(
            "volume-read-only",
            f"The volume '{root}' is mounted read-only, and something has to be built on it.",
            "Mount it for writing once, and run: voxcue volume setup",
        )
    if not root.parent.is_dir():
        return missing(root)
    if error.errno in _GONE or not root.is_dir():
        return gone(root)
    return OutputError(
        "volume-unwritable",
        f"The volume '{root}' cannot be written to: {error.strerror or error}.",
        "Check its rights, or choose another folder with VOXCUE_VOLUME.",
    )


def missing(root: Path) -> UnavailableError:
    """A volume that is not mounted."""
    return UnavailableError(
        "volume-missing",
        f"There is no volume at '{root}': the folder '{root.parent}' does not exist.",
        "Attach a network volume to the endpoint, or choose another folder with VOXCUE_VOLUME.",
    )


def gone(root: Path) -> UnavailableError:
    """A volume that was there before."""
    return UnavailableError(
        "volume-gone",
        f"The volume '{root}' vanished while it was used.",
        "Check that it is still mounted; what was complete on it is complete still. Then try again.",
    )


def full(root: Path, needed: int | None = None) -> OutputError:
    """A volume without room; ``needed`` in bytes."""
    why = f": {size(needed)} are needed, {size(free(root))} are free" if needed else ""
    return OutputError(
        "volume-full",
        f"The volume '{root}' is full{why}.",
        "Make room with 'voxcue volume clean', or give the volume more space; then try again.",
    )


def local_full(folder: str) -> OutputError:
    """A disk of this machine without room for what is on its way to the volume."""
    return OutputError(
        "volume-cache-full",
        f"The local disk is full: packages are unpacked in '{folder}' on their way to the volume.",
        "Give the container more disk, or name a folder with room for them in UV_CACHE_DIR.",
    )


def lock_missing(path: Path) -> UnavailableError:
    """A lock that is not there."""
    return UnavailableError(
        "volume-lock-missing",
        f"There is no requirements lock '{path}'.",
        "VOXCUE_VOLUME_LOCK is auto, cuda, cpu, or the path of a lock made by 'uv pip compile'.",
    )


def lock_damaged(path: Path, reason: str) -> UnavailableError:
    """A lock that cannot be read."""
    return UnavailableError(
        "volume-lock-unusable",
        f"The lock '{path}' cannot be used: {reason}.",
        "Make it again with: uv pip compile --universal --generate-hashes",
    )


def uv_missing() -> UnavailableError:
    """No uv."""
    return UnavailableError(
        "volume-uv-missing",
        "An environment has to be built, and the program 'uv', which does it, is not here.",
        "Install it: pip install uv",
    )


def uv_failed(root: Path, lock: Path, output: str, cache: str) -> VoxcueError:
    """What uv says, made short.

    Args:
        root: the volume.
        lock: what was to be installed.
        output: all that uv printed.
        cache: where it unpacks packages.
    """
    said = _gist(output)
    if "No space left" in output or "quota exceeded" in output.lower():
        return full(root) if free(root) < free(Path(cache)) else local_full(cache)
    if "Hash mismatch" in output:
        return UnavailableError(
            "volume-hash-mismatch",
            f"A package is not the one that the lock '{lock.name}' names: {said}.",
            "Do not use it. If the lock is right, the index or a proxy hands out another file.",
        )
    if any(word in output for word in ("Failed to fetch", "error sending request", "network was disabled")):
        return UnavailableError(
            "volume-network",
            f"The packages of the lock '{lock.name}' cannot be fetched: {said}.",
            "Check the network, or UV_INDEX_URL and UV_FIND_LINKS; then try again: what has come is kept.",
        )
    return UnavailableError(
        "volume-install-failed",
        f"The lock '{lock.name}' cannot be installed: {said}.",
        "Make the lock again for this platform and this Python.",
    )


def import_failed(lock: Path, module: str, reason: str) -> UnavailableError:
    """A module that an environment was to have."""
    return UnavailableError(
        "volume-import-failed",
        f"In what was built from the lock '{lock.name}', 'import {module}' fails: {reason.rstrip('.')}.",
        "The environment was not published. The lock, or the machine that built it, lacks something.",
    )


def truncated(root: Path, path: str, found: int, expected: int) -> OutputError:
    """A file that the volume did not keep whole."""
    return OutputError(
        "volume-write-lost",
        f"The volume '{root}' lost what was written: '{path}' has {found:,} bytes of {expected:,}.",
        "Nothing was published. Check the free space and the health of the volume; then try again.",
    )


def step_failed(what: str, output: str) -> VoxcueError:
    """A program of ours that ended badly."""
    return VoxcueError(
        "volume-build-failed",
        f"The environment cannot be built, {what} fails: {_gist(output)}.",
        "Try again; if it ends here too, please report it.",
    )


def _gist(output: str) -> str:
    """The error in what a program printed: at most some 300 characters of one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    begun = next((at for at, line in enumerate(lines) if line.startswith("error:")), None)
    chosen = lines[-1:] if begun is None else lines[begun : begun + 8]
    clean = [line.removeprefix("error:").removeprefix("cause:").strip() for line in chosen]
    said = "; ".join(line for line in dict.fromkeys(clean) if line).replace(":; ", ": ").rstrip(".")
    return said if len(said) <= 300 else f"{said[:299]}…"
