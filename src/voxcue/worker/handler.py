"""One job: waits for layer 2, asks it, tells the progress, and asks once more if it dies meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any

import httpx

from voxcue.errors import LimitError, UnavailableError, VoxcueError
from voxcue.settings import settings
from voxcue.worker import earlier, jobs
from voxcue.worker.client import JSON, Client
from voxcue.worker.layer2 import Layer2, State

Tell = Callable[[JSON, JSON], Awaitable[None]]
"""Takes a job and its progress."""

_LONG = 400
"""Characters of a text from which a job reports its progress."""

_TELL_EVERY = 1.0
"""Seconds between two reports of a job, at least."""


class Handler:
    """Answers jobs from layer 2.

    Args:
        layer2: started already.
        tell: sends the progress of a job.
    """

    def __init__(self, layer2: Layer2, tell: Tell) -> None:
        self._layer2 = layer2
        self._tell = tell
        self._clients: dict[int, Client] = {}
        self._stopped = asyncio.Event()
        self.running = 0

    async def answer(self, job: JSON) -> JSON:
        """The output of a job, or its error: the SDK's handler."""
        try:
            return await self._unless_stopped(self._answer(job))
        except VoxcueError as error:
            return self._error(error)

    async def stream(self, job: JSON) -> AsyncGenerator[JSON]:
        """The segments of a speech as they are finished, then the reply: the SDK's handler that streams.

        A speech is not begun anew once a segment of it was sent.
        """
        try:
            ask = jobs.read(job.get("input"))
            if ask.task != "speak" or ask.earlier:
                yield await self._carried_out(job, ask)
                return
            sent = 0
            for attempt in (1, 2):
                generation = await self._layer2.ready()
                try:
                    async for name, data in self._client(generation).events("/v1/speech", ask.fields):
                        if name != "start":
                            yield {name: _fitting(data)} if name == "segment" else _fitting(data)
                            sent += 1
                    return
                except httpx.TransportError as error:
                    await self._crashed(generation, error, final=attempt == 2 or sent > 0)
        except VoxcueError as error:
            yield self._error(error)

    def stop(self) -> None:
        """Answer every job that is in work with the error that the worker stops."""
        self._stopped.set()

    async def _unless_stopped(self, work: Coroutine[Any, Any, JSON]) -> JSON:
        self.running += 1
        task = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            waited: set[asyncio.Future[Any]] = {task, stopped}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return await task
            raise UnavailableError(
                "worker-stopped", "The worker was stopped before the job was done.", "Send the job again."
            )
        finally:
            self.running -= 1
            task.cancel()
            stopped.cancel()

    async def _answer(self, job: JSON) -> JSON:
        return await self._carried_out(job, jobs.read(job.get("input")))

    async def _carried_out(self, job: JSON, ask: jobs.Ask) -> JSON:
        begun = time.perf_counter()
        for attempt in (1, 2):
            generation = await self._layer2.ready()
            try:
                found = await self._ask(job, ask, self._client(generation))
                break
            except httpx.TransportError as error:
                await self._crashed(generation, error, final=attempt == 2)
        return _fitting(
            earlier.answer(ask, found, time.perf_counter() - begun) if ask.earlier is not None else found
        )

    async def _ask(self, job: JSON, ask: jobs.Ask, client: Client) -> JSON:
        if ask.task != "speak" or len(ask.fields["text"]) < _LONG:
            return await jobs.carry_out(ask, client)
        told, segments = 0.0, 0
        async for name, data in client.events("/v1/speech", ask.fields):
            if name == "done":
                return data
            if name == "segment":
                segments += 1
                if time.monotonic() - told >= _TELL_EVERY:
                    told = time.monotonic()
                    await self._tell(job, {"segments": segments, "seconds": data["end"]})
        raise httpx.RemoteProtocolError("the stream ended before its end")

    def _client(self, generation: int) -> Client:
        if generation not in self._clients:
            self._clients[generation] = Client(str(self._layer2.socket))
        return self._clients[generation]

    async def _crashed(self, generation: int, error: httpx.TransportError, *, final: bool) -> None:
        """Layer 2 went away: wait until that is known. Raises the error of the job if it is not to go on."""
        if isinstance(error, httpx.ReadTimeout):
            self._layer2.restart(f"it hung: no reply for {settings().request_seconds + 30:.0f} s")
        reason = await self._layer2.end_of(generation)
        if final:
            raise UnavailableError(
                "layer2-crashed",
                f"Layer 2 ended while it worked on this job: {reason}.",
                "It was tried twice, or a part was sent already; send the job again, or a shorter text.",
            ) from error

    def _error(self, error: VoxcueError) -> JSON:
        """What the SDK makes the error of a job; a worker that is beyond repair asks to be replaced."""
        text = f"{error.message} {error.hint}".strip()
        reply: JSON = {"error": f"{text} [{error.code}]", "code": error.code, "hint": error.hint}
        if self._layer2.state is State.OVER:
            reply["refresh_worker"] = True
        return reply


def _fitting(reply: JSON) -> JSON:
    """A reply, if the platform takes one of its size.

    Raises:
        LimitError: ``result-too-large``.
    """
    size = len(json.dumps(reply, ensure_ascii=False).encode()) if _may_be_large(reply) else 0
    if size > settings().worker_reply_bytes:
        raise LimitError(
            "result-too-large",
            f"The result has {size:,} bytes as JSON; the platform takes {settings().worker_reply_bytes:,}.",
            "Set VOXCUE_STORAGE to a bucket, so that results are links, or ask for mp3 or opus.",
        )
    return reply


def _may_be_large(reply: JSON) -> bool:
    held = sum(len(file.get("data") or "") for file in reply.get("files", {}).values())
    return (
        held + 200 * len(reply.get("words", ())) > settings().worker_reply_bytes // 4 or "audio_url" in reply
    )
