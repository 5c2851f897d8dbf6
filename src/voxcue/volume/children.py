"""Programs that a build runs: watched, and ended when the build is."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import IO, Self

_ELSEWHERE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV_SYSTEM_PYTHON", "UV_PYTHON", "UV_REQUIRE_HASHES")
"""Variables that are about another environment than the one that is built."""
_GRACE = 2.0
"""Seconds between asking a program to end, and killing it."""


class Child:
    """A program; what it prints is kept, on the local disk. Use as a context manager.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self, argv: Sequence[str], environ: Mapping[str, str], folder: Path, told: bytes = b""
    ) -> None:
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._err: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        with tempfile.TemporaryFile() as stdin:
            stdin.write(told)
            stdin.seek(0)
            try:
                self.process = subprocess.Popen(
                    argv, stdin=stdin, stdout=self._out, stderr=self._err, env=environ, cwd=folder
                )
            except OSError:
                self._out.close()
                self._err.close()
                raise

    @property
    def out(self) -> str:
        """What it has written to standard output."""
        return _text(self._out)

    @property
    def err(self) -> str:
        """What it has written to standard error."""
        return _text(self._err)

    def written(self) -> int:
        """Bytes that it has given to the system to write; 0 where that is not known, or it has ended."""
        try:
            told = Path(f"/proc/{self.process.pid}/io").read_text(encoding="ascii")
            return int(told.partition("wchar:")[2].split()[0])
        except (OSError, IndexError, ValueError):
            return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._out.close()
        self._err.close()


def wait(children: Sequence[Child], tick: Callable[[], None]) -> None:
    """Until all have ended; ``tick`` is called ten times a second, and may raise."""
    pause = 0.01
    while any(child.process.poll() is None for child in children):
        tick()
        sleep(pause)
        pause = min(pause * 1.5, 0.1)


def clean_environ() -> dict[str, str]:
    """The variables of this process without those that are about other environments."""
    ours = (
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "UV_SYSTEM_PYTHON",
        "UV_PYTHON",
        "UV_PROJECT",
        "UV_REQUIRE_HASHES",
    )
    return {name: value for name, value in os.environ.items() if name not in ours}


def _text(file: IO[bytes]) -> str:
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode(errors="replace")
