"""HTTP on one connection, with an end to everything that a client could draw out or pile up."""

from __future__ import annotations

import http
import json
from asyncio import TimerHandle, Transport
from secrets import token_hex

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 20.0
"""For how long a connection may be open without a whole request header, or with a body that nobody wants."""

STALL_SECONDS = 60.0
"""For how long a client may take nothing of a reply; nginx waits as long."""

HEADER_BYTES = 64 * 1024
"""Of a request line, its header and its trailer together."""

_PIPELINE = 16
"""Requests that may wait behind the one in work, on the same connection."""

_INVALID = (400, "http-invalid", "The request is not valid HTTP/1.1.", "Check the client.")
_LARGE = (
    431,
    "header-too-large",
    "The header of the request is larger than this server takes.",
    f"Send less than {HEADER_BYTES // 1024} kB of address and header.",
)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol with limits."""

    _patience: TimerHandle | None = None
    _stall: TimerHandle | None = None
    _header_bytes = 0
    _unparsed = 0
    """Bytes since the parser got anywhere: those of a header that does not end."""
    _refusal = _INVALID

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._wait(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait(None)
        if self._stall:
            self._stall.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and see whether that led anywhere."""
        self._unparsed += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unparsed > HEADER_BYTES:
            self._refusal = _LARGE
            self.send_400_response("")
        elif not (self._busy() or self._patience or self.timeout_keep_alive_task):
            # What came is no request: line breaks, or the rest of a body that was answered before its end.
            self._wait(HEADER_SECONDS)

    def on_message_begin(self) -> None:
        """A request line begins."""
        super().on_message_begin()
        self._header_bytes = self._unparsed = 0
        self._wait(HEADER_SECONDS)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of a header, or of a trailer."""
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > HEADER_BYTES:
            self._refusal = _LARGE
            raise ValueError("header too large")  # the parser stops, and uvicorn asks for the refusal
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A request can be worked on."""
        self._wait(None)
        self._unparsed = 0
        if len(self.pipeline) >= _PIPELINE:
            raise ValueError("too many requests at once")
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # the parser takes nothing more after an upgrade, even one refused

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is in."""
        self._unparsed = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not take what it asked for."""
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if self._stall:
            self._stall.cancel()

    def _watch(self, before: int) -> None:
        """End the connection if what waits to be sent is no less after a while."""

        def look() -> None:
            now = self.transport.get_write_buffer_size()
            if now >= before:
                self.transport.abort()
            else:
                self._watch(now)

        self._stall = self.loop.call_later(STALL_SECONDS, look)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what is no request, in the shape of all errors; inside a reply there is no room for it."""
        if not self._busy():
            self.transport.write(_refused(*self._refusal))
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Java's client asks each server for HTTP/2 in this way; the answer in HTTP/1.1 is a plain no."""

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self, seconds: float | None) -> None:
        if self._patience:
            self._patience.cancel()
        self._patience = None if seconds is None else self.loop.call_later(seconds, self.transport.close)


def _refused(status: int, code: str, message: str, hint: str) -> bytes:
    name = token_hex(8)
    error = {"code": code, "message": message, "hint": hint, "request_id": name}
    body = json.dumps({"error": error}).encode()
    head = (
        f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: {name}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
