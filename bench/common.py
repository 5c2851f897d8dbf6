"""What the benchmarks share: a long real text, whole processes measured, one JSON line per figure."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "examples" / "time-machine.txt").read_text(encoding="utf-8")
PAGE_MINUTES = 2.4
"""How long the page lasts, roughly, when spoken."""


def pages(minutes: float) -> str:
    """The page again and again, to about that many minutes of speech."""
    return "\n\n".join([PAGE] * max(1, round(minutes / PAGE_MINUTES)))


def run(command: Sequence[str], cores: int | None = None) -> tuple[float, float]:
    """Run a whole process to its end: wall-clock seconds and peak resident MiB.

    Args:
        command: program and arguments.
        cores: how many CPU cores it may use; all by default (Linux only).
    """
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[:cores])  # the child inherits it
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.sched_setaffinity(0, every)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)[:200]} failed with {child.returncode}")
    return seconds, usage.ru_maxrss / 1024


def side_by_side(
    ours: Sequence[str], theirs: Sequence[str], runs: int, cores: int | None = None
) -> tuple[float, float]:
    """Median seconds of both, run in turn so that noise meets both alike."""
    times = [(run(ours, cores)[0], run(theirs, cores)[0]) for _ in range(runs)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def voxcue(*arguments: str) -> list[str]:
    """The command line of voxcue in this environment."""
    return [sys.executable, "-m", "voxcue", *arguments]


def figure(name: str, **values: Any) -> None:
    """Print one figure as a JSON line; floats with four significant digits."""
    rounded = {key: float(f"{v:.4g}") if isinstance(v, float) else v for key, v in values.items()}
    print(json.dumps({"figure": name, **rounded}), flush=True)
