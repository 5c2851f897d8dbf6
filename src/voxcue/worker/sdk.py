"""The loop of the RunPod SDK around a handler. Importing this imports the SDK, about two seconds.

What is changed in the SDK, by subclassing its `JobScaler`: jobs are taken only when layer 2 can work on
them, and the end does not wait for its long polls, which lose a job that comes to one of them meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any

import runpod
from runpod.http_client import AsyncClientSession
from runpod.serverless.modules import rp_scale
from runpod.serverless.modules.rp_http import send_result

from voxcue.settings import settings
from voxcue.worker.client import JSON
from voxcue.worker.ending import Ending
from voxcue.worker.handler import Handler
from voxcue.worker.layer2 import Layer2, State

_LOOK = 0.005
"""Seconds between looks at what changes in another thread, or deep in the SDK."""

_IDLE = 0.1
"""Seconds between looks at whether it is time to end."""

_HANDED_OVER = 0.2
"""Seconds within which the SDK queues a job that a poll brought."""


def start(options: list[str], layer2: Layer2, handler: Handler, ending: Ending) -> None:
    """Take jobs and answer them until ``ending`` is set.

    Args:
        options: of the command line, those of the SDK.
        layer2: said to be ready, or not, before a job is taken.
        handler: answers the jobs.
        ending: set by a signal, or by whoever sees that it is time.
    """
    rp_scale.JobScaler = Scaler
    sys.argv = ["voxcue", *options]  # where the SDK reads its options
    streams = settings().worker_stream
    runpod.serverless.start(
        {
            "handler": handler.stream if streams else handler.answer,
            "return_aggregate_stream": streams,
            "concurrency_modifier": lambda _: settings().worker_concurrency or layer2.capacity,
            "voxcue": (layer2, handler, ending),
        }
    )


class Scaler(rp_scale.JobScaler):  # type: ignore[misc]  # the SDK has no types
    """The SDK's loop; what is new finds its parts in the config."""

    def __init__(self, config: JSON) -> None:
        super().__init__(config)
        self.jobs_fetcher: Any = self._take
        self.stop_signals_fetcher: Any = self._stops
        self._layer2, self._handler, self._ending = config["voxcue"]
        self._taking = 0

    async def run(self) -> None:
        """Everything, until the end."""
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._ending.listen(lambda: self._loop.call_soon_threadsafe(self._end))
        await super().run()

    async def set_scale(self) -> None:
        """Wait until a job can be taken: the SDK would look again after a second."""
        while self._layer2.state is State.STARTING and not self._over.is_set():
            await asyncio.sleep(_LOOK)
        await super().set_scale()
        while self.current_occupancy() >= self.current_concurrency and not self._over.is_set():
            await asyncio.sleep(_LOOK)

    async def run_jobs(self, session: Any) -> None:
        """Begin each job at once: the SDK looks for one ten times a second."""
        tasks = set[asyncio.Task[None]]()
        while self.is_alive() or not self.jobs_queue.empty():
            try:  # the queue is another one after a change of scale
                job = await asyncio.wait_for(self.jobs_queue.get(), _IDLE)
            except TimeoutError:
                continue
            task = self.jobs_tasks[job["id"]] = asyncio.create_task(self.handle_job(session, job))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks, return_exceptions=True)

    def handle_shutdown(self, _signal: int, _frame: object) -> None:
        """SIGTERM or SIGINT."""
        self._ending.set()

    def is_alive(self) -> bool:
        """Whether a job may still come."""
        return self._taking > 0 or bool(super().is_alive())

    def _end(self) -> None:
        self._over.set()
        self.kill_worker()
        self._loop.call_later(settings().shutdown_seconds, self._handler.stop)

    async def _take(self, session: Any, count: int) -> Any:
        if self._over.is_set():
            return await asyncio.sleep(_HANDED_OVER)
        self._taking += 1
        try:
            return await self._unless_over(rp_scale.get_job(session, count))
        finally:
            self._loop.call_later(_HANDED_OVER, self._taken)

    def _taken(self) -> None:
        self._taking -= 1

    async def _stops(self, session: Any) -> list[str]:
        return await self._unless_over(rp_scale.get_stop_signals(session)) or []

    async def _unless_over(self, poll: Coroutine[Any, Any, Any]) -> Any:
        task, over = asyncio.ensure_future(poll), asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            task.cancel()
            over.cancel()


class Progress:
    """Sends the progress of jobs, as the SDK's ``progress_update`` does, but in turn with their results."""

    def __init__(self) -> None:
        self._session: Any = None

    async def __call__(self, job: JSON, progress: JSON) -> None:
        """Send it; without a platform there is nobody to tell."""
        if os.environ.get("RUNPOD_WEBHOOK_POST_OUTPUT"):
            self._session = self._session or AsyncClientSession()
            await send_result(self._session, {"status": "IN_PROGRESS", "output": progress}, job)
