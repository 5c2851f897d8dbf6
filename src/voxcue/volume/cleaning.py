"""Cleaning: what dead builders have left, and environments that nobody uses any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from voxcue.cancel import checkpoint
from voxcue.volume import failures, leases, tree
from voxcue.volume.building import take_away
from voxcue.volume.volume import Volume


@dataclass(frozen=True)
class Removed:
    """One thing that is removed, or would be; ``bytes`` freed by it."""

    kind: str
    """ "environment", "pack", "leftover" or "lease"."""
    path: Path
    bytes: int


def clean(volume: Volume, keep: Iterable[str], *, dry_run: bool = False) -> list[Removed]:
    """Remove what no living process needs.

    Takes as long as a dead holder's lease takes to expire, where one may be dead.

    Args:
        volume: where.
        keep: keys of environments that stay, used or not.
        dry_run: only say what would go.

    Raises:
        UnavailableError: ``volume-missing``, ``volume-gone``.
        OutputError: ``volume-read-only``, ``volume-unwritable``.
    """
    if not volume.root.parent.is_dir():
        raise failures.missing(volume.root)
    with failures.translated(volume.root):
        return _Cleaning(volume, set(keep), dry_run).run() if volume.root.is_dir() else []


def over(paths: Iterable[Path], rhythm: leases.Rhythm) -> set[Path]:
    """Those of the leases whose holders are dead, or have given them back: watches until that is known.

    Raises OSError.
    """
    watch = leases.Watch(rhythm)
    open_, found = set(paths), set[Path]()
    latest = monotonic() + 2 * rhythm.expiry
    while open_:
        checkpoint()
        for path in sorted(open_):
            if watch.is_over(path):
                found.add(path)
        open_ = {path for path in open_ - found if not watch.is_alive(path)}
        if monotonic() > latest:
            break
        if open_:
            sleep(min(rhythm.beat / 2, 1.0))
    return found


class _Cleaning:
    def __init__(self, volume: Volume, keep: set[str], dry_run: bool) -> None:
        self._volume = volume
        self._keep = keep
        self._dry_run = dry_run
        self._removed: list[Removed] = []

    def run(self) -> list[Removed]:
        newest = leases.current(self._volume.leases)
        used = sorted(self._volume.leases.glob("use-*.use"))
        over_ = over([*newest, *used], self._volume.rhythm)
        self._environments({path for path in used if path not in over_})
        self._leftovers({path.name for path in newest if path not in over_})
        self._leases(over_)
        return self._removed

    def _environments(self, alive: set[Path]) -> None:
        in_use = {path.name.removeprefix("use-").partition(".")[0] for path in alive}
        for path in sorted(self._volume.envs.glob("*")):
            if path.name in self._keep | in_use:
                continue
            seen = set(leases.uses(self._volume.leases, path.name))
            if self._dry_run:
                self._note("environment", path, sum(tree.scan(path).values()))
            elif aside := take_away(self._volume.root, path):
                if set(leases.uses(self._volume.leases, path.name)) - seen:  # a worker that has just started
                    aside.rename(path)
                    continue
                self._note("environment", path, tree.remove(aside))
            for pack in sorted((self._volume.root / "packs").glob(f"{path.name}*")):
                self._file("pack", pack)

    def _leftovers(self, building: set[str]) -> None:
        for path in sorted(self._volume.tmp.glob("*")):
            name, _, rest = path.name.partition(".")
            if f"{name}.{rest.partition('.')[0]}.json" in building:
                continue
            if self._dry_run:
                self._note("leftover", path, sum(tree.scan(path).values()) if path.is_dir() else 0)
            elif aside := take_away(self._volume.root, path):
                self._note("leftover", path, tree.remove(aside))

    def _leases(self, over_: set[Path]) -> None:
        """Older generations go; the newest one only with its environment, so that none comes twice."""
        newest = {path: path in over_ for path in leases.current(self._volume.leases)}
        for path in sorted(self._volume.leases.glob("*")):
            named = leases.parsed(path)
            if path in newest:
                key = named[0].removeprefix("env-") if named else ""
                gone = key not in self._keep and not (self._volume.envs / key).exists()
                is_dead = newest[path] and gone and named is not None and named[0].startswith("env-")
            elif named:
                is_dead = True
            else:
                is_dead = path in over_ or path.suffix != ".use"
            if is_dead:
                self._file("lease", path)

    def _file(self, kind: str, path: Path) -> None:
        try:
            size = path.stat().st_size
            if not self._dry_run:
                path.unlink()
        except (FileNotFoundError, IsADirectoryError):
            return
        self._note(kind, path, size)

    def _note(self, kind: str, path: Path, size: int) -> None:
        self._removed.append(Removed(kind, path, size))
