"""RunPod's REST API, version 2, and the API of an endpoint's jobs, over HTTP.

The shapes are those of RunPod's public OpenAPI document for version 2, ``api-reference-v2/openapi.json`` in
github.com/runpod/docs at its state of 20 August 2026 (https://api.runpod.io/v2/openapi.json). Version 1, at
rest.runpod.io, is retired on 1 December 2026, says https://docs.runpod.io/api-reference-v2/migrate-from-v1.
Paths and headers of the jobs' API, and the names of both variables for the addresses, are those of the
package runpod 1.12. **None of it was ever checked against the live service.**

What is safe to say twice is said again, some times and with pauses, when the service is busy (429 with
``Retry-After``), broken (5xx) or out of reach. A POST is only repeated when it certainly did nothing;
otherwise it raises `UnsureError`, and the caller looks.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

import httpx

from voxcue.errors import (
    AccessError,
    BusyError,
    ForbiddenError,
    NotFoundError,
    UnavailableError,
    UsageError,
    VoxcueError,
)

CONTROL = "https://api.runpod.io"
JOBS = "https://api.runpod.ai/v2"
_TRIES = 5
_LONGEST_WAIT = 65.0
"""Seconds that a 429 may ask for; the service counts requests by the minute, and by the hour and the day."""
_SETTINGS = "https://console.runpod.io/user/settings"


class UnsureError(UnavailableError):
    """A request of which nobody knows whether it was carried out."""


class Api:
    """A connection with a key. Use as a context manager."""

    def __init__(
        self,
        key: str,
        *,
        control: str = CONTROL,
        jobs: str = JOBS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.control = f"{control.rstrip('/')}/v2"
        self.jobs = jobs.rstrip("/")
        self.sleep = sleep
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "User-Agent": "voxcue"},
            timeout=httpx.Timeout(60, connect=15),
        )

    @classmethod
    def from_environment(cls, here: Mapping[str, str] = os.environ) -> Self:
        """With the key in ``RUNPOD_API_KEY``, at the addresses that the SDK would take too.

        Raises:
            AccessError: ``runpod-key-missing``.
        """
        if not here.get("RUNPOD_API_KEY"):
            raise AccessError(
                "runpod-key-missing",
                "The environment variable RUNPOD_API_KEY is not set.",
                f"Make a key at {_SETTINGS} and: read -rs RUNPOD_API_KEY && export RUNPOD_API_KEY",
            )
        return cls(
            here["RUNPOD_API_KEY"],
            control=here.get("RUNPOD_API_BASE_URL") or CONTROL,
            jobs=here.get("RUNPOD_ENDPOINT_BASE_URL") or JOBS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read from the REST API; ``path`` begins with "/"."""
        return self._ask("GET", self.control + path, None, query)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make something. Raises `UnsureError` when it may or may not have been made."""
        return self._ask("POST", self.control + path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something."""
        return self._ask("PATCH", self.control + path, body)

    def health(self, endpoint: str) -> dict[str, Any]:
        """Counts of an endpoint's ``jobs`` and ``workers`` by their state."""
        return self._ask("GET", f"{self.jobs}/{endpoint}/health", None)

    def submit(self, endpoint: str, job: Mapping[str, Any]) -> dict[str, Any]:
        """Give an endpoint a job; the reply has its ``id``."""
        return self._ask("POST", f"{self.jobs}/{endpoint}/run", {"input": job})

    def job(self, endpoint: str, job: str) -> dict[str, Any]:
        """A job's ``status``, and its ``output`` or ``error`` once there is one."""
        return self._ask("GET", f"{self.jobs}/{endpoint}/status/{job}", None)

    def log(self, endpoint: str, worker: str, lines: int = 12, seconds: float = 4.0) -> list[str]:
        """The last lines of a worker's log, as far as they come within ``seconds``; the stream has no end."""
        url = f"{self.control}/serverless/{endpoint}/workers/{worker}/logs"
        found: list[str] = []
        end = time.monotonic() + seconds
        with (
            suppress(httpx.HTTPError, ValueError),
            self._client.stream("GET", url, params={"tail": lines}, timeout=seconds) as reply,
        ):
            if reply.status_code != 200:
                return []
            for line in reply.iter_lines():
                if line.startswith("data:"):
                    found.append(str(json.loads(line[5:]).get("line", "")))
                if len(found) >= lines or time.monotonic() > end:
                    break
        return found

    def pause(self, attempt: int) -> None:
        """Wait before another try: 0.5 s, 1 s, 2 s …"""
        self.sleep(0.5 * 2**attempt)

    def _ask(
        self, method: str, url: str, body: Mapping[str, Any] | None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        what = f"{method} {httpx.URL(url).path}"
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            pause = 0.5 * 2**attempt
            try:
                reply = self._client.request(method, url, json=body, params=query)
            except httpx.TransportError as error:
                untouched = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                _give_up(method, _unreachable(what, error), last=last, untouched=untouched)
            else:
                if reply.status_code < 400:
                    return _document(reply, what)
                if reply.status_code == 429:
                    pause = _turn(reply, what, last=last)
                elif reply.status_code < 500:
                    raise _refusal(reply, what)
                else:
                    _give_up(method, _broken(reply, what), last=last)
            self.sleep(pause)
        raise AssertionError("the last try returns or raises")


def _give_up(method: str, words: tuple[str, str, str], *, last: bool, untouched: bool = False) -> None:
    """Raise, unless the request may be sent again."""
    if method == "POST" and not untouched:
        raise UnsureError(*words)
    if last:
        raise UnavailableError(*words)


def _turn(reply: httpx.Response, what: str, *, last: bool) -> float:
    """Seconds to wait before the service takes a request again.

    Raises:
        BusyError: too long, or asked too often.
    """
    try:
        seconds = float(reply.headers.get("Retry-After", "2"))
    except ValueError:
        seconds = 2.0
    if last or seconds > _LONGEST_WAIT:
        raise BusyError(
            "runpod-busy",
            f"RunPod takes no more requests from this account for now: {what} was answered with 429.",
            f"Run the same command again in {seconds:.0f} s.",
            retry_after=seconds,
        )
    return seconds


def _document(reply: httpx.Response, what: str) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnavailableError(
            "runpod-answer",
            f"RunPod answered {what} with something that is not a JSON object.",
            "Is a proxy in the way? RUNPOD_API_BASE_URL and RUNPOD_ENDPOINT_BASE_URL set the addresses.",
        )
    return found


def _unreachable(what: str, error: Exception) -> tuple[str, str, str]:
    return (
        "runpod-unreachable",
        f"RunPod could not be reached for {what}: {error or type(error).__name__}.",
        "Run the same command again when the network is back.",
    )


def _broken(reply: httpx.Response, what: str) -> tuple[str, str, str]:
    return (
        "runpod-down",
        f"RunPod failed at {what} with status {reply.status_code}.",
        "Run the same command again later; https://uptime.runpod.io shows the state of the service.",
    )


def _refusal(reply: httpx.Response, what: str) -> VoxcueError:
    """The error for a 4xx, with the service's own words."""
    words = _detail(reply)
    if reply.status_code == 401:
        return AccessError(
            "runpod-key-refused",
            "RunPod does not know the key in RUNPOD_API_KEY.",
            f"Make one at {_SETTINGS}.",
        )
    if reply.status_code == 403:
        return ForbiddenError(
            "runpod-forbidden",
            f"The key in RUNPOD_API_KEY may not do {what}: {words}",
            f"Give it read and write access to the REST API and to endpoints at {_SETTINGS}.",
        )
    if reply.status_code == 404:
        return NotFoundError(
            "runpod-not-found",
            f"RunPod has nothing at {what}: {words}",
            "It was removed meanwhile, or the key belongs to another account or team.",
        )
    return UsageError("runpod-refused", f"RunPod refused {what}: {words}", _advice(words))


def _detail(reply: httpx.Response) -> str:
    """What an ``application/problem+json`` says, or the head of another body."""
    try:
        body = reply.json()
        parts = [str(body.get("detail") or body.get("error") or body.get("title") or "")]
        parts += [str(each) for each in body.get("errors") or ()]
        words = "; ".join(filter(None, parts))
    except (ValueError, AttributeError):
        words = reply.text.strip()[:200]
    return (words or f"status {reply.status_code}").rstrip(".") + "."


def _advice(words: str) -> str:
    low = words.lower()
    if "quota" in low or "limit" in low or "exceed" in low:
        return (
            "The account's limit of workers counts all endpoints: lower endpoint.workers_max, or that of "
            "another endpoint in the console, or ask RunPod for more."
        )
    if "balance" in low or "fund" in low or "payment" in low:
        return "Top the account up at https://console.runpod.io/user/billing."
    if "instances available" in low or "gpu" in low or "pool" in low:
        return "Name other or more GPUs in endpoint.gpus, or another data_center."
    if "image" in low or "registry" in low or "manifest" in low:
        return "Is the image pushed and public? For a private one, name a login under [registry]."
    if "data center" in low or "datacenter" in low:
        return "Choose another data_center."
    return "Correct voxcue.toml and run the same command again."
