"""What every command prints: tables for people, one JSON document for programs, errors in one sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from voxcue.errors import VoxcueError

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds that a task runs before its progress bar appears."""


def document(value: Any) -> None:
    """Print the one JSON document of a ``--json`` command."""
    plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(value, ensure_ascii=plain, indent=2) + "\n")


def table(rows: Sequence[Mapping[str, str]]) -> None:
    """Print rows as a table with a head; plain columns when piped."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    drawn = Table(*(rows[0] if rows else ()), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row.values()))
    console.print(drawn)


def failure(error: VoxcueError, as_json: bool) -> None:
    """Say what went wrong: on standard error, and as the JSON document where one was asked for."""
    if as_json:
        document({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
    sys.stderr.write(f"error: {error.message} [{error.code}]\n")
    if error.hint:
        sys.stderr.write(f"hint: {error.hint}\n")


class Bar:
    """A progress bar on standard error, for tasks that take long enough to want one.

    Use as a context manager. It appears after a second, pulses until it is first told a share, and stays
    away altogether when standard error is not a terminal.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._progress: Progress | None = None
        self._timer = Timer(_PATIENCE, self._start)
        self._timer.daemon = True
        self._share: float | None = None

    def __call__(self, share: float) -> None:
        """Move the bar to ``share``, 0 to 1."""
        self._share = share
        if self._progress:
            self._progress.update(self._progress.task_ids[0], total=1.0, completed=share)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        progress.add_task(self._label, total=None)
        progress.start()
        self._progress = progress
        if self._share is not None:
            self(self._share)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._timer.is_alive():
            self._timer.join()
        if self._progress:
            self._progress.stop()
