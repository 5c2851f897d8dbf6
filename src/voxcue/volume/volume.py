"""The volume: environments and weights that many machines share, built once.

    envs/<key>/     an environment, immutable; the key says what it was built from
    models/         weights, kept by `voxcue.models`
    packs/          files of environments that a start opens, for `voxcue.volume.hydrating`
    leases/         who builds, and who uses what
    tmp/            what is being built

Every change of what others see is one rename.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from voxcue.volume import failures, weights
from voxcue.volume.building import build
from voxcue.volume.environment import Environment, Manifest
from voxcue.volume.leases import Lease, LostError, Rhythm, take
from voxcue.volume.lockfile import Interpreter, LockFile
from voxcue.volume.progress import Progress, Report

T = TypeVar("T")

_LOCKS = Path(__file__).with_name("locks")
_FOLDERS = ("envs", "models", "leases", "tmp")


def _silent(_progress: Progress) -> None:
    pass


class Volume:
    """A folder that is, or may be, shared: any POSIX file system.

    Args:
        root: the folder; its parent has to exist.
        rhythm: of the leases; every machine that uses the volume has the same.
    """

    def __init__(self, root: Path, rhythm: Rhythm | None = None) -> None:
        self.root = root.expanduser().absolute()
        self.rhythm = rhythm or Rhythm()

    @property
    def envs(self) -> Path:
        """The environments."""
        return self.root / "envs"

    @property
    def models(self) -> Path:
        """The weights: what VOXCUE_MODELS is for whoever runs from the volume."""
        return self.root / "models"

    @property
    def leases(self) -> Path:
        """The leases."""
        return self.root / "leases"

    @property
    def tmp(self) -> Path:
        """What is being built."""
        return self.root / "tmp"

    def check(self) -> None:
        """Make the folders of the volume, and write into it.

        Raises:
            UnavailableError: ``volume-missing``, ``volume-gone``.
            OutputError: ``volume-full``, ``volume-read-only``, ``volume-unwritable``.
        """
        if not self.root.parent.is_dir():
            raise failures.missing(self.root)
        with failures.translated(self.root):
            self.root.mkdir(exist_ok=True)
            for name in _FOLDERS:
                (self.root / name).mkdir(exist_ok=True)
            probe = self.leases / f"probe-{token_hex(4)}"
            descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                os.write(descriptor, bytes(4096))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
                probe.unlink(missing_ok=True)

    @staticmethod
    def lock_file(name: str = "auto") -> Path:
        """The lock of that name: "cuda", "cpu", "auto" (by whether this machine has a GPU), or a path.

        Raises:
            UnavailableError: ``volume-lock-missing``.
        """
        if name == "auto":
            name = "cuda" if Path("/dev/nvidiactl").exists() else "cpu"
        path = _LOCKS / f"{name}.txt" if name in ("cuda", "cpu") else Path(name).expanduser()
        if not path.is_file():
            raise failures.lock_missing(path)
        return path

    @staticmethod
    def key(lock: Path, python: Interpreter | None = None) -> str:
        """The name of the environment that a lock gives, for this Python or another one."""
        return LockFile.read(lock).key(python or Interpreter.running())

    def find(self, lock: Path, python: Interpreter | None = None) -> Environment | None:
        """The environment of a lock, if it is published; nothing is written.

        Raises:
            UnavailableError: ``volume-missing``, ``volume-gone``, ``volume-lock-missing``,
                ``volume-lock-unusable``.
        """
        key = self.key(lock, python)
        manifest = Manifest.read(self.envs / key)
        if manifest is None or manifest.key != key:
            if not self.root.parent.is_dir():
                raise failures.missing(self.root)
            return None
        found = Environment(key, self.envs / key, self.rhythm)
        return found if found.python.exists() else None

    def environments(self) -> list[Environment]:
        """All that are published, of whatever lock. Raises OSError."""
        found = [Environment(path.name, path, self.rhythm) for path in sorted(self.envs.glob("*"))]
        return [each for each in found if each.manifest]

    def set_up(
        self,
        lock: Path,
        models: Sequence[str] = (),
        report: Report = _silent,
        python: Interpreter | None = None,
    ) -> Environment:
        """Build what is missing of an environment and of models, or wait for who does; both may be there.

        A builder that dies is followed by one of those who wait. A volume on which nothing is missing need
        not be writable.

        Args:
            lock: requirements with hashes.
            models: names of `voxcue.models`, or folders of fine-tunes.
            report: is told of the work, here or elsewhere.
            python: what the environment is for; this interpreter by default.

        Raises:
            VoxcueError: those of `check`, `lock_file` and `find`, of `voxcue.volume.building.build` and of
                `voxcue.models.fetch`.
        """
        read = LockFile.read(lock)
        chosen = python or Interpreter.running()
        found = self.find(lock, chosen)
        if found and not weights.missing(self.models, models):
            return found
        self.check()
        found = self._once(
            f"env-{read.key(chosen)}",
            lambda: self.find(lock, chosen),
            lambda lease: build(self.root, read, chosen, lease, report),
            report,
        )
        environment = found

        def fetch(lease: Lease) -> None:
            for entry in weights.missing(self.models, models):
                weights.fetch(self.models, entry, environment, lease, report)

        self._once("models", lambda: weights.missing(self.models, models) == [] or None, fetch, report)
        return Environment(found.key, found.path, self.rhythm)

    def _once(
        self, name: str, done: Callable[[], T | None], work: Callable[[Lease], object], report: Report
    ) -> T:
        """Have some work done by one machine, whichever that is: what ``done`` finds then."""
        while True:
            with failures.translated(self.root):
                if not self.leases.is_dir():
                    raise failures.gone(self.root)
                lease = take(self.leases, name, self.rhythm, report, done)
            if not isinstance(lease, Lease):
                return lease
            try:
                with lease:
                    if (found := done()) is not None:
                        return found
                    work(lease)
            except LostError:
                report(Progress(name.replace("env-", "environment "), "taken over by another worker"))
