"""The file of a lease: who holds it, how often its heart has beaten, and what the holder is doing.

It is JSON of a fixed length, written over in place, because a network file system may cache a file's size for
longer than its content; and it is read past the page cache, because some mounts keep that for ever.
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

LENGTH = 1024


@dataclass(frozen=True)
class Record:
    """What a lease says.

    Args:
        owner: different for every lease that was ever taken.
        host: the name of the machine, for people.
        pid: the process there.
        place: tells the process from all others that ever ran; "" where that cannot be known.
        beat: goes up while the holder lives.
        held: false once it was given back.
        what, stage, seconds, done, total: its `voxcue.volume.progress.Progress`.
    """

    owner: str
    host: str
    pid: int
    place: str
    beat: int = 0
    held: bool = True
    what: str = ""
    stage: str = ""
    seconds: float = 0.0
    done: int | None = None
    total: int | None = None


def own(owner: str) -> Record:
    """A record of this process."""
    pid = os.getpid()
    return Record(owner, socket.gethostname()[:64], pid, _place(pid))


def read(path: Path) -> bytes:
    """The content of a lease, as it is on the volume now. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.read(descriptor, LENGTH)
    finally:
        os.close(descriptor)


def create(path: Path, record: Record) -> None:
    """Write a lease that must not be there yet. Raises OSError, FileExistsError among them."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        try:
            os.write(descriptor, _encoded(record))
        finally:
            os.close(descriptor)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def write(path: Path, record: Record) -> None:
    """Write over a lease that must be there. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, _encoded(record))
    finally:
        os.close(descriptor)


def decoded(content: bytes) -> Record | None:
    """``None`` for what is not whole: it is being written, or never will be."""
    try:
        return Record(**json.loads(content))
    except (ValueError, TypeError):
        return None


def has_ended(record: Record) -> bool:
    """Whether the holder is a process of this machine that has ended; false where that cannot be known."""
    return bool(record.place) and _here(record.place) and _place(record.pid) != record.place


def _encoded(record: Record) -> bytes:
    return json.dumps(asdict(record)).encode().ljust(LENGTH - 1) + b"\n"


def _here(place: str) -> bool:
    mine = _machine()
    return bool(mine) and place.startswith(f"{mine} ")


@cache
def _machine() -> str:
    """One start of a kernel, and the numbering of processes in it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _place(pid: int) -> str:
    """The machine, and when the process began; "" for one that has ended."""
    try:
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return ""
    alive = fields[0] not in ("Z", "X")
    return f"{_machine()} {fields[19]}" if alive and _machine() else ""
