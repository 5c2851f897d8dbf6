"""Layer 2's HTTP API over its socket, as the worker uses it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx

from voxcue.errors import VoxcueError
from voxcue.settings import settings

JSON = dict[str, Any]


class FaultError(VoxcueError):
    """An error that layer 2 answered with: its code, message and hint as they came."""


class Client:
    """One client for one process of layer 2. Raises httpx.TransportError when that process goes away."""

    def __init__(self, socket: str) -> None:
        limit = httpx.Timeout(settings().request_seconds + 30, connect=5)
        transport = httpx.AsyncHTTPTransport(uds=socket, limits=httpx.Limits(max_connections=None))
        self._http = httpx.AsyncClient(transport=transport, base_url="http://layer2", timeout=limit)
        self._key = settings().api_keys.get_secret_value().partition(",")[0].strip()

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: JSON | None = None,
        form: Mapping[str, Any] | None = None,
        audio: bytes | None = None,
    ) -> Any:
        """The reply to a request, decoded; ``form`` and ``audio`` make a form with a file.

        Raises:
            FaultError: layer 2 refused.
        """
        files = None if audio is None else {"audio": ("audio", audio)}
        data = {key: value for key, value in (form or {}).items() if value is not None} or None
        reply = await self._http.request(
            method, path, json=json, data=data, files=files, headers=self._headers()
        )
        _check(reply)
        return reply.json() if reply.content else None

    async def events(self, path: str, body: JSON) -> AsyncGenerator[tuple[str, JSON]]:
        """The events of a stream (``text/event-stream``), as they come.

        Raises:
            FaultError: layer 2 refused, or failed on the way.
        """
        headers = self._headers() | {"Accept": "text/event-stream"}
        async with self._http.stream("POST", path, json=body, headers=headers) as reply:
            if reply.is_error:
                await reply.aread()
            _check(reply)
            name = ""
            async for line in reply.aiter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data = json.loads(line[6:])
                    if name == "error":
                        raise _fault(data)
                    yield name, data
        if name != "done":
            raise httpx.RemoteProtocolError("the stream ended before its end")

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}


def _check(reply: httpx.Response) -> None:
    if reply.is_error:
        try:
            raise _fault(reply.json())
        except ValueError:
            raise FaultError(
                "layer2-reply", f"Layer 2 answered with {reply.status_code} and no reason."
            ) from None


def _fault(body: JSON) -> FaultError:
    error = body["error"]
    return FaultError(error["code"], error["message"], error["hint"])
