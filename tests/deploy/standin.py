"""A stand-in for RunPod: version 2 of its REST API, and the API of an endpoint's jobs, in a thread.

Its shapes are those of RunPod's public OpenAPI document for version 2 and of the page "Operation reference"
of docs.runpod.io, both as of 20 August 2026: envelopes of lists, names of fields, statuses, the format of
errors, unknown fields refused with 422, a volume that does not shrink, patches that replace ``env`` and,
with ``gpu.pools``, the excluded cards. **It was never checked against the live service.**
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

KEY = "rpa_TESTKEY"
_CONTAINER = {"image", "args", "disk", "ports", "env", "registry"}
_SCALED = {"name", "gpu", "workers", "scaling", "dataCenterIds", "networkVolumes", "timeout", "flashboot"}
_FIELDS = {
    "network-volumes": (
        "networkVolumes",
        {"name", "size", "dataCenter", "type"},
        {"name", "size", "dataCenter"},
    ),
    "serverless": (
        "endpoints",
        _CONTAINER | _SCALED | {"type", "templateId", "cpu"},
        {"name", "type", "scaling"},
    ),
    "registries": ("registries", {"name", "username", "password"}, {"name", "username", "password"}),
}
"""Path: name in the envelope, fields that a POST takes, fields that it needs."""


def gpu(card: str, name: str, pool: str | None, hourly: float, **places: str) -> dict[str, Any]:
    """An entry of the catalogue; ``places`` are availabilities, with "_" for "-" in the data centre."""
    return {
        "id": card,
        "name": name,
        "pool": pool,
        "manufacturer": "NVIDIA",
        "memory": 24,
        "secure": True,
        "community": True,
        "price": {"secure": 0.44, "community": 0.31} | ({"serverless": hourly} if pool else {}),
        "maxCount": {"secure": 8, "community": 4},
        "availability": "HIGH",
        "dataCenters": [
            {"id": place.replace("_", "-"), "name": place, "availability": level}
            for place, level in places.items()
        ],
    }


GPUS = [
    gpu("NVIDIA GeForce RTX 4090", "RTX 4090", "ADA_24", 1.1, EU_RO_1="HIGH"),
    gpu("NVIDIA L4", "L4", "AMPERE_24", 0.69, EU_RO_1="LOW", US_KS_2="HIGH"),
    gpu("NVIDIA GeForce RTX 3090", "RTX 3090", "AMPERE_24", 0.69, EU_RO_1="NONE", US_KS_2="HIGH"),
    gpu("NVIDIA RTX A2000", "RTX A2000", None, 0.0),
]
PLACES = [
    {
        "id": place,
        "name": place,
        "region": "EUROPE",
        "globalNetwork": True,
        "networkVolumeTypes": types,
        "compliance": [],
    }
    for place, types in (
        ("EU-RO-1", ["STANDARD"]),
        ("US-KS-2", ["STANDARD", "HIGH_PERFORMANCE"]),
        ("CA-MTL-9", []),
    )
]


@dataclass
class Standin:
    """RunPod's state, which tests read and change, and what was asked of it."""

    port: int = 0
    things: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {path: [] for path in _FIELDS})
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    """Method, path and body of every request."""
    faults: list[tuple[str, str, Any]] = field(default_factory=list)
    """Method, part of the path, and an answer: a `Response`, or a lost one, "after" or "before" the work."""
    workers: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[str, int] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    """What a job's status is, one after the other; the last one stays."""
    log: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of every request that could change something."""
        return [(method, path) for method, path, _ in self.asked if method not in ("GET", "HEAD")]

    def env(self, **more: str) -> dict[str, str]:
        """The variables that lead a command here."""
        return {
            "RUNPOD_API_KEY": KEY,
            "RUNPOD_API_BASE_URL": self.url,
            "RUNPOD_ENDPOINT_BASE_URL": f"{self.url}/jobs/v2",
            **more,
        }

    @property
    def endpoint(self) -> dict[str, Any]:
        return self.things["serverless"][0]

    @property
    def volume(self) -> dict[str, Any]:
        return self.things["network-volumes"][0]

    async def answer(self, request: Request) -> Response:
        """Every request comes through here."""
        path, body = request.url.path, json.loads(await request.body() or "null")
        self.asked.append((request.method, path, body))
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return problem(401, "Unauthorized", "invalid bearer token")
        for fault in self.faults:
            if fault[0] == request.method and fault[1] in path:
                self.faults.remove(fault)
                if isinstance(fault[2], Response):
                    return fault[2]
                if fault[2] == "after":
                    self._work(request.method, path, body)
                return _Cut()
        return self._work(request.method, path, body)

    def _work(self, method: str, path: str, body: Any) -> Response:
        match path.strip("/").split("/"):
            case ["jobs", "v2", _, *parts]:
                return self._job(*parts)
            case ["v2", "catalog", "gpus"]:
                return JSONResponse({"gpus": GPUS})
            case ["v2", "catalog", "datacenters"]:
                return JSONResponse({"dataCenters": PLACES})
            case ["v2", "serverless", _, "workers"]:
                return JSONResponse(
                    {"workers": self.workers, "summary": self._summary(), "endpointVersion": 2}
                )
            case ["v2", "serverless", _, "workers", _, "logs"]:
                return StreamingResponse(self._log(), media_type="text/event-stream")
            case ["v2", kind] if kind in _FIELDS and method == "GET":
                return JSONResponse({_FIELDS[kind][0]: self.things[kind]})
            case ["v2", kind] if kind in _FIELDS and method == "POST":
                return self._create(kind, body)
            case ["v2", kind, name] if kind in _FIELDS and method == "PATCH":
                return self._change(kind, name, body)
        return problem(404, "Not Found", "resource not found")

    def _job(self, operation: str, job: str = "job-1") -> Response:
        if operation == "health":
            jobs = {"completed": 0, "failed": 0, "inProgress": 0, "inQueue": 0, "retried": 0} | self.jobs
            return JSONResponse({"jobs": jobs, "workers": {"idle": 0, "running": len(self.workers)}})
        if operation == "run":
            return JSONResponse({"id": job, "status": "IN_QUEUE"})
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return JSONResponse({"id": job, **status})

    def _create(self, kind: str, body: dict[str, Any]) -> Response:
        _, allowed, needed = _FIELDS[kind]
        if wrong := _wrong(body, allowed, needed):
            return wrong
        made = {"id": f"{kind[:3]}{next(self._numbers)}", **body}
        if kind == "network-volumes":
            made.setdefault("type", "STANDARD")
        elif kind == "registries":
            made = {"id": made["id"], "name": made["name"]}
        else:
            pools = {each["pool"] for each in GPUS}
            if unknown := [pool for pool in body["gpu"]["pools"] if pool not in pools]:
                return problem(400, "Bad Request", f"unknown gpu pool {unknown[0]}")
            made["gpu"] = {"allowedCudaVersions": [], "minCudaVersion": None} | body["gpu"]
            made = {
                "args": "",
                "ports": [],
                "registry": None,
                "networkVolumes": [],
                "dataCenterIds": [],
            } | made
            made["createdAt"] = "2026-06-01T12:00:00Z"
        self.things[kind].append(made)
        return JSONResponse(made, 201)

    def _change(self, kind: str, name: str, body: dict[str, Any]) -> Response:
        found = [each for each in self.things[kind] if each["id"] == name]
        if not found:
            return problem(404, "Not Found", "resource not found")
        allowed = (
            {"name", "size"} if kind == "network-volumes" else _CONTAINER | _SCALED | {"templateId", "cpu"}
        )
        if wrong := _wrong(body, allowed, set()):
            return wrong
        if kind == "network-volumes" and body.get("size", 4096) < found[0]["size"]:
            return problem(400, "Bad Request", "network volume size cannot be reduced")
        for key, value in body.items():
            if key in ("gpu", "workers"):
                if "pools" in value:
                    found[0][key].pop("excludedTypes", None)
                found[0][key] |= value
            else:
                found[0][key] = value
        return JSONResponse(found[0])

    def _summary(self) -> dict[str, int]:
        states = ("running", "idle", "initializing", "throttled", "unhealthy")
        counts = {state: sum(each["status"] == state.upper() for each in self.workers) for state in states}
        return {**counts, "total": len(self.workers)}

    async def _log(self) -> AsyncIterator[str]:
        for number, line in enumerate(self.log):
            event = json.dumps({"ts": "2026-06-01T12:05:04Z", "source": "container", "line": line})
            yield f"id: 2026-06-01T12:05:04Z/{number}\ndata: {event}\n\n"


def worker(status: str, **more: Any) -> dict[str, Any]:
    """A worker as the list of an endpoint's workers has it."""
    return {"id": "worker1", "status": status, "gpuCount": 1, "isStale": False, "image": "x", **more}


def problem(status: int, title: str, detail: str, *errors: str, **headers: str) -> Response:
    """An error in the problem format."""
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def _wrong(body: dict[str, Any], allowed: set[str], needed: set[str]) -> Response | None:
    errors = [f"$: missing property '{name}'" for name in sorted(needed - set(body))]
    errors += [f"$: additional properties '{name}' not allowed" for name in sorted(set(body) - allowed)]
    return problem(422, "Unprocessable Entity", "Request validation failed.", *errors) if errors else None


class _Cut(Response):
    """An answer that breaks off: the connection ends in the middle of it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002
        head = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"{"})


class Host:
    """A server for one stand-in after the other."""

    port = 0
    state = Standin()

    def fresh(self) -> Standin:
        """A RunPod that nobody has used yet."""
        self.state = Standin(self.port)
        return self.state

    async def answer(self, request: Request) -> Response:
        return await self.state.answer(request)


@contextmanager
def hosting() -> Iterator[Host]:
    """Run the server on a free port."""
    host = Host()
    methods = ["GET", "POST", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", host.answer, methods=methods)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    host.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.should_exit = True
        thread.join()
