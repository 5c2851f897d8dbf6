"""uv, which makes environments and installs into them what a lock names, after checking hashes."""

from __future__ import annotations

import shutil
from pathlib import Path

from voxcue.volume.children import clean_environ
from voxcue.volume.failures import uv_missing
from voxcue.volume.lockfile import LockFile
from voxcue.volume.tree import free

_MARGIN = 1.2
"""How much more room than the environment itself the packages may need on their way."""


def program() -> str:
    """Where uv is.

    Raises:
        UnavailableError: ``volume-uv-missing``.
    """
    try:
        from uv import find_uv_bin

        return find_uv_bin()
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        if found is None:
            raise uv_missing() from None
        return found


def environ(lock: LockFile, beside: Path, *, linked: bool) -> dict[str, str]:
    """The variables for uv: UV_* and pip's folders of wheels pass through.

    Args:
        lock: what will be installed.
        beside: a folder on the volume for packages on their way, where the local disk has no room for them.
        linked: whether files may be links to uv's cache, as what is copied to the volume later may be.
    """
    found = clean_environ()
    if not linked:
        found.setdefault("UV_LINK_MODE", "copy")  # a published file shares nothing with a cache
    found.setdefault("UV_PYTHON_DOWNLOADS", "never")
    wheels = found.get("PIP_FIND_LINKS")
    if wheels:
        found.setdefault("UV_FIND_LINKS", ",".join(wheels.split()))
    elif lock.torch_backend:
        found.setdefault("UV_TORCH_BACKEND", lock.torch_backend)
    if "UV_CACHE_DIR" not in found and not _has_room(lock):
        found |= {"UV_CACHE_DIR": str(beside), "UV_LINK_MODE": "hardlink"}
    return found


def cache(environ: dict[str, str]) -> str:
    """Where uv unpacks packages, with these variables."""
    home = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "/")) / ".cache")
    return environ.get("UV_CACHE_DIR") or str(home / "uv")


def _has_room(lock: LockFile) -> bool:
    return free(Path(cache(clean_environ()))) >= (lock.size or 0) * _MARGIN
