"""Leases: one builder at a time among machines that share nothing but a folder.

No lock of the file system is needed and no clock is compared. The lease ``NAME`` is taken by creating the
file ``NAME.<n>.json``, which must not exist: whoever creates generation n+1 has it, and no generation is
created twice, because the newest file stays. The holder writes it over every few seconds. Who sees generation
n given back, or unchanged for `Rhythm.expiry` seconds of his own clock, may create n+1.

A holder that was only asleep finds n+1 when it wakes, and stops. Until it looks it may go on with its work,
so work is published by what works once only: the rename of a folder to a name that is free.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from threading import Event, Lock, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar

from voxcue.cancel import checkpoint
from voxcue.volume import record as records
from voxcue.volume.progress import Progress, Report
from voxcue.volume.record import Record

T = TypeVar("T")

_NAME = re.compile(r"(?P<name>.+)\.(?P<generation>\d+)\.json")


@dataclass(frozen=True)
class Rhythm:
    """Seconds between two heartbeats, and without one until a holder is taken for dead.

    ``expiry`` is longer than what a network file system may keep from its readers, and than the pauses of a
    machine that is busy.
    """

    beat: float = 2.0
    expiry: float = 30.0


class LostError(Exception):
    """The lease has gone to another; the work is not to be published."""


class Lease:
    """A lease that this process holds; use as a context manager, which gives it back."""

    def __init__(self, path: Path, record: Record, rhythm: Rhythm) -> None:
        self.path = path
        name, self.generation = parsed(path) or (path.stem, 0)
        self._next = path.with_name(f"{name}.{self.generation + 1}.json")
        self._record = record
        self._rhythm = rhythm
        self._lock = Lock()
        self._end = Event()
        self._lost = False
        self._thread = Thread(target=self._beat, name=f"voxcue-lease-{name}", daemon=True)

    def tell(self, progress: Progress) -> None:
        """Have the next heartbeat say where the work is."""
        self._record = replace(
            self._record,
            what=progress.what[:100],
            stage=progress.stage[:40],
            seconds=round(progress.seconds, 1),
            done=progress.done,
            total=progress.total,
        )

    def check(self) -> None:
        """Raises LostError once another has the lease, or someone has removed it."""
        if self._lost:
            raise LostError

    def look(self) -> None:
        """The same, of the volume as it is now."""
        self._lost = self._lost or self._taken()
        self.check()

    def _beat(self) -> None:
        while not self._end.wait(self._rhythm.beat):
            with self._lock:
                if not self._end.is_set():
                    self._write(held=True)
            self._lost = self._lost or self._taken()

    def _write(self, *, held: bool) -> None:
        self._record = replace(self._record, beat=self._record.beat + 1, held=held)
        try:
            records.write(self.path, self._record)
        except FileNotFoundError:
            self._lost = True
        except OSError:  # a volume that fails: the work itself will say so
            pass

    def _taken(self) -> bool:
        try:
            records.read(self._next)
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        with self._lock:
            self._write(held=False)


class Watch:
    """Looks at leases of others again and again, and tells who has died."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._seen: dict[Path, bytes] = {}
        self._at: dict[Path, float] = {}
        self._silent: dict[Path, float] = {}
        self._alive: set[Path] = set()

    def is_over(self, path: Path) -> bool:
        """Whether a lease was given back, or its holder is dead by now. Raises OSError."""
        now = monotonic()
        try:
            content = records.read(path)
        except FileNotFoundError:
            return True
        record = records.decoded(content)
        if record and (not record.held or records.has_ended(record)):
            return True
        if self._seen.get(path) != content:
            if path in self._seen:
                self._alive.add(path)
            self._seen[path], self._silent[path] = content, 0.0
        else:  # a watcher that slept itself has not watched
            self._silent[path] += min(now - self._at[path], self._rhythm.beat)
        self._at[path] = now
        return self._silent[path] >= self._rhythm.expiry

    def is_alive(self, path: Path) -> bool:
        """Whether a heartbeat was seen."""
        return path in self._alive

    def record(self, path: Path) -> Record | None:
        """What the lease said when it was last looked at."""
        return records.decoded(self._seen.get(path, b""))


def parsed(path: Path) -> tuple[str, int] | None:
    """The name and the generation of a lease's file."""
    found = _NAME.fullmatch(path.name)
    return (found["name"], int(found["generation"])) if found else None


def generations(folder: Path) -> dict[str, list[int]]:
    """All leases in a folder that have generations, the newest one last; cached listings may lack some."""
    found: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*.json")):
        if each := parsed(path):
            found.setdefault(each[0], []).append(each[1])
    return {name: sorted(each) for name, each in found.items()}


def take(folder: Path, name: str, rhythm: Rhythm, report: Report, done: Callable[[], T | None]) -> Lease | T:
    """Take a lease, waiting for who has it.

    Args:
        folder: that of the leases.
        name: of the lease.
        rhythm: of its heartbeats.
        report: is told what the holder is doing.
        done: what the lease is wanted for; asked while waiting, and once it is here nothing is taken.

    Returns:
        The lease, or what ``done`` has found.

    Raises:
        OSError: the volume fails.
    """
    watch = Watch(rhythm)
    generation = max(generations(folder).get(name, [0]))
    begun = monotonic()
    told = -0.5
    while True:
        checkpoint()
        if (found := done()) is not None:
            return found
        path = folder / f"{name}.{generation}.json"
        if generation == 0 or watch.is_over(path):
            following = folder / f"{name}.{generation + 1}.json"
            record = records.own(token_hex(8))
            try:
                records.create(following, record)
                return Lease(following, record, rhythm)
            except FileExistsError:
                generation += 1
                continue
        if (waited := monotonic() - begun) >= told + 0.5:
            told = waited
            report(_seen(watch.record(path), name, waited))
        sleep(min(rhythm.beat / 2, 1.0))


def _seen(record: Record | None, name: str, waited: float) -> Progress:
    if record is None or not record.what:
        what = name.replace("env-", "environment ")
        return Progress(what, "starting", waited, builder=record.host if record else "not known yet")
    return Progress(record.what, record.stage, record.seconds, record.done, record.total, record.host)


class Use:
    """A lease that many hold at once: it says that something is in use, and stops nobody.

    It is kept as well as can be: a volume that is full or read-only is no reason not to run from it.
    """

    def __init__(self, folder: Path, key: str, rhythm: Rhythm) -> None:
        owner = token_hex(8)
        self.path = folder / f"use-{key}.{owner}.use"
        self._record = records.own(owner)
        self._rhythm = rhythm
        self._end = Event()
        self._thread = Thread(target=self._beat, name="voxcue-use", daemon=True)

    def _beat(self) -> None:
        while not self._end.wait(self._rhythm.beat):
            self._write()

    def _write(self) -> None:
        self._record = replace(self._record, beat=self._record.beat + 1)
        try:
            records.write(self.path, self._record)
        except FileNotFoundError:
            self._create()
        except OSError:
            pass

    def _create(self) -> None:
        with suppress(OSError):
            records.create(self.path, self._record)

    def __enter__(self) -> Self:
        self._create()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(self._rhythm.beat)
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def uses(folder: Path, key: str) -> list[Path]:
    """The use leases of an environment."""
    return sorted(folder.glob(f"use-{key}.*.use"))


def current(folder: Path) -> list[Path]:
    """The newest generation of every lease."""
    return [folder / f"{name}.{each[-1]}.json" for name, each in generations(folder).items()]


def drop(paths: list[Path]) -> int:
    """Remove the files of leases: bytes freed. Raises OSError."""
    freed = 0
    for path in paths:
        freed += path.stat().st_size
        path.unlink()
    return freed
