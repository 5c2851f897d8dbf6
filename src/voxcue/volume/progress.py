"""What is said of long work on the volume: here, and through its lease on every machine that waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a piece of work is.

    Args:
        what: what is being made, as "environment 3f2a9c".
        stage: what is being done for it, as "installing"; "waiting" before another builder has said more.
        seconds: since that work began.
        done: bytes so far, where they are counted.
        total: bytes in all, where that is known.
        builder: the host that does it; "" is this process.
    """

    what: str
    stage: str
    seconds: float = 0.0
    done: int | None = None
    total: int | None = None
    builder: str = ""

    def __str__(self) -> str:
        who = f"another worker builds ({self.builder}): " if self.builder else ""
        amount = "" if self.done is None else f", {size(self.done)}"
        if self.done is not None and self.total:
            amount = f", {self.done / 1e9:.1f} of {size(self.total, least=1e9)}"
            if self.total < 1e9:
                amount = f", {self.done / 1e6:.0f} of {size(self.total)}"
        return f"{self.what}: {who}{self.stage}{amount}, {self.seconds:.0f} s"


Report = Callable[[Progress], None]
"""Is told of the work about twice a second, in the thread that called."""


def size(count: float, least: float = 1.0) -> str:
    """Bytes as people read them: "999 B", "12 MB", "2.9 GB"."""
    if max(count, least) >= 1e9:
        return f"{count / 1e9:.1f} GB"
    if count >= 1e6:
        return f"{count / 1e6:.0f} MB"
    return f"{count / 1e3:.0f} kB" if count >= 1e3 else f"{count:.0f} B"
