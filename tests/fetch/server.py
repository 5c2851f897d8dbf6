"""Real HTTP servers on this machine, and the leave to fetch from them that only tests have."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from voxcue.fetch import addresses, web

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answer every GET with ``answer``; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # the client has had enough

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server((host, 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def giving(body: bytes, status: int = 200, /, **headers: str) -> Answer:
    """An answer with a body and its length."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def allow_this_machine(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Let 127.0.0.1, and no other local address, be fetched from, on the ports given."""
    real = addresses._is_public
    monkeypatch.setattr(addresses, "_is_public", lambda each: str(each) == "127.0.0.1" or real(each))
    monkeypatch.setattr(web, "_PORTS", web._PORTS | set(ports))
