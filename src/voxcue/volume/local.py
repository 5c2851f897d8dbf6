"""The local disk, where an environment is made before it is copied to the volume."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from voxcue.volume.lockfile import LockFile
from voxcue.volume.tree import free

_PREFIX = "voxcue-build-"


def place(root: Path, lock: LockFile, key: str) -> Path | None:
    """A folder to be made on the local disk; ``None`` where the volume is that disk, or is the larger one.

    What builders that were killed have left there is removed. Raises OSError.
    """
    disk = Path(tempfile.gettempdir())
    for path in disk.glob(f"{_PREFIX}*"):
        if not Path(f"/proc/{path.suffix[1:]}").exists():
            discard(path)
    if disk.stat().st_dev == root.stat().st_dev or free(disk) < 2 * (lock.size or 0):
        return None
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{key}-", suffix=f".{os.getpid()}", dir=disk))
    return folder / "environment"


def discard(path: Path) -> None:
    """Remove such a folder."""
    above = path.parent if path.parent.name.startswith(_PREFIX) else path
    shutil.rmtree(above, ignore_errors=True)
