"""Finding the parts that other packages may add: engines and aligners, through entry points.

Listing names imports nothing; a part is imported when it is loaded. Knows nothing of what the parts do.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from voxcue.errors import UnavailableError, UsageError


def names(kind: str) -> list[str]:
    """The names registered for ``kind`` ("engine" or "aligner"), sorted."""
    return sorted({point.name for point in _points(kind)})


def load(kind: str, name: str) -> Any:
    """The object registered under ``name``.

    Raises:
        UsageError: no such name; the message lists the known ones.
        UnavailableError: it is known, but a package that it needs is not installed.
    """
    for point in _points(kind):
        if point.name == name:
            try:
                return point.load()
            except ImportError as error:
                raise UnavailableError(
                    f"{kind}-unavailable",
                    f"The {kind} '{name}' cannot be used here: {error}.",
                    "Install the package that it lacks with: pip install NAME",
                ) from error
    raise UsageError(
        f"{kind}-unknown",
        f"There is no {kind} called '{name}'; known: {', '.join(names(kind))}.",
        f"Run 'voxcue {kind}s' to see them.",
    )


def _points(kind: str) -> tuple[EntryPoint, ...]:
    return _read(kind, tuple(sys.path))


@lru_cache(maxsize=8)
def _read(kind: str, _: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Read once for a path of packages: it means reading the metadata of each one that is installed."""
    return tuple(entry_points(group=f"voxcue.{kind}s"))
