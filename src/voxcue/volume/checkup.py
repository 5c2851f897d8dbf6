"""What may be wrong with a volume, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError

from voxcue.errors import VoxcueError
from voxcue.models import known, names
from voxcue.models.store import sha256
from voxcue.volume import failures, measuring, tree, weights
from voxcue.volume.cleaning import over
from voxcue.volume.environment import Environment, faults
from voxcue.volume.lockfile import Interpreter, LockFile
from voxcue.volume.progress import size
from voxcue.volume.status import status
from voxcue.volume.volume import Volume

_LEAST_FREE = 100_000_000
"""Bytes under which a volume is about to be full."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``hint`` says what to do if it is not well."""

    what: str
    well: bool
    said: str
    hint: str = ""


def examine(volume: Volume, lock: Path, models: Sequence[str], *, deep: bool = False) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at because of an earlier one is left out.

    Args:
        volume: where.
        lock: what the environment is to be built from.
        models: the names of those that are to be there.
        deep: whether every file is read, and compared with its hash.

    Raises:
        UnavailableError: ``volume-lock-missing``, ``volume-lock-unusable``.
        UsageError: ``model-unknown``.
    """
    read = LockFile.read(lock)
    try:
        yield _mount(volume)
        volume.check()
        yield Finding("rights", True, "can be written to")
        with failures.translated(volume.root):
            yield from _look(volume, read, models, deep=deep)
    except VoxcueError as error:
        if error.code.startswith("model-"):
            raise
        yield Finding("volume", False, error.message, error.hint)


def _look(volume: Volume, lock: LockFile, models: Sequence[str], *, deep: bool) -> Iterator[Finding]:
    environment = volume.find(lock.path)
    lacking = weights.missing(volume.models, models)
    needed = sum(entry.size or 0 for entry in lacking) + (0 if environment else lock.size or 0)
    yield _space(volume, needed)
    files = tree.scan(environment.path) if environment else {}
    yield _speed(volume, environment, files)
    if environment is None:
        key = lock.key(Interpreter.running())
        hint = "Build it: voxcue volume setup"
        yield Finding("environment", False, f"{key} for '{lock.path.name}' is not there", hint)
    else:
        yield _interpreter(environment)
        yield _whole(environment, files, deep=deep)
    yield from (_model(volume, name, deep=deep) for name in models if name in names())
    yield from _left(volume)


def _mount(volume: Volume) -> Finding:
    device, kind = _file_system(volume.root)
    return Finding("mount", True, f"'{volume.root}' is on {kind} ({device})")


def _space(volume: Volume, needed: int) -> Finding:
    free = tree.free(volume.root)
    said = f"{size(free)} free" + (f", {size(needed)} still to come" if needed else "")
    hint = "Run 'voxcue volume clean', or give the volume more space."
    return Finding("space", free >= max(needed, _LEAST_FREE), said, hint)


def _speed(volume: Volume, environment: Environment | None, files: dict[str, int]) -> Finding:
    largest = sorted(files, key=files.__getitem__)[-1:]
    blobs = sorted((volume.models / "blobs").glob("*"))
    candidates = [*blobs, *(environment.path / name for name in largest if environment)]
    rate = measuring.bandwidth(volume.tmp, [path for path in candidates if path.is_file()])
    trip = measuring.small_read(volume.tmp)
    return Finding("speed", True, f"a small read takes {trip * 1000:.2f} ms; one reader gets {size(rate)}/s")


def _interpreter(environment: Environment) -> Finding:
    hint = "Start workers with the interpreter that 'voxcue volume setup' ran with, or set up again."
    try:
        found = Interpreter.at(environment.python)
    except (OSError, SubprocessError, ValueError) as error:
        return Finding("interpreter", False, f"'{environment.python}' does not start: {error}", hint)
    manifest, mine = environment.manifest, Interpreter.running()
    same = manifest is not None and found.made_for == mine.made_for
    said = f"Python {found.version} of {found.base_prefix}"
    return Finding("interpreter", same, said if same else f"{said}, here {mine.version}", hint)


def _whole(environment: Environment, files: dict[str, int], *, deep: bool) -> Finding:
    wrong = faults(environment.path, files, deep=deep)
    manifest = environment.manifest
    said = f"{environment.key}, {len(files):,} files, {size(sum(files.values()))}"
    hint = f"Stop the workers that use it, remove '{environment.path}', and run: voxcue volume setup"
    if wrong:
        said += f"; {len(wrong)} damaged, first '{wrong[0].path}'"
    elif manifest and len(files) - 1 < manifest.files:
        said += f"; {manifest.files - len(files) + 1} missing"
        return Finding("environment", False, said, hint)
    return Finding("environment", not wrong, said, hint if wrong else "")


def _model(volume: Volume, name: str, *, deep: bool) -> Finding:
    entry = known(name)
    hint = f"Fetch it: voxcue volume setup --model {name}"
    model = weights.held(volume.models, entry)
    if model is None:
        return Finding("model", False, f"{name} is not there, or not whole", hint)
    if not deep:
        return Finding("model", True, f"{name}: every file has its size")
    for file in entry.files:
        if sha256(model.files[file.role]) != file.sha256:
            remedy = f"Run 'voxcue models fetch {name}' with VOXCUE_MODELS={volume.models}"
            return Finding("model", False, f"{name}: '{file.path}' has another SHA-256", remedy)
    return Finding("model", True, f"{name}: every file has its SHA-256")


def _left(volume: Volume) -> Iterator[Finding]:
    building = {held.path: held for held in status(volume).building}
    used = sorted(volume.leases.glob("use-*.use"))
    dead = over([*building, *used], volume.rhythm)
    hint = "Whoever needs it next takes it over; 'voxcue volume setup' does it now."
    for path, held in building.items():
        state = "its builder is dead" if path in dead else "is being built"
        yield Finding("lease", path not in dead, f"{held.progress}: {state}", hint)
    live = {path.name.removesuffix(".json") for path in building if path not in dead}
    left = [path for path in volume.tmp.glob("*") if not path.name.startswith(tuple(live) or "\0")]
    stale = [path for path in used if path in dead]
    said = f"{len(left)} leftovers in tmp/, {len(stale)} leases of dead workers"
    yield Finding("order", not left and not stale, said, "Remove them: voxcue volume clean")


def _file_system(path: Path) -> tuple[str, str]:
    """What is mounted where a path is: its source and type (Linux)."""
    best = ("unknown", "an unknown file system")
    length = 0
    with suppress(OSError, ValueError):
        real = path.resolve()
        for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
            device, at, kind = line.split()[:3]
            at = at.replace("\\040", " ")
            if real.is_relative_to(at) and len(at) >= length:
                best, length = (device, kind), len(at)
    return best
