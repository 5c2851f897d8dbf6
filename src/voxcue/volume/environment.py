"""An environment on the volume: a folder that never changes once it is published."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from voxcue.errors import UnavailableError
from voxcue.volume.leases import Rhythm, Use
from voxcue.volume.tree import parallel

MANIFEST = "voxcue.json"


@dataclass(frozen=True)
class Manifest:
    """What is written into an environment before it is published.

    Args:
        key: its name.
        lock: the name of the lock.
        python, base_prefix, platform: of the interpreter that it was made for.
        files, bytes: in it, without this manifest.
        stages: seconds that each stage took.
        made: when, in UTC, by the clock of the machine that built it.
    """

    key: str
    lock: str
    python: str
    base_prefix: str
    platform: str
    files: int = 0
    bytes: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    made: str = ""

    def write(self, folder: Path) -> None:
        """Write it into an environment, to the disk. Raises OSError."""
        with (folder / MANIFEST).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def read(folder: Path) -> Manifest | None:
        """``None`` where there is none, or none that can be read."""
        try:
            return Manifest(**json.loads((folder / MANIFEST).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None


@dataclass(frozen=True)
class Environment:
    """A published environment: a virtual environment with packages of others, and none of ours."""

    key: str
    path: Path
    rhythm: Rhythm = field(default_factory=Rhythm)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.path / "bin" / "python"

    @property
    def manifest(self) -> Manifest | None:
        """What is known of it; ``None`` once it is gone."""
        return Manifest.read(self.path)

    @contextmanager
    def using(self) -> Generator[None]:
        """While this block runs, nobody cleans the environment away.

        Raises:
            UnavailableError: ``volume-environment-gone``: it was cleaned away just before.
        """
        with Use(self.path.parent.parent / "leases", self.key, self.rhythm):
            manifest = self.manifest
            if manifest is None or manifest.key != self.key:
                raise UnavailableError(
                    "volume-environment-gone",
                    f"The environment '{self.path}' is not there any more.",
                    "Build it again: voxcue volume setup",
                )
            yield


@dataclass(frozen=True)
class Fault:
    """A file that is not what its package says; sizes in bytes."""

    path: str
    found: int
    expected: int


def faults(folder: Path, files: dict[str, int], *, deep: bool = False) -> list[Fault]:
    """The files of installed packages that have another size than they should; ``deep`` reads them all.

    Some packages name files that they do not bring: what is missing is told by the count in the manifest.

    Args:
        folder: the environment.
        files: what `voxcue.volume.tree.scan` finds in it.
        deep: whether to compare hashes too; a file with another one is a fault with the size it has.

    Raises:
        OSError: the volume fails.
    """
    named = [each for each in _recorded(folder, files) if each[0] in files]
    found = [Fault(path, files[path], size) for path, size, _ in named if files[path] != size]
    if not deep:
        return found
    bad = {fault.path for fault in found}
    same = parallel(lambda each: each[0] in bad or _hash(folder / each[0]) == each[2], named)
    return found + [
        Fault(path, size, size) for (path, size, _), ok in zip(named, same, strict=True) if not ok
    ]


def _recorded(folder: Path, files: dict[str, int]) -> Iterator[tuple[str, int, str]]:
    """Path, size and SHA-256 of what the packages say that they have installed."""
    records = [path for path in files if path.endswith(".dist-info/RECORD")]
    texts = parallel(lambda path: (folder / path).read_text(encoding="utf-8"), records)
    for record, text in zip(records, texts, strict=True):
        site = Path(record).parent.parent
        for line in text.splitlines():
            name, digest, size = line.rsplit(",", 2) if line.count(",") >= 2 else (line, "", "")
            if digest.startswith("sha256=") and size.isdigit():
                yield os.path.normpath(site / name.strip('"')), int(size), digest[7:]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return urlsafe_b64encode(hashlib.file_digest(file, "sha256").digest()).rstrip(b"=").decode()
