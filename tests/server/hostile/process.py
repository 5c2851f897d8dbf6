"""What a process holds, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def require_proc() -> None:
    """Skip where the system does not tell."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this test reads /proc, which only Linux has")


def megabytes(pid: int) -> float:
    """Resident memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def threads(pid: int) -> int:
    """How many threads run."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def files(pid: int) -> int:
    """How many files and connections are open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
