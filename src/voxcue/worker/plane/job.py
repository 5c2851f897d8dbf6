"""One job: what was asked, where it is, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Literal
from uuid import uuid4

Status = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"]

ABSENT: Final = object()
"""The output of a job that has none; ``None`` is one."""

_PASSED = ("input", "webhook", "s3Config")


class Bell:
    """Wakes all who wait for a change; they look for themselves what changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake everyone, in no order."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, gone: asyncio.Future[None], seconds: float) -> bool:
        """Until it rings; False if the time is over, or who waits is gone."""
        if seconds <= 0:
            return False
        ring = asyncio.get_running_loop().create_future()
        self._waiting.add(ring)
        try:
            await asyncio.wait({ring, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return ring.done() and not gone.done()
        finally:
            self._waiting.discard(ring)


@dataclass(eq=False)
class Job:
    """A job as the platform knows it. Times are seconds of the monotonic clock."""

    request: dict[str, Any]
    """The body of ``/run``: ``input``, and ``webhook``, ``policy``, ``s3Config`` if given."""
    sync: bool = False
    id: str = ""
    status: Status = "IN_QUEUE"
    output: Any = ABSENT
    error: str | None = None
    attempts: list[str] = field(default_factory=list)
    """The workers that it was handed to, in order."""
    retries: int = 0
    """How often it went back to the queue because a worker lost it."""
    worker: str | None = None
    created: float = field(default_factory=monotonic)
    started: float | None = None
    ended: float | None = None
    seen: float = 0.0
    """When its worker last gave a sign of it."""
    chunks: list[Any] = field(default_factory=list)
    """What a generator yielded and nobody has fetched yet."""
    changed: Bell = field(default_factory=Bell, repr=False)
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.id = self.id or f"{'sync-' if self.sync else ''}{uuid4()}-u1"

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.status not in ("IN_QUEUE", "IN_PROGRESS")

    @property
    def policy(self) -> dict[str, Any]:
        """What the request says of its own limits."""
        return self.request.get("policy") or {}

    def handed(self) -> dict[str, Any]:
        """The job as a worker gets it. An empty input is left out, as the platform does."""
        passed = {name: self.request[name] for name in self.request if name in _PASSED}
        if passed["input"] == {}:
            del passed["input"]
        return {"id": self.id} | passed

    def reply(self) -> dict[str, Any]:
        """The job as ``/status`` shows it; times in milliseconds."""
        reply: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.started is not None:
            reply["delayTime"] = round(1000 * (self.started - self.created))
            if self.ended is not None:
                reply["executionTime"] = round(1000 * (self.ended - self.started))
        if self.output is not ABSENT:
            reply["output"] = self.output
        if self.error is not None:
            reply["error"] = self.error
        if self.retries:
            reply["retries"] = self.retries
        if self.worker is not None:
            reply["workerId"] = self.worker
        return reply

    def forget_timers(self) -> None:
        """Nothing that was planned for it happens."""
        for timer in self.timers.values():
            timer.cancel()
        self.timers.clear()
