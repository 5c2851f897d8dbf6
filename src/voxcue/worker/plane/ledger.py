"""What the platform knows and decides: the queue, who works on what, and what becomes of lost jobs.

It does not know HTTP. All methods are called in one event loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from voxcue.worker.plane.job import ABSENT, Bell, Job, Status


@dataclass(frozen=True)
class Policy:
    """What an endpoint allows; seconds. The defaults are the platform's where they are known."""

    execution_seconds: float = 600.0
    """For how long a worker may work on a job; ``policy.executionTimeout`` of a request overrides it."""
    ttl_seconds: float = 24 * 3600.0
    """For how long a job may wait and run together; ``policy.ttl`` of a request overrides it."""
    lost_seconds: float = 40.0
    """A job of which its worker gives no sign for so long is lost."""
    retries: int = 1
    """How often a lost job goes back to the queue before it fails."""
    hold_seconds: float = 30.0
    """For how long a worker's question for work, or for jobs to stop, is held open."""
    kept_seconds: float = 1800.0
    kept_sync_seconds: float = 60.0
    """For how long the result of ``/run``, and that of ``/runsync``, can be fetched."""
    webhook_pause_seconds: float = 10.0
    """Between two attempts to reach a webhook."""


@dataclass(eq=False)
class Worker:
    """A worker that has been heard of."""

    id: str
    seen: float = field(default_factory=monotonic)
    jobs: dict[str, Job] = field(default_factory=dict)
    stops: list[str] = field(default_factory=list)
    """Jobs that it shall stop and has not been told of."""
    called: Bell = field(default_factory=Bell)
    leaving: bool = False
    """It asked for a fresh container, and gets no more work."""
    ill: dict[str, str] | None = None
    """What its own checks at start found."""


class Ledger:
    """Every job and worker of one endpoint."""

    def __init__(
        self,
        policy: Policy,
        *,
        finished: Callable[[Job], None] = lambda _: None,
        on_stop: Callable[[str], None] | None = None,
    ) -> None:
        self.policy = policy
        self.jobs: dict[str, Job] = {}
        self.workers: dict[str, Worker] = {}
        self.answers: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.closed = False
        self._queue: deque[Job] = deque()
        self._arrived = Bell()
        self._finished = finished
        self._on_stop = on_stop

    # Clients

    def submit(self, job: Job) -> None:
        """To the end of the queue."""
        self.jobs[job.id] = job
        ttl = job.policy.get("ttl", 1000 * self.policy.ttl_seconds) / 1000
        self._plan(job, "ttl", ttl, lambda: self._time_out(job))
        self._queue.append(job)
        self._arrived.ring()

    async def result(self, job: Job, gone: asyncio.Future[None], seconds: float) -> None:
        """Until the job is over, the client is gone, or the time is."""
        until = monotonic() + seconds
        while not job.over and not self.closed and await job.changed.wait(gone, until - monotonic()):
            pass

    def cancel(self, job: Job) -> None:
        """End it, wherever it is; a worker that has it is told to stop."""
        if not job.over:
            self._end(job, "CANCELLED", stop=True)

    def retry(self, job: Job) -> None:
        """From the start, under the same id; only for one that failed or timed out."""
        job.forget_timers()
        job.status, job.output, job.error, job.retries = "IN_QUEUE", ABSENT, None, 0
        job.worker = job.started = job.ended = None
        job.created = monotonic()
        job.chunks.clear()
        self.submit(job)

    def purge(self) -> int:
        """Cancel all that wait; how many."""
        waiting = list(self._queue)
        for job in waiting:
            self.cancel(job)
        return len(waiting)

    def health(self) -> dict[str, dict[str, int]]:
        """Jobs and workers counted, as ``/health`` shows them."""
        alive = [w for w in self.workers.values() if self._is_alive(w)]
        running = sum(1 for worker in alive if worker.jobs)
        ill = sum(1 for worker in alive if worker.ill)
        idle = len(alive) - running - ill
        return {
            "jobs": {
                "completed": self.counts["COMPLETED"],
                "failed": self.counts["FAILED"] + self.counts["TIMED_OUT"],
                "inProgress": sum(len(worker.jobs) for worker in self.workers.values()),
                "inQueue": len(self._queue),
                "retried": self.counts["retried"],
            },
            "workers": {
                "idle": idle,
                "initializing": 0,
                "ready": idle,
                "running": running,
                "throttled": 0,
                "unhealthy": ill,
            },
        }

    # Workers

    async def take(self, name: str, most: int, *, busy: bool, gone: asyncio.Future[None]) -> list[Job]:
        """The oldest jobs, at most so many, as soon as there is one; none if the time is over.

        A worker that says that it is not busy has lost what it took before. Nothing is handed to a connection
        that is known to be closed.
        """
        worker = self._heard(name)
        if not busy:
            self._lose_all(worker)
        until = monotonic() + self.policy.hold_seconds
        while not self.closed and not gone.done():
            if self._queue and not worker.leaving:
                return [self._hand(self._queue.popleft(), worker) for _ in range(min(most, len(self._queue)))]
            if not await self._arrived.wait(gone, until - monotonic()):
                break
            await _settle()
        return []

    async def stops(self, name: str, gone: asyncio.Future[None]) -> list[str]:
        """The jobs that this worker shall stop, as soon as there is one; none if the time is over."""
        worker = self._heard(name)
        until = monotonic() + self.policy.hold_seconds
        while not self.closed and not gone.done():
            if worker.stops:
                stops, worker.stops = worker.stops, []
                return stops
            if worker.leaving or not await worker.called.wait(gone, until - monotonic()):
                break
            await _settle()
        return []

    def ping(self, name: str, jobs: list[str], ill: dict[str, str] | None) -> None:
        """A worker lives, and works on these jobs."""
        worker = self._heard(name)
        worker.ill = ill
        for job in jobs:
            self._sign(worker.jobs.get(job))

    def chunk(self, job: Job, body: Any) -> None:
        """A part of a result. What comes after the end is dropped."""
        if job.status == "IN_PROGRESS":
            job.chunks.append(body)
            self._sign(job)

    def done(self, name: str, job: Job, body: dict[str, Any]) -> None:
        """The result of a job, or how far it is.

        The first result counts, whoever sends it; every one is counted in ``answers``.
        """
        worker = self._heard(name)
        if body.get("status") == "IN_PROGRESS":
            if job.status == "IN_PROGRESS":
                job.output = body.get("output")
                self._sign(job)
            return
        self.answers[job.id] += 1
        if not job.over:
            error = body.get("error")
            job.output = body.get("output", ABSENT)
            self._end(job, "FAILED" if error else "COMPLETED", error=error, stop=job.worker != name)
            job.worker = name
        if body.get("stopPod") and self._on_stop:
            worker.leaving = True
            worker.called.ring()
            self._on_stop(name)

    def ended(self, name: str) -> None:
        """The container of a worker has ended: what it had is lost, now."""
        if worker := self.workers.get(name):
            self._lose_all(worker)
            del self.workers[name]
            worker.leaving = True
            worker.called.ring()

    def close(self) -> None:
        """Let go of everyone who waits."""
        self.closed = True
        self._arrived.ring()
        for worker in self.workers.values():
            worker.called.ring()
        for job in self.jobs.values():
            job.forget_timers()
            job.changed.ring()

    # Inside

    def _heard(self, name: str) -> Worker:
        worker = self.workers.setdefault(name, Worker(name))
        worker.seen = monotonic()
        return worker

    def _is_alive(self, worker: Worker) -> bool:
        return monotonic() - worker.seen < max(self.policy.lost_seconds, self.policy.hold_seconds)

    def _hand(self, job: Job, worker: Worker) -> Job:
        job.status, job.worker = "IN_PROGRESS", worker.id
        job.started = job.seen = monotonic()
        job.attempts.append(worker.id)
        worker.jobs[job.id] = job
        limit = job.policy.get("executionTimeout", 1000 * self.policy.execution_seconds) / 1000
        self._plan(job, "execution", limit, lambda: self._fail(job, "executionTimeout exceeded"))
        self._plan(job, "sign", self.policy.lost_seconds, lambda: self._look(job))
        job.changed.ring()
        return job

    def _sign(self, job: Job | None) -> None:
        if job:
            job.seen = monotonic()

    def _look(self, job: Job) -> None:
        left = job.seen + self.policy.lost_seconds - monotonic()
        if left > 0:
            self._plan(job, "sign", left, lambda: self._look(job))
        else:
            self._lose(job)

    def _lose_all(self, worker: Worker) -> None:
        for job in reversed(list(worker.jobs.values())):
            self._lose(job)

    def _lose(self, job: Job) -> None:
        if job.retries >= self.policy.retries:
            self._fail(job, f"job timed out after {job.retries} retries", stop=False)
            return
        self._release(job)
        job.retries += 1
        self.counts["retried"] += 1
        job.status, job.started, job.output = "IN_QUEUE", None, ABSENT
        job.chunks.clear()
        self._queue.appendleft(job)
        self._arrived.ring()

    def _fail(self, job: Job, error: str, *, stop: bool = True) -> None:
        job.output = ABSENT
        self._end(job, "FAILED", error=error, stop=stop)

    def _time_out(self, job: Job) -> None:
        self._end(job, "TIMED_OUT", stop=True)

    def _end(self, job: Job, status: Status, *, error: str | None = None, stop: bool) -> None:
        if job.status == "IN_QUEUE":
            self._queue.remove(job)
        worker = self._release(job)
        if worker and stop:
            worker.stops.append(job.id)
            worker.called.ring()
        job.forget_timers()
        job.status, job.error, job.ended = status, error, monotonic()
        self.counts[status] += 1
        kept = self.policy.kept_sync_seconds if job.sync else self.policy.kept_seconds
        self._plan(job, "kept", kept, lambda: self.jobs.pop(job.id, None))
        job.changed.ring()
        self._finished(job)

    def _release(self, job: Job) -> Worker | None:
        for name in ("execution", "sign"):
            if timer := job.timers.pop(name, None):
                timer.cancel()
        worker = self.workers.get(job.worker or "")
        return worker if worker and worker.jobs.pop(job.id, None) else None

    def _plan(self, job: Job, name: str, seconds: float, then: Callable[[], object]) -> None:
        job.timers[name] = asyncio.get_running_loop().call_later(seconds, then)


async def _settle() -> None:
    """Let the event loop hear of connections that closed at the same moment: reading, closing, telling."""
    for _ in range(8):
        await asyncio.sleep(0)
