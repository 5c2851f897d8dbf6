"""What happens to every request before and after its route: an id, access, patience, a line in the log."""

from __future__ import annotations

import asyncio
import logging
import re
from secrets import token_hex
from time import perf_counter

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxcue.errors import BusyError, SlowRequestError, VoxcueError
from voxcue.server.access import Access
from voxcue.server.faults import cut_off, reply, too_large
from voxcue.server.metrics import Metrics

_LOG = logging.getLogger("voxcue.access")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_PATIENCE = 30.0
"""Seconds that a client may take for each part of a request's body."""

_PART = 16 * 1024
"""Bytes of such a part: a byte now and then would otherwise keep a request for ever."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class Front:
    """ASGI middleware around the whole app.

    Args:
        app: what is behind it.
        access: decides who may pass.
        metrics: counts the requests.
        most_forms: how many may be read or worked on at once; their recordings lie on the disk meanwhile.
    """

    def __init__(self, app: ASGIApp, access: Access, metrics: Metrics, most_forms: int) -> None:
        self._app = app
        self._access = access
        self._metrics = metrics
        self._most_forms = most_forms
        self._forms = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # uvicorn knows better, and sends no body
        request = Request(scope, receive)
        given = request.headers.get("x-request-id", "")
        scope["voxcue.request_id"] = given if _ID.fullmatch(given) else token_hex(8)
        scope["voxcue.log"] = {}
        status, replaced = _UNSENT, False

        async def answer(message: Message) -> None:
            nonlocal status, replaced
            if replaced:
                return
            if _is_plain_refusal(message):
                await too_large(request)(scope, receive, answer)
                replaced = True
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = scope["voxcue.request_id"]
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._pass(request, scope, _patient(receive), answer)
        except Exception as error:
            if status == _UNSENT:
                raise
            cut_off(request, error)  # all that is left is to end the connection
        finally:
            self._record(scope, request.method, status, perf_counter() - begun)

    async def _pass(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._access.check(request)
            is_form = request.headers.get("content-type", "").startswith("multipart/")
            if is_form and self._forms >= self._most_forms:
                raise _too_many_forms(self._forms)
        except VoxcueError as error:
            await reply(request, error, error.http_status)(scope, receive, send)
            return
        self._forms += is_form
        try:
            await self._app(scope, receive, send)
        finally:
            self._forms -= is_form

    def _record(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        studio = "/studio" if scope["path"].startswith("/studio/") else "none"
        route = getattr(scope.get("route"), "path", studio)
        self._metrics.request(route, method if method in _METHODS else "other", status, seconds)
        facts = {"route": route, "method": method, "status": status, "seconds": round(seconds, 4)}
        level = logging.DEBUG if route in _QUIET else logging.INFO
        _LOG.log(
            level, "request", extra={"request_id": scope["voxcue.request_id"], **facts, **scope["voxcue.log"]}
        )


_QUIET = frozenset({"/healthz", "/readyz"})
"""Routes that whoever runs the server asks all the time; not in the log."""

_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})


_UNSENT = 500
"""The status of a request whose reply never began."""


def _too_many_forms(count: int) -> BusyError:
    return BusyError(
        "server-busy",
        f"This server reads {count} uploads at once already.",
        "Try again in 5 s.",
        retry_after=5,
    )


def note(request: Request, **facts: object) -> None:
    """Add facts to the line that the log gets when the request is done."""
    request.scope["voxcue.log"].update(facts)


def _is_plain_refusal(message: Message) -> bool:
    """Whether it begins Starlette's own 413, which no handler of exceptions sees."""
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/plain")


def _patient(receive: Receive) -> Receive:
    """``receive`` that gives a slow body up; once the body is in, it waits for the end of the connection."""
    complete = False
    patience, size = _PATIENCE, 0

    async def timed() -> Message:
        nonlocal complete, patience, size
        if complete:
            return await receive()
        begun = perf_counter()
        try:
            message = await asyncio.wait_for(receive(), patience)
        except TimeoutError:
            raise SlowRequestError(
                "request-slow",
                f"The rest of the request did not come within {_PATIENCE:g} s.",
                "Send it again over a better connection.",
            ) from None
        complete = not message.get("more_body", False)
        size += len(message.get("body", b""))
        patience -= perf_counter() - begun
        if size >= _PART:
            patience, size = _PATIENCE, 0
        return message

    return timed
