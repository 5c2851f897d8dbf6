"""What every command prints: tables for people, one JSON document for programs, errors in one sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from voxcue.errors import VoxcueError

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds that a task runs before its progress bar appears."""


def document(value: Any) -> None:
    """Print the one JSON document of a ``--json`` command."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


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

    Silent when standard error is not a terminal, and for tasks shorter than a second.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._begun = monotonic()
        self._progress: Progress | None = None
        self._shown = sys.stderr.isatty()

    def __call__(self, share: float) -> None:
        """Move the bar to ``share``, 0 to 1."""
        if not self._shown or (self._progress is None and monotonic() - self._begun < _PATIENCE):
            return
        if self._progress is None:
            self._progress = self._start()
        self._progress.update(self._progress.task_ids[0], completed=share)

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        progress.add_task(self._label, total=1.0)
        progress.start()
        return progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress:
            self._progress.stop()


Report = Callable[[float], None]
