"""The protocol over HTTP, both sides: what clients call, and what the SDK in a worker calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from voxcue.worker.plane.job import Job
from voxcue.worker.plane.ledger import Ledger

_RUN_MIB = 10
_RUNSYNC_MIB = 20

_WAIT_MS = (1_000, 90_000, 300_000)
"""Of ``/runsync?wait=``: the least, what holds without it, the most."""
_LEAST_MS = {"executionTimeout": 5_000, "ttl": 10_000}
_WEEK_MS = 7 * 24 * 3_600_000


def create_app(ledger: Ledger, api_key: str) -> ASGIApp:
    """The application; with a key, it answers nobody who does not know it."""
    client, worker = _Client(ledger), _Worker(ledger)
    routes = [
        Route("/run", client.run, methods=["POST"]),
        Route("/runsync", client.runsync, methods=["POST"]),
        Route("/status/{job}", client.status, methods=["GET", "POST"]),
        Route("/stream/{job}", client.stream, methods=["GET", "POST"]),
        Route("/cancel/{job}", client.cancel, methods=["POST"]),
        Route("/retry/{job}", client.retry, methods=["POST"]),
        Route("/purge-queue", client.purge, methods=["POST"]),
        Route("/health", client.health),
        Route("/job-take/{worker}", worker.take),
        Route("/job-take-batch/{worker}", worker.take_batch),
        Route("/job-stop/{worker}", worker.stop),
        Route("/job-done/{worker}/{job}", worker.done, methods=["POST"]),
        Route("/job-stream/{worker}/{job}", worker.chunk, methods=["POST"]),
        Route("/ping/{worker}", worker.ping),
    ]
    app = Starlette(
        routes=[Mount("/v2/{endpoint}", routes=routes), *routes],
        exception_handlers={HTTPException: _refused},
    )
    return _Guard(app, api_key)


class _Client:
    """What those call who have work done."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def run(self, request: Request) -> Response:
        job = Job(_checked(await _body(request, _RUN_MIB)))
        self._ledger.submit(job)
        return _json(job.reply())

    async def runsync(self, request: Request) -> Response:
        least, usual, most = _WAIT_MS
        wait = _integer(request.query_params.get("wait", usual), "wait", least, most)
        job = Job(_checked(await _body(request, _RUNSYNC_MIB)), sync=True)
        self._ledger.submit(job)
        async with _leaving(request) as gone:
            await self._ledger.result(job, gone, wait / 1000)
        return _json(job.reply())

    async def status(self, request: Request) -> Response:
        return _json(_job(self._ledger, request).reply())

    async def stream(self, request: Request) -> Response:
        job = _job(self._ledger, request)
        chunks = job.chunks.copy()
        job.chunks.clear()
        return _json({"id": job.id, "status": job.status, "stream": chunks})

    async def cancel(self, request: Request) -> Response:
        job = _job(self._ledger, request)
        self._ledger.cancel(job)
        return _json({"id": job.id, "status": job.status})

    async def retry(self, request: Request) -> Response:
        job = _job(self._ledger, request)
        if job.status not in ("FAILED", "TIMED_OUT"):
            raise HTTPException(400, f"bad request: a job that is {job.status} cannot be retried")
        self._ledger.retry(job)
        return _json({"id": job.id, "status": job.status})

    async def purge(self, _: Request) -> Response:
        return _json({"removed": self._ledger.purge(), "status": "completed"})

    async def health(self, _: Request) -> Response:
        return _json(self._ledger.health())


class _Worker:
    """What the SDK in a worker calls."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def take(self, request: Request) -> Response:
        jobs = await self._take(request, 1)
        return _json(jobs[0].handed()) if jobs else Response(status_code=204)

    async def take_batch(self, request: Request) -> Response:
        most = _integer(request.query_params.get("batch_size", 1), "batch_size", 1, 10_000)
        jobs = await self._take(request, most)
        return _json([job.handed() for job in jobs]) if jobs else Response(status_code=204)

    async def _take(self, request: Request, most: int) -> list[Job]:
        busy = request.query_params.get("job_in_progress") != "0"
        async with _leaving(request) as gone:
            return await self._ledger.take(request.path_params["worker"], most, busy=busy, gone=gone)

    async def stop(self, request: Request) -> Response:
        async with _leaving(request) as gone:
            jobs = await self._ledger.stops(request.path_params["worker"], gone)
        return _json({"jobsToStop": jobs}) if jobs else Response(status_code=204)

    async def done(self, request: Request) -> Response:
        job = _job(self._ledger, request)
        body = await _body(request, _RUNSYNC_MIB if job.sync else _RUN_MIB)
        self._ledger.done(request.path_params["worker"], job, body)
        return Response()

    async def chunk(self, request: Request) -> Response:
        job = _job(self._ledger, request)
        self._ledger.chunk(job, await _body(request, _RUNSYNC_MIB if job.sync else _RUN_MIB))
        return Response()

    async def ping(self, request: Request) -> Response:
        query = request.query_params
        ill = dict(query) if query.get("status") == "unhealthy" else None
        self._ledger.ping(request.path_params["worker"], query.get("job_id", "").split(","), ill)
        return Response()


class _Guard:
    """Lets in who knows the key, and no pages of other sites."""

    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app = app
        self._api_key = api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(Request(scope))):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return _json({"error": "forbidden: pages of other sites have no access"}, 403)
        if (
            self._api_key
            and request.headers.get("authorization", "").removeprefix("Bearer ") != self._api_key
        ):
            return _json({"error": "unauthorized"}, 401)
        return None


@asynccontextmanager
async def _leaving(request: Request) -> AsyncGenerator[asyncio.Future[None]]:
    """Done when who asked has closed the connection."""

    async def closed() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    watch = asyncio.ensure_future(closed())
    try:
        yield watch
    finally:
        watch.cancel()


async def _body(request: Request, most_mib: int) -> dict[str, Any]:
    """The JSON object of a request; one that is too large is read to its end, so that the refusal arrives."""
    data = bytearray()
    large = False
    async for part in request.stream():
        large = large or len(data) + len(part) > most_mib * 2**20
        if not large:
            data += part
    if large:
        raise HTTPException(400, f"bad request: body: exceeded max body size of {most_mib}MiB")
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"bad request: body: not JSON: {error}") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "bad request: body: not a JSON object")
    return body


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    if "input" not in body:
        raise HTTPException(400, "bad request: body: 'input' is missing")
    if (webhook := body.get("webhook")) is not None and not isinstance(webhook, str):
        raise HTTPException(400, "bad request: body: 'webhook' is not a URL")
    policy = body.get("policy") or {}
    if not isinstance(policy, dict):
        raise HTTPException(400, "bad request: body: 'policy' is not an object")
    for name, least in _LEAST_MS.items():
        if name in policy:
            policy[name] = _integer(policy[name], f"policy.{name}", least, _WEEK_MS)
    return body


def _integer(value: object, name: str, least: int, most: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise HTTPException(400, f"bad request: '{name}' is '{value}', not between {least} and {most}")
    return number


def _job(ledger: Ledger, request: Request) -> Job:
    job = ledger.jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404, "job not found")
    return job


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content, separators=(",", ":")), status, media_type="application/json")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _json({"error": error.detail}, error.status_code)
