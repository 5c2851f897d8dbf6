"""A server that speaks the protocol of the Hugging Face Hub; large files come from another host."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LARGE = 100_000
"""Bytes from which a file is kept beside the hub, as LFS files are."""


@dataclass
class Hub:
    """``files`` by "repository/path"; ``revision`` is the one commit that there is."""

    revision: str = "c0ffee" + "0" * 34
    files: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and headers of every request."""
    cut: int | None = None
    """Bytes after which the next large answer breaks off."""
    failing: bool = False
    """Whether large files are answered with 500 after that."""
    stall: int | None = None
    """Bytes after which large answers pause, until ``go_on`` is set."""
    go_on: threading.Event = field(default_factory=threading.Event)
    announced: dict[str, int] = field(default_factory=dict)
    """Sizes that are announced, in place of the true ones."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ranges(self) -> list[str]:
        """The ``Range`` of each request for the bytes of a large file."""
        return [
            headers.get("range", "")
            for method, path, headers in self.seen
            if (method, path[:5]) == ("GET", "/lfs/")
        ]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.command, request.path, headers))
        if request.path.startswith("/lfs/"):
            self._large(request, request.path.removeprefix("/lfs/"), headers.get("range", ""))
            return
        found = re.fullmatch(rf"/(.+?)/resolve/{self.revision}/(.+)", request.path)
        key = f"{found[1]}/{found[2]}" if found else ""
        if key not in self.files:
            _reply(request, 404, {"X-Error-Code": "EntryNotFound", "Content-Length": "0"})
            return
        data = self.files[key]
        head = {"X-Repo-Commit": self.revision}
        if len(data) < _LARGE:
            etag = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            head |= {"ETag": f'"{etag}"', "Content-Length": str(len(data))}
            _reply(request, 200, head, data)
            return
        head |= {
            "X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"',
            "X-Linked-Size": str(self.announced.get(key, len(data))),
            "Location": f"http://localhost:{self.port}/lfs/{key}",
            "Content-Length": "0",
        }
        _reply(request, 302, head)

    def _large(self, request: BaseHTTPRequestHandler, key: str, wanted: str) -> None:
        if self.failing and self.cut is None:
            _reply(request, 500, {"Content-Length": "0"})
            return
        data = self.files[key]
        start = int(found[1]) if (found := re.fullmatch(r"bytes=(\d+)-", wanted)) else 0
        head = {"Content-Length": str(len(data) - start)}
        if found:
            head["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        _reply(request, 206 if found else 200, head)
        if self.cut is not None:
            end, self.cut = start + self.cut, None
            request.wfile.write(data[start:end])
            request.close_connection = True
            return
        end = len(data) if self.stall is None else start + self.stall
        request.wfile.write(data[start:end])
        if self.stall is not None:
            self.go_on.wait(30)
            request.wfile.write(data[end:])


def _reply(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.end_headers()
    if request.command == "GET":
        request.wfile.write(body)


@contextmanager
def running_hub() -> Generator[Hub]:
    """Start a hub without files."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with suppress(OSError):  # the client has left
                hub.answer(self)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        hub.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            hub.go_on.set()
            server.shutdown()
            thread.join()
