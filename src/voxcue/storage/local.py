"""What obstore does not show of a local folder: files that a killed process left half written.

While obstore writes ``name``, the file is called ``name#1``, and it is in no listing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_HALF = re.compile(r".+#\d+")


def halves(root: Path, prefix: str) -> Iterator[Path]:
    """Files under ``prefix`` that are being written, or were when their writer died."""
    return (path for path in (root / prefix).rglob("*#*") if _HALF.fullmatch(path.name) and path.is_file())


def remove(root: Path, path: Path) -> None:
    """Remove a half-written file, and the folders under ``root`` that it leaves empty."""
    path.unlink(missing_ok=True)
    prune(root, path.parent)


def prune(root: Path, folder: Path) -> None:
    """Remove ``folder`` and those above it, up to ``root``, while they are empty."""
    with suppress(OSError):
        while folder != root and root in folder.parents:
            folder.rmdir()
            folder = folder.parent
