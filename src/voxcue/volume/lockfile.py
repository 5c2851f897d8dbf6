"""The lock that an environment is built from, and the key that the environment gets.

A lock is what ``uv pip compile --generate-hashes`` writes. Comments in it may say more:

    # imports: torch, safetensors       what must be importable before the environment is published
    # size: 2900000000                  bytes of the environment, for the space check and the progress
    # torch-backend: cpu                uv's option of that name, unless a folder of wheels is given
    # unhashed: torch                   what has no hash, as where its builds come from differs
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from voxcue.volume.failures import lock_damaged, lock_missing

_RECIPE = "1"
"""Goes up when environments are built in another way."""

_SAID = re.compile(r"^#[ \t]*(imports|size|torch-backend|unhashed):[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Interpreter:
    """The Python that an environment is made for; ``executable`` is not that of an environment itself."""

    executable: str
    version: str
    base_prefix: str
    platform: str

    @property
    def made_for(self) -> str:
        """What an environment depends on."""
        return f"{self.version} {self.base_prefix} {self.platform}"

    @staticmethod
    def running() -> Interpreter:
        """The one that runs this."""
        return Interpreter(**_describe())

    @staticmethod
    def at(python: Path) -> Interpreter:
        """Another one. Raises OSError, `subprocess.SubprocessError`, ValueError: it is none."""
        code = f"{inspect.getsource(_describe)}\nimport json; print(json.dumps(_describe()))"
        done = subprocess.run([python, "-I", "-c", code], capture_output=True, check=True, timeout=60)
        return Interpreter(**json.loads(done.stdout))


def _describe() -> dict[str, str]:
    import sys
    import sysconfig

    return {
        "executable": getattr(sys, "_base_executable", None) or sys.executable,
        "version": sys.version.split()[0],
        "base_prefix": sys.base_prefix,
        "platform": f"{sysconfig.get_platform()} {sysconfig.get_config_var('SOABI')}",
    }


@dataclass(frozen=True)
class LockFile:
    """A lock that was read."""

    path: Path
    content: bytes
    imports: tuple[str, ...]
    size: int | None
    torch_backend: str
    unhashed: frozenset[str]

    @staticmethod
    def read(path: Path) -> LockFile:
        """Read a lock.

        Raises:
            UnavailableError: ``volume-lock-missing``, ``volume-lock-unusable``.
        """
        try:
            content = path.read_bytes()
            text = content.decode()
        except UnicodeDecodeError as error:
            raise lock_damaged(path, "it is not text") from error
        except OSError as error:
            raise lock_missing(path) from error
        said = dict(_SAID.findall(text))
        imports = tuple(_names(said.get("imports", "")))
        unhashed = frozenset(_names(said.get("unhashed", "")))
        for name in imports:
            if not _MODULE.fullmatch(name):
                raise lock_damaged(path, f"'{name}' in its line 'imports' is no module")
        try:
            size = int(float(said["size"].replace("_", ""))) if "size" in said else None
        except ValueError as error:
            raise lock_damaged(
                path, f"its line 'size' says '{said['size']}', not a number of bytes"
            ) from error
        for line in re.sub(r"\\\n", " ", text).splitlines():
            found = _REQUIREMENT.match(line)
            if found and " --hash=" not in line and found[1] not in unhashed:
                raise lock_damaged(path, f"'{found[1]}' in it has no hash")
        return LockFile(path, content, imports, size, said.get("torch-backend", ""), unhashed)

    def key(self, python: Interpreter) -> str:
        """The name of the environment that this lock gives with that Python."""
        parts = (_RECIPE.encode(), self.content, python.made_for.encode())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _names(listed: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", listed) if name]
