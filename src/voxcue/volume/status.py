"""What is on the volume, and who is building or using what: for people, and for those who wait."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voxcue.volume import failures, leases
from voxcue.volume.environment import Manifest
from voxcue.volume.progress import Progress
from voxcue.volume.record import Record, decoded, read
from voxcue.volume.volume import Volume


@dataclass(frozen=True)
class Held:
    """A lease that was taken and not given back; ``path`` tells whether it still beats, to who watches."""

    path: Path
    record: Record

    @property
    def progress(self) -> Progress:
        """What the holder says."""
        held = self.record
        stage = held.stage or "starting"
        return Progress(held.what or self.path.stem, stage, held.seconds, held.done, held.total, held.host)


@dataclass(frozen=True)
class Status:
    """The volume at a glance; sizes in bytes."""

    environments: dict[str, Manifest]
    uses: dict[str, int]
    """How many use leases each environment has; those of dead workers too, until they are cleaned."""
    building: list[Held]
    leftovers: list[Path]


def status(volume: Volume) -> Status:
    """Read it off the volume; nothing is written, nobody waited for.

    Raises:
        UnavailableError: ``volume-missing``, ``volume-gone``.
        OutputError: ``volume-unwritable``.
    """
    if not volume.root.parent.is_dir():
        raise failures.missing(volume.root)
    with failures.translated(volume.root):
        manifests = {path.name: Manifest.read(path) for path in sorted(volume.envs.glob("*"))}
        building = [held for path in leases.current(volume.leases) if (held := _held(path))]
        busy = tuple(held.path.name.removesuffix(".json") for held in building)
        return Status(
            {key: manifest for key, manifest in manifests.items() if manifest},
            {key: len(leases.uses(volume.leases, key)) for key in manifests},
            building,
            [path for path in sorted(volume.tmp.glob("*")) if not path.name.startswith(busy)],
        )


def _held(path: Path) -> Held | None:
    try:
        record = decoded(read(path))
    except FileNotFoundError:
        return None
    return Held(path, record) if record and record.held else None
