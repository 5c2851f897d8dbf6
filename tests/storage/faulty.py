"""A proxy between the tests and the S3 server that breaks requests on order, and passes on the others.

S3 signs the Host header, so the bytes of the request go on unchanged but for ``Connection: close``.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Literal

Fault = Literal["cut", "unanswered", "500", "503", "silent"]
"""Cut in the middle of the request; passed on, but the answer lost; errors; no answer, ever."""

_ANSWERS = {"500": ("500 Internal Server Error", "InternalError"), "503": ("503 Slow Down", "SlowDown")}


@dataclass
class FaultyProxy:
    """``port`` to talk to; ``seen`` has a line for each request."""

    upstream: int
    port: int = 0
    seen: list[str] = field(default_factory=list)
    met: Event = field(default_factory=Event)
    """Set when a fault has happened."""
    _fault: Fault | None = None
    _times: int = 0
    _requests: str = ""
    _after: int = 0
    _lock: Lock = field(default_factory=Lock)

    def order(self, fault: Fault, times: int = 1_000_000, requests: str = "", after: int = 0) -> None:
        """Break requests whose first line matches the pattern ``requests``, after so many good ones."""
        with self._lock:
            self._fault, self._times, self._requests, self._after = fault, times, requests, after
            self.met.clear()

    def count(self, pattern: str) -> int:
        """How many requests matched."""
        return sum(bool(re.search(pattern, line)) for line in self.seen)

    def _next(self, line: str) -> Fault | None:
        with self._lock:
            self.seen.append(line)
            if self._times and re.search(self._requests, line):
                if self._after:
                    self._after -= 1
                    return None
                self._times -= 1
                return self._fault
        return None

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            head = b""
            while b"\r\n\r\n" not in head:
                data = client.recv(65536)
                if not data:
                    return
                head += data
            head, _, body = head.partition(b"\r\n\r\n")
            found = re.search(rb"(?i)content-length: (\d+)", head)
            left = (int(found[1]) if found else 0) - len(body)
            fault = self._next(head.split(b"\r\n")[0].decode())
            if fault == "cut":
                self.met.set()
                if left > 0:
                    client.recv(min(left, 65536))
                _reset(client)
                return
            passed_on = fault in (None, "unanswered")
            if passed_on:
                server.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
            while left > 0:
                data = client.recv(min(left, 65536))
                if not data:
                    return
                left -= len(data)
                if passed_on:
                    server.sendall(data)
            self._answer(fault, client, server)

    def _answer(self, fault: Fault | None, client: socket.socket, server: socket.socket) -> None:
        if fault is not None:
            self.met.set()
        if fault == "silent":
            client.recv(1)
        elif fault == "unanswered":
            server.recv(65536)
            _reset(client)
        elif fault is not None:
            status, code = _ANSWERS[fault]
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            client.sendall((head + body).encode())
        else:
            while data := server.recv(65536):
                client.sendall(data)


def _reset(client: socket.socket) -> None:
    """Close as a network that breaks does, without a goodbye."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def faulty_proxy(upstream: int) -> Generator[FaultyProxy]:
    """Run a proxy in front of the port ``upstream``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = FaultyProxy(upstream, listener.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    Thread(target=proxy._serve, args=(client,), daemon=True).start()

        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield proxy
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
