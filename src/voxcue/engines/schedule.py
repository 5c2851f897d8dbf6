"""Which utterances go into the next pass of a shared engine: fair between callers, alike in length.

Fairness is that of fair queueing: each caller has an account of the characters begun for it, a clock shows
what a caller with always something waiting would have had, and whoever is furthest behind goes first. A
newcomer, or one that was away, starts one long utterance behind the clock: its first sentence waits for no
book, but what it can claim stays bounded, so a stream of newcomers cannot starve the book either.

Pure: it knows no threads and no clock of its own. The caller of its methods holds a lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from voxcue.engines.base import SynthesisRequest
from voxcue.types import Clip

_SHORT = 16
"""Characters that an utterance counts for at least: a pass has a price even for "No!"."""

_RATIO = 2
"""How many times longer the longest of a batch may be than its shortest: what is padded is wasted."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One utterance that waits or is being spoken: whose, which of theirs, and since when it could begin."""

    caller: Caller
    index: int
    request: SynthesisRequest
    size: int
    since: float


@dataclass(slots=True, eq=False)
class Caller:
    """One call of ``synthesize``. ``done`` holds what is finished and not yet taken, by index."""

    requests: Sequence[SynthesisRequest]
    waiting: deque[Job] = field(default_factory=deque)
    done: dict[int, Clip | BaseException] = field(default_factory=dict)
    admitted: int = 0
    taken: int = 0
    account: float = 0.0


class Schedule:
    """Callers and what they wait for.

    ``window`` is the most utterances of one caller that wait, are spoken or are finished and not taken;
    ``credit`` the characters that a newcomer is behind the clock; ``wait`` the seconds for which a batch
    waits to be filled.
    """

    def __init__(self, batch_size: int, window: int, credit: int, wait: float) -> None:
        # Python may close a forgotten generator, and so call `leave`, in the middle of any method here: no
        # method iterates over this dict itself, and `leave` touches nothing else.
        self.callers: dict[Caller, None] = {}
        self._batch_size = batch_size
        self._window = window
        self._credit = credit
        self._wait = wait
        self._clock = 0.0

    def join(self, requests: Sequence[SynthesisRequest], now: float) -> Caller:
        """Take on a caller, at ``now`` (seconds on any steady clock)."""
        caller = Caller(requests)
        self._admit(caller, now)
        self.callers[caller] = None
        return caller

    def leave(self, caller: Caller) -> None:
        """Forget a caller: what has not begun never will."""
        self.callers.pop(caller, None)

    def collect(self, caller: Caller, now: float) -> Clip | BaseException:
        """Hand out what became of the caller's next utterance; the one after its window may now wait."""
        result = caller.done.pop(caller.taken)
        caller.taken += 1
        self._admit(caller, now)
        return result

    def due(self, now: float) -> float | None:
        """Seconds until a pass should begin: 0 or less for at once, ``None`` while nothing waits."""
        batch = self._choose()
        if not batch:
            return None
        return 0.0 if len(batch) == self._batch_size else batch[0].since + self._wait - now

    def take(self) -> list[Job]:
        """The next batch, no longer waiting; empty when nothing waits."""
        batch = self._choose()
        active = len(self._active())
        for job in batch:
            caller = job.caller
            caller.waiting.remove(job)
            caller.account = self._account(caller) + job.size
        self._clock += sum(job.size for job in batch) / max(1, active)
        return batch

    @property
    def waiting(self) -> int:
        """Utterances that could begin if there were a pass for them."""
        return sum(len(caller.waiting) for caller in list(self.callers))

    def _admit(self, caller: Caller, now: float) -> None:
        while caller.admitted < min(caller.taken + self._window, len(caller.requests)):
            request = caller.requests[caller.admitted]
            size = max(_SHORT, len(request.utterance.spoken))
            caller.waiting.append(Job(caller, caller.admitted, request, size, now))
            caller.admitted += 1

    def _choose(self) -> list[Job]:
        """Who is furthest behind first (of two, who came first); then, by the same rule, what is as long."""
        left = {caller: list(caller.waiting) for caller in self._active()}
        accounts = {caller: self._account(caller) for caller in left}
        batch: list[Job] = []
        while len(batch) < self._batch_size:
            fitting = [next((job for job in jobs if _fits(job, batch)), None) for jobs in left.values()]
            candidates = [job for job in fitting if job]
            if not candidates:
                break
            job = min(candidates, key=lambda job: accounts[job.caller])
            batch.append(job)
            left[job.caller].remove(job)
            accounts[job.caller] += job.size
        return batch

    def _active(self) -> list[Caller]:
        return [caller for caller in list(self.callers) if caller.waiting]

    def _account(self, caller: Caller) -> float:
        return max(caller.account, self._clock - self._credit)


def _fits(job: Job, batch: Sequence[Job]) -> bool:
    sizes = [job.size, *(each.size for each in batch)]
    return max(sizes) <= _RATIO * min(sizes)
