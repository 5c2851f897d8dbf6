"""The weights of models on the volume: `voxcue.models` in the folder ``models/``, one machine at a time.

A fetch runs in a process of its own, which may be that of the environment: the package that speaks to the hub
is there, and need not be here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from voxcue.cancel import checkpoint
from voxcue.errors import OutputError, UnavailableError, UsageError, VoxcueError
from voxcue.models import find, known, names
from voxcue.models.catalogue import Entry
from voxcue.models.model import Model
from voxcue.models.store import Store
from voxcue.volume.children import Child, wait
from voxcue.volume.environment import Environment
from voxcue.volume.failures import step_failed
from voxcue.volume.leases import Lease
from voxcue.volume.progress import Progress, Report

_KINDS: dict[int, type[VoxcueError]] = {
    kind.exit_status: kind for kind in (UsageError, OutputError, UnavailableError)
}


def held(folder: Path, entry: Entry) -> Model | None:
    """A model, if all its files are in the folder with their sizes. Raises OSError."""
    return Store(folder).model(entry)


def missing(folder: Path, wanted: Sequence[str]) -> list[Entry]:
    """Those of the models that are not in the folder yet; a fine-tune, named by its folder, never is missing.

    Raises:
        UsageError: ``model-unknown``.
        UnavailableError: a fine-tune that cannot be read.
    """
    found = []
    for name in dict.fromkeys(wanted):
        if name in names() or not _is_folder(name):
            entry = known(name)
            if held(folder, entry) is None:
                found.append(entry)
        else:
            find(name)
    return found


def fetch(folder: Path, entry: Entry, environment: Environment, lease: Lease, report: Report) -> None:
    """Fetch a model into the folder; what has come of it already is kept.

    Raises:
        VoxcueError: those of `voxcue.models.fetch`.
        LostError: another fetches now.
    """
    begun = monotonic()
    told = -0.5

    def tick() -> None:
        nonlocal told
        lease.check()
        checkpoint()
        if (now := monotonic() - begun) >= told + 0.5:
            told = now
            progress = Progress(f"model {entry.name}", "fetching", now, _arrived(folder, entry), entry.size)
            lease.tell(progress)
            report(progress)

    with tempfile.TemporaryDirectory() as local:
        environ = dict(os.environ) | {"VOXCUE_MODELS": str(folder)}
        argv = [_python(environment, Path(local), environ), "-m", "voxcue", "models", "fetch", "--json"]
        with Child([*argv, entry.name], environ, Path(local)) as child:
            wait([child], tick)
            if child.process.returncode:
                raise _failure(child)


def _python(environment: Environment, local: Path, environ: dict[str, str]) -> str:
    """An interpreter that can fetch: this one, or that of the environment with our own code added to it."""
    if find_spec("huggingface_hub") or os.environ.get("VOXCUE_MODELS_MIRROR"):
        return sys.executable
    (local / "voxcue").symlink_to(Path(__file__).parents[1])
    environ["PYTHONPATH"] = str(local)
    return str(environment.python)


def _failure(child: Child) -> VoxcueError:
    try:
        said = json.loads(child.out)["error"]
    except (ValueError, KeyError, TypeError):
        return step_failed("fetching a model", child.err or f"status {child.process.returncode}")
    kind = _KINDS.get(child.process.returncode, VoxcueError)
    return kind(said["code"], said["message"], said["hint"])


def _arrived(folder: Path, entry: Entry) -> int:
    store = Store(folder)
    count = 0
    for file in entry.files:
        for path in (store.blob(file), store.part(file)):
            try:
                count += path.stat().st_size
                break
            except OSError:
                continue
    return count


def _is_folder(name: str) -> bool:
    return os.sep in name or Path(name).expanduser().is_dir()
