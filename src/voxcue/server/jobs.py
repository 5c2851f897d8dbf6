"""Work in threads for requests in the event loop: stopped when the client leaves, and limited in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from threading import BoundedSemaphore, Event
from time import monotonic
from typing import Any, TypeVar

from fastapi import Request

from voxcue.cancel import cancellable
from voxcue.errors import DeadlineError
from voxcue.server.admission import Gate

T = TypeVar("T")

_ROOM = 8
"""Items that the work may be ahead of a slow client."""


class Gone(Exception):  # noqa: N818
    """Nobody waits for a result any more: its client has left, or its time is over."""


@dataclass(frozen=True, slots=True)
class _End:
    value: Any
    error: BaseException | None


class Job:
    """One piece of work, as its thread sees it. ``waited`` is the seconds that it waited for its turn."""

    def __init__(self, waited: float) -> None:
        self.begun = monotonic() - waited
        self.waited = waited
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[Any] = asyncio.Queue()
        self._room = BoundedSemaphore(_ROOM)
        self._unwanted = Event()

    def check(self) -> None:
        """Call between steps; raises `Gone` when nobody waits for the result any more."""
        if self._unwanted.is_set():
            raise Gone

    def send(self, item: Any) -> None:
        """Hand an item to the client, waiting while it is slow. Raises `Gone`."""
        while not self._room.acquire(timeout=0.1):
            self.check()
        self.check()
        self._put(item)

    def run(self, work: Callable[[Job], Any]) -> None:
        """Do the work; its end is the last item."""
        try:
            with cancellable(self.check):
                end = _End(work(self), None)
        except BaseException as error:  # carried over to the event loop
            end = _End(None, error)
        self._put(end)

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._unwanted.set()

    async def next(self) -> Any:
        """The next item, in the event loop."""
        item = await self._items.get()
        if not isinstance(item, _End):
            self._room.release()
        return item

    def _put(self, item: Any) -> None:
        self._loop.call_soon_threadsafe(self._items.put_nowait, item)


class Jobs:
    """Runs jobs in threads, as many at once as the gate lets in, each for at most ``seconds``."""

    def __init__(self, gate: Gate, seconds: float) -> None:
        self._gate = gate
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(gate.max_running, thread_name_prefix="voxcue-job")

    async def run(self, request: Request, work: Callable[[Job], T]) -> T:
        """The result of a work that sends nothing on its way. Raises as `stream` does."""
        async with aclosing(self.stream(request, work)) as items:
            async for item in items:
                result: T = item
        return result

    async def stream(self, request: Request, work: Callable[[Job], Any]) -> AsyncGenerator[Any]:
        """Yield what the work sends, then what it returns.

        Closing the generator stops the work at its next step; its turn ends when its thread is done.

        Raises:
            BusyError: too many requests wait already.
            DeadlineError: the work took too long.
            Gone: the client has left.
        """
        deadline = monotonic() + self._seconds
        left = asyncio.ensure_future(_departure(request))
        job: Job | None = None
        over: asyncio.TimerHandle | None = None
        try:
            waited = await self._before(
                deadline, left, self._gate.enter(), unused=lambda _: self._gate.leave(0)
            )
            job = Job(waited)
            started = monotonic()
            # Not left to the wait for an item: a client that reads nothing would keep its turn for ever.
            over = asyncio.get_running_loop().call_later(deadline - started, job.cancel)
            thread = asyncio.get_running_loop().run_in_executor(self._pool, job.run, work)
            thread.add_done_callback(lambda _: self._gate.leave(monotonic() - started))
            while not isinstance(item := await self._before(deadline, left, job.next()), _End):
                yield item
            if item.error:
                raise self._late() if isinstance(item.error, Gone) and monotonic() >= deadline else item.error
            yield item.value
        finally:
            left.cancel()
            if over:
                over.cancel()
            if job:
                job.cancel()

    def close(self) -> None:
        """Wait for the threads; call it when all jobs are done or cancelled."""
        self._pool.shutdown()

    async def _before(
        self,
        deadline: float,
        left: asyncio.Future[None],
        step: Coroutine[Any, Any, T],
        unused: Callable[[T], None] | None = None,
    ) -> T:
        """Await a step while there is time and the client is there; ``unused`` gets a late result."""
        task = asyncio.ensure_future(step)
        try:
            steps: set[asyncio.Future[Any]] = {task, left}
            await asyncio.wait(steps, timeout=deadline - monotonic(), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if task.done():
                _abandon(task, unused)
            raise
        finally:
            if not task.done():
                task.add_done_callback(lambda done: _abandon(done, unused))
                task.cancel()
        if task.done():
            return task.result()
        if left.done():
            raise Gone
        raise self._late()

    def _late(self) -> DeadlineError:
        return DeadlineError(
            "request-deadline",
            f"The request took longer than {self._seconds:g} s, the most that this server gives to one.",
            "Send a shorter text, or ask for a stream and fewer files.",
        )


def _abandon(done: asyncio.Future[T], unused: Callable[[T], None] | None) -> None:
    if not done.cancelled() and not done.exception() and unused:
        unused(done.result())


async def _departure(request: Request) -> None:
    """Returns when the client has closed its connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
