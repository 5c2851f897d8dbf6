"""What the worker adds to a request to layer 2, and how many jobs a minute it answers.

Jobs of one short sentence, inline. The handler is compared with the bare request on the same socket, in
turn, in one process; then a whole worker, with the real SDK and a local plane, with 1, 2 and 4 jobs in
flight, is compared with as many bare requests.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from common import ROOT, figure

sys.path.insert(0, str(ROOT))

from tests.worker.runs import running

from voxcue.worker.handler import Handler
from voxcue.worker.launch import Launcher
from voxcue.worker.layer2 import Layer2

ASK = {"text": "Doors open at 7:30 p.m.", "captions": ["srt"], "delivery": "inline"}
RUNS = 200
SECONDS = 10.0


async def _nobody(_job: dict[str, Any], _progress: dict[str, Any]) -> None:
    pass


async def overhead() -> None:
    """Print p50 and p99 of what the handler adds."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "layer2.sock"
        layer2 = Layer2(Launcher(Path(folder), print), socket)
        layer2.start()
        await layer2.ready()
        handler = Handler(layer2, _nobody)
        transport = httpx.AsyncHTTPTransport(uds=str(socket))
        async with httpx.AsyncClient(transport=transport, base_url="http://layer2") as client:

            async def bare() -> None:
                (await client.post("/v1/speech", json=ASK)).json()

            async def handled() -> None:
                assert "error" not in await handler.answer({"id": "1", "input": dict(ASK)})

            times: dict[str, list[float]] = {"bare": [], "handled": []}
            for index in range(RUNS + 20):
                for name, call in (("bare", bare), ("handled", handled)):
                    begun = time.perf_counter()
                    await call()
                    if index >= 20:
                        times[name].append(1000 * (time.perf_counter() - begun))
        layer2.close()
    bare_p50, handled_p50 = (statistics.median(times[name]) for name in ("bare", "handled"))
    figure(
        "worker: handler over the bare request, ms",
        p50=handled_p50 - bare_p50,
        p99=_p99(times["handled"]) - _p99(times["bare"]),
        bare_p50=bare_p50,
        handled_p50=handled_p50,
        runs=RUNS,
        aim_p50=10.0,
    )


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


async def _rate(
    call: Callable[[httpx.AsyncClient], Awaitable[None]], client: httpx.AsyncClient, flight: int
) -> float:
    """Calls a minute with so many in flight."""
    done = 0
    until = time.perf_counter() + SECONDS

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await call(client)
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(flight)))
    return 60 * done / (time.perf_counter() - begun)


async def _job(client: httpx.AsyncClient) -> None:
    reply = (await client.post("/runsync", json={"input": ASK})).json()
    assert reply["status"] == "COMPLETED", reply


async def _request(client: httpx.AsyncClient) -> None:
    (await client.post("/v1/speech", json=ASK)).raise_for_status()


async def rates() -> None:
    """Print jobs a minute through everything, beside bare requests to a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "bare.sock"
        layer2 = Layer2(Launcher(Path(folder), print), socket)
        layer2.start()
        await layer2.ready()
        with running(Path(folder), VOXCUE_WORKER_CONCURRENCY="4") as worker:
            transport = httpx.AsyncHTTPTransport(uds=str(socket))
            async with (
                httpx.AsyncClient(base_url=worker.plane.url, timeout=60) as jobs,
                httpx.AsyncClient(transport=transport, base_url="http://layer2", timeout=60) as bare,
            ):
                await _job(jobs)
                for flight in (1, 2, 4):
                    asked, requested = await _rate(_job, jobs, flight), await _rate(_request, bare, flight)
                    figure(
                        "worker: jobs a minute",
                        in_flight=flight,
                        jobs=asked,
                        bare_requests=requested,
                        ratio=asked / requested,
                        extra_ms=60_000 * flight / asked - 60_000 * flight / requested,
                    )
        layer2.close()


def start() -> None:
    """Print how long a worker with the embedded engine takes until its first job is answered."""
    seconds = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            with running(Path(folder)) as worker:
                worker.ask(task="voices.list")
                seconds.append(time.perf_counter() - begun)
    figure(
        "worker: start of the process to the first answer, embedded engine, warm caches",
        seconds=statistics.median(seconds),
        runs=len(seconds),
        aim=2.5,
    )


if __name__ == "__main__":
    os.environ["VOXCUE_ENGINE"] = "hibari"
    asyncio.run(overhead())
    asyncio.run(rates())
    start()
