"""HTTP by hand: bytes over a socket, for what no client library would send."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

JSON = "Content-Type: application/json"

_CHECKOUT = str(Path(__file__).resolve().parents[3])
"""Where this project lies: no error says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over one connection, until the server closed it."""

    data: bytes

    @property
    def status(self) -> int:
        """Of the first reply."""
        return int(self.data[9:12])

    @property
    def head(self) -> str:
        """The first reply's header."""
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        """All that follows it."""
        return self.data.partition(b"\r\n\r\n")[2]

    def error(self) -> dict[str, Any]:
        """The error, after checking its shape."""
        return shape(self.body, self.head)


def shape(body: bytes, told: str = "") -> dict[str, Any]:
    """The error of a body that must be one, in the shape of all errors, with nothing of ours inside."""
    reply = json.loads(body)
    assert set(reply) == {"error"}, told
    error: dict[str, Any] = reply["error"]
    assert set(error) == {"code", "message", "hint", "request_id"}
    assert all(isinstance(value, str) for value in error.values())
    assert error["request_id"]
    assert error["message"]
    for secret in ("/tmp/", "site-packages", "Traceback", _CHECKOUT, "/home/", "/root/", "/voxcue-"):
        assert secret not in error["message"] + error["hint"], error
    assert len(body) < 4096
    return error


def refused(answer: httpx.Response, status: int, code: str = "") -> dict[str, Any]:
    """The error of a reply that must be one."""
    assert answer.status_code == status, answer.text[:500]
    error = shape(answer.content)
    assert error["request_id"] == answer.headers["x-request-id"]
    assert not code or error["code"] == code, error
    return error


def connect(url: str, seconds: float = 10.0) -> socket.socket:
    """A connection to a server."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=seconds)


def head(method: str, path: str, *lines: str) -> bytes:
    """A request's header."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode("latin-1")


def ask(url: str, data: bytes | Iterable[bytes], seconds: float = 10.0) -> Answer:
    """Send bytes and read until the server closes; a reset ends it too."""
    with connect(url, seconds) as sock:
        try:
            for part in [data] if isinstance(data, bytes) else data:
                sock.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return Answer(read(sock))


def read(sock: socket.socket) -> bytes:
    """All that comes until the end of the connection."""
    parts = []
    try:
        while part := sock.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def send(url: str, method: str, path: str, *lines: str, body: bytes = b"") -> Answer:
    """One request on a connection of its own."""
    length = [f"Content-Length: {len(body)}"] if body else []
    return ask(url, head(method, path, *lines, *length, "Connection: close") + body)


def first(sock: socket.socket) -> Answer:
    """The first reply of a connection that stays open: its header and as much of its body as it announces."""
    data = b""
    while part := sock.recv(1 << 16):
        data += part
        header, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", header, re.IGNORECASE)
        if length and len(body) >= int(length[1]):
            break
    return Answer(data)
