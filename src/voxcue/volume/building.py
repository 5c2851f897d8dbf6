"""Building an environment: on the local disk, then over to a folder under ``tmp/``, then one rename.

A network file system takes thousands of small files well only from many threads at once, and neither uv nor
Python writes so: they are made where it is fast. Where the local disk has no room, all is done on the volume.

To add a stage, write a function that takes the `Build`, and name it in `STAGES`.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from time import monotonic

from voxcue.cancel import checkpoint
from voxcue.volume import compiling, failures, importing, local, tree, uv
from voxcue.volume.children import Child, clean_environ, wait
from voxcue.volume.environment import Environment, Manifest, faults
from voxcue.volume.leases import Lease, LostError
from voxcue.volume.lockfile import Interpreter, LockFile
from voxcue.volume.progress import Progress, Report

_IMPORT_SECONDS = 1800.0
"""Longest time for importing what an environment was built for, on a slow volume."""
_MARK = "pyvenv.cfg"
"""The file that is written first, and that nothing writes again."""
_COMPILERS = 16
"""Most processes that compile at once."""


@dataclass
class Build:
    """One attempt.

    Args:
        root: the volume.
        lock, python: what it is built from, and for.
        place: where the environment is made; that is ``folder`` where the local disk will not do.
        folder: where it is whole on the volume.
        final: where it is published.
        lease, report: of the builder.
        begun: by the monotonic clock.
        stages: seconds that each has taken.
        copied: size of every file that was copied to ``folder``.
    """

    root: Path
    lock: LockFile
    python: Interpreter
    place: Path
    folder: Path
    final: Path
    lease: Lease
    report: Report
    begun: float = field(default_factory=monotonic)
    stages: dict[str, float] = field(default_factory=dict)
    copied: dict[str, int] = field(default_factory=dict)
    _stage: str = ""
    _told: float = 0.0

    def enter(self, stage: str) -> None:
        """Go on to another stage."""
        self._stage, self._told = stage, 0.0
        self.tell()

    def tell(self, done: int | None = None, total: int | None = None) -> None:
        """Say where it is, twice a second; raises LostError, and what ends cancelled work."""
        self.lease.check()
        checkpoint()
        if monotonic() - self._told >= 0.5:
            self._told = monotonic()
            what = f"environment {self.final.name}"
            progress = Progress(what, self._stage, self._told - self.begun, done, total)
            self.lease.tell(progress)
            self.report(progress)


def make(build: Build) -> None:
    """An empty virtual environment, which may be moved, with an interpreter of its own.

    A link would lead out of the volume, and some network file systems (sshfs) refuse to follow such a one.
    """
    argv = [uv.program(), "venv", "--quiet", "--no-project", "--relocatable"]
    argv += ["--python", build.python.executable, str(build.place)]
    _run_uv(build, argv, lambda _: build.tell())
    python = build.place / "bin" / "python"
    linked = os.path.realpath(build.python.executable)
    copy = python.with_name("python.copy")
    shutil.copyfile(linked, copy)
    copy.chmod(0o755)
    copy.replace(python)
    if not _starts(python):  # one that finds its libraries by where it lies
        python.unlink()
        python.symlink_to(linked)


def install(build: Build) -> None:
    """What the lock names, each package held to its hashes."""
    argv = [uv.program(), "pip", "install", "--python", str(build.place / "bin" / "python")]
    argv += ["--no-deps", "--verify-hashes"] if build.lock.unhashed else ["--require-hashes"]
    argv += ["-r", str(build.lock.path.absolute())]
    before: dict[str, int] = {}

    def tick(child: Child) -> None:
        for stage, sign in (("downloading", r"^ *Downloading "), ("installing", r"^Prepared \d")):
            if stage not in before and re.search(sign, child.err, re.MULTILINE):
                before[stage] = child.written()
                build.enter(stage)
        build.tell(child.written() - before.get("installing", 0), build.lock.size)

    _run_uv(build, argv, tick)


def compile_modules(build: Build) -> None:
    """Byte code for every module, in parallel."""
    files = tree.scan(build.place)
    modules = (path for path in files if path.startswith("lib") and path.endswith(".py"))
    sources = sorted((path for path in modules if "\n" not in path), key=files.__getitem__)
    many = max(1, min(_COMPILERS, os.cpu_count() or 1, len(sources) // 50))
    argv = [str(build.place / "bin" / "python"), "-I", "-B", compiling.__file__]
    argv += [str(build.place), str(build.final)]
    shares = ["\n".join(sources[at::many]).encode(errors="surrogateescape") for at in range(many)]
    children = [Child(argv, clean_environ(), build.root, share) for share in shares]
    _finish(build, children)


def verify(build: Build) -> None:
    """Every file has its size, and everything that the lock promises can be imported."""
    for fault in faults(build.place, tree.scan(build.place))[:1]:
        raise failures.truncated(build.root, fault.path, fault.found, fault.expected)
    argv = [str(build.place / "bin" / "python"), "-I", "-B", importing.__file__, *build.lock.imports]
    latest = monotonic() + _IMPORT_SECONDS

    def tick() -> None:
        build.tell()
        if monotonic() > latest:
            raise failures.import_failed(build.lock.path, _last(child)["module"], "it takes too long")

    with Child(argv, clean_environ(), build.root) as child:
        wait([child], tick)
        status = child.process.returncode
        if status:
            last = _last(child)
            ended = f"the process ended with signal {-status}" if status < 0 else child.err
            reason = last.get("error") or ended
            raise failures.import_failed(build.lock.path, last.get("module", "sys"), reason)


def copy(build: Build) -> None:
    """To the volume, many files at once."""
    if build.place == build.folder:
        return
    build.copied = tree.scan(build.place)
    total, done = sum(build.copied.values()), 0
    build.folder.mkdir()
    for count in tree.copy(build.place, build.folder, build.copied, first=_MARK):
        done += count
        build.tell(done, total)


def publish(build: Build) -> None:
    """To the disk, and then under its name at once; another's that came first is as good."""
    files = tree.scan(build.folder)
    for path, expected in build.copied.items():
        if files.get(path) != expected:
            raise failures.truncated(build.root, path, files.get(path, 0), expected)
    manifest = Manifest(
        key=build.final.name,
        lock=build.lock.path.name,
        python=build.python.version,
        base_prefix=build.python.base_prefix,
        platform=build.python.platform,
        files=len(files),
        bytes=sum(files.values()),
        stages=build.stages,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    manifest.write(build.folder)
    _sync(build.folder)
    build.lease.look()
    (build.folder / _MARK).read_bytes()  # else the folder was taken away from a builder that slept
    try:
        build.folder.rename(build.final)
    except OSError:
        if Manifest.read(build.final) is None:
            raise
    _sync(build.final.parent)


Stage = Callable[[Build], None]

STAGES: tuple[tuple[str, Stage], ...] = (
    ("making", make),
    ("installing", install),
    ("compiling", compile_modules),
    ("verifying", verify),
    ("copying", copy),
    ("publishing", publish),
)


def build(root: Path, lock: LockFile, python: Interpreter, lease: Lease, report: Report) -> Environment:
    """Build an environment, and publish it.

    Raises:
        VoxcueError: ``volume-full``, ``volume-read-only``, ``volume-gone``, ``volume-unwritable``,
            ``volume-cache-full``, ``volume-write-lost``, ``volume-uv-missing``, ``volume-hash-mismatch``,
            ``volume-network``, ``volume-install-failed``, ``volume-import-failed``, ``volume-build-failed``.
        LostError: another builds it now.
    """
    key = lock.key(python)
    folder = root / "tmp" / f"env-{key}.{lease.generation}"
    place = local.place(root, lock, key) or folder
    work = Build(root, lock, python, place, folder, root / "envs" / key, lease, report)
    with failures.translated(root):
        _clear(work)
        _check_room(work)
        try:
            for stage, do in STAGES:
                work.enter(stage)
                begun = monotonic()
                do(work)
                work.stages[stage] = round(monotonic() - begun, 3)
        except BaseException as error:
            _discard(work)
            if isinstance(error, OSError) and _is_lost(lease):
                raise LostError from error
            if isinstance(error, OSError) and error.errno == ENOSPC and place != folder and not work.copied:
                raise failures.local_full(str(place)) from error
            raise
        _discard(work)
    return Environment(key, work.final)


def dead_folders(root: Path, name: str, generation: int) -> list[Path]:
    """What builders before this generation of a lease have left in ``tmp/``. Raises OSError."""
    found = []
    for path in (root / "tmp").glob(f"{name}.*"):
        number = path.name.removeprefix(f"{name}.").partition(".")[0]
        if number.isdigit() and int(number) <= generation:
            found.append(path)
    return found


def take_away(root: Path, path: Path) -> Path | None:
    """Move a folder where nobody publishes it from: its new place, ``None`` if it is gone. Raises OSError."""
    aside = root / "tmp" / f"dead-{path.name}-{os.urandom(4).hex()}"
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    return aside


def _clear(work: Build) -> None:
    """Remove what dead builders have left, and what bears the name but is no environment."""
    for path in dead_folders(work.root, f"env-{work.final.name}", work.lease.generation):
        take_away(work.root, path)
    if work.final.exists() and Manifest.read(work.final) is None:
        take_away(work.root, work.final)
    work.enter("clearing")
    for path in (work.root / "tmp").glob("dead-*"):
        work.lease.check()
        with suppress(OSError):  # a program of a dead builder still writes there
            tree.remove(path)


def _check_room(work: Build) -> None:
    if work.lock.size and tree.free(work.root) < work.lock.size:
        raise failures.full(work.root, work.lock.size)


def _discard(work: Build) -> None:
    """Remove what is left of an attempt; where that fails, the next one does it."""
    if work.place != work.folder:
        local.discard(work.place)
    for path in (work.folder, _beside(work)):
        with suppress(OSError):
            if aside := take_away(work.root, path):
                tree.remove(aside)


def _beside(work: Build) -> Path:
    return work.folder.with_name(f"{work.folder.name}.packages")


def _is_lost(lease: Lease) -> bool:
    try:
        lease.look()
    except LostError:
        return True
    return False


def _starts(python: Path) -> bool:
    with suppress(OSError):
        return not subprocess.run([python, "-I", "-c", ""], capture_output=True).returncode
    return False


def _run_uv(work: Build, argv: Sequence[str], tick: Callable[[Child], None]) -> None:
    environ = uv.environ(work.lock, _beside(work), linked=work.place != work.folder)
    with Child(argv, environ, work.root) as child:
        wait([child], lambda: tick(child))
        if child.process.returncode:
            _explain(work)
            raise failures.uv_failed(work.root, work.lock.path, child.err or child.out, uv.cache(environ))


def _finish(work: Build, children: Sequence[Child]) -> None:
    """Wait for the compilers."""
    try:
        wait(children, work.tell)
        for child in children:
            if child.process.returncode:
                _explain(work)
                if found := re.search(r"errno (\d+)", child.err):
                    raise OSError(int(found[1]), os.strerror(int(found[1])))
                raise failures.step_failed("compiling", child.err or f"status {child.process.returncode}")
    finally:
        for child in children:
            child.__exit__(None, None, None)


def _explain(work: Build) -> None:
    """A program has failed: if that is because the volume or the lease is gone, say so. Raises."""
    work.lease.look()
    if not work.lease.path.exists() or not work.root.is_dir():
        raise failures.gone(work.root)


def _last(child: Child) -> dict[str, str]:
    lines = child.out.splitlines()
    found: dict[str, str] = json.loads(lines[-1]) if lines else {}
    return found


def _sync(folder: Path) -> None:
    """Have the file system of a folder write what it holds back. Raises OSError: it could not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "syncfs") and libc.syncfs(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)
