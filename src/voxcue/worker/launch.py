"""How layer 2 is started: with this interpreter, or from an environment on the volume.

Voxcue's own code is always that of the worker: an environment on the volume holds packages of others only,
and finds ours through a folder with two links, to the package and to its metadata.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voxcue.engines import engine_class, engine_names
from voxcue.errors import UnavailableError
from voxcue.settings import settings

if TYPE_CHECKING:
    from voxcue.volume import Environment, Progress, Volume

_NETWORKS = {0x6969: "nfs", 0x65735546: "fuse", 0xFF534D42: "cifs", 0xFE534D42: "smb", 0x00C36400: "ceph"}
"""File systems that are reached over a network, by their magic number (statfs(2))."""


@dataclass(frozen=True)
class Recording:
    """A start that notes which files it opens: where it writes them, and the pack to make of them."""

    opened: Path
    volume: Path
    environment: Path
    pack: Path


@dataclass(frozen=True)
class Launch:
    """A command line without ``serve``'s options, its environment variables, and what goes with it.

    Args:
        argv: the program and its arguments, up to ``serve``.
        environ: all of its environment variables.
        using: entered while the process runs: keeps the environment from being cleaned away.
        recording: of a first start from a network volume.
    """

    argv: list[str]
    environ: dict[str, str]
    using: Callable[[], AbstractContextManager[None]] = nullcontext
    recording: Recording | None = None


@dataclass
class Launcher:
    """Finds out how to start the engine of the settings; called again before each start.

    Args:
        scratch: a private folder on the local disk.
        report: is told how the volume's set-up goes.
    """

    scratch: Path
    report: Callable[[Progress], None]
    _told: set[str] = field(default_factory=set)

    def __call__(self) -> Launch:
        """The next start.

        Raises:
            VoxcueError: the engine is not known, or the volume that it needs cannot be used.
        """
        engine = settings().engine
        if not _is_missing(engine):
            return Launch([sys.executable, "-m", "voxcue"], dict(os.environ))
        from voxcue.volume import Volume

        volume = Volume(Path(settings().volume))
        lock = volume.lock_file(settings().volume_lock)
        try:
            environment = volume.set_up(lock, _models(engine), self.report)
        except UnavailableError as error:
            if error.code != "volume-missing":
                raise
            raise UnavailableError(
                error.code, f"The engine '{engine}' runs from the volume. {error.message}", error.hint
            ) from error
        return self._from(volume, environment, engine)

    def _from(self, volume: Volume, environment: Environment, engine: str) -> Launch:
        environ = dict(os.environ)
        environ.setdefault("VOXCUE_MODELS", str(volume.models))
        environ.setdefault("VOXCUE_STORAGE", (volume.root.resolve() / "storage").as_uri())
        environ["PYTHONPATH"] = str(_own_code(self.scratch / "code"))
        environ.pop("PYTHONHOME", None)
        python, recording = self._hydrated(volume, environment, engine)
        module = ["-m", "voxcue"]
        if recording:
            module = ["-m", "voxcue.volume.recording", str(recording.opened)]
        return Launch([str(python), *module], environ, environment.using, recording)

    def _hydrated(
        self, volume: Volume, environment: Environment, engine: str
    ) -> tuple[Path, Recording | None]:
        """The interpreter to start, and whether this start is to be recorded."""
        if settings().volume_hydrate == "off":
            return environment.python, None
        if settings().volume_hydrate == "auto" and not on_network(volume.root):
            return environment.python, None
        pack = volume.root / "packs" / f"{environment.key}-{engine}.tar"
        if not pack.exists():
            opened = self.scratch / "opened.txt"
            opened.unlink(missing_ok=True)
            return environment.python, Recording(opened, volume.root, environment.path, pack)
        from voxcue.volume.hydrating import hydrate

        local = (
            Path(tempfile.gettempdir()) / f"voxcue-{os.getuid()}-{environment.key}-{pack.stat().st_mtime_ns}"
        )
        try:
            return hydrate(volume.root, environment.path, pack, local) / "bin" / "python", None
        except (OSError, ValueError) as error:  # slower is better than not at all
            sys.stderr.write(f"The pack '{pack}' is not used: {error}\n")
            if isinstance(error, ValueError):  # damaged: the next start makes another
                with suppress(OSError):
                    pack.unlink()
            return environment.python, None


def on_network(path: Path) -> bool:
    """Whether a folder lies on a file system that is reached over a network (Linux)."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    buffer = (ctypes.c_long * 32)()  # struct statfs begins with f_type
    if libc.statfs(os.fsencode(path), ctypes.byref(buffer)) != 0:
        return False
    return (buffer[0] & 0xFFFFFFFF) in _NETWORKS


def make_pack(recording: Recording) -> None:
    """Make a pack of what a start opened. Raises OSError."""
    from voxcue.volume.packing import pack

    opened = recording.opened.read_text(encoding="utf-8").splitlines()
    pack(recording.volume, recording.environment, opened, recording.pack)


def _is_missing(engine: str) -> bool:
    """Whether an engine that is known cannot be imported here."""
    try:
        engine_class(engine)
    except UnavailableError:
        return engine in engine_names()
    return False


def _models(engine: str) -> list[str]:
    return [settings().f5_model, settings().f5_vocoder] if engine == "f5" else []


def _own_code(folder: Path) -> Path:
    """A folder for PYTHONPATH in which there is nothing but Voxcue, as this process runs it."""
    import voxcue

    folder.mkdir(parents=True, exist_ok=True)
    found: Any = distribution("voxcue")
    for target in (Path(voxcue.__file__).parent, Path(found._path)):
        link = folder / target.name
        if not link.is_symlink():
            link.symlink_to(target.resolve())
    return folder
