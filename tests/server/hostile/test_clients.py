"""Clients that are slow, many, or gone do not cost the others anything, and not the server much."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.server.hostile import process, raw
from tests.server.hostile.raw import JSON
from tests.server.process import Server, serving

LONG = "This is a sentence of some words that takes a moment to speak, and then there is another one. " * 300
SPEECH = f'{{"text": "{LONG}", "delivery": "inline", "captions": []}}'.encode()
EVENTS = "Accept: text/event-stream"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that does one thing at a time."""
    folder = tmp_path_factory.mktemp("small")
    with serving(folder, VOXCUE_MAX_RUNNING="1", VOXCUE_MAX_WAITING="1") as server:
        yield server


def until(fits: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that must happen soon."""
    end = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.05)


def idle(server: Server, seconds: float = 10.0) -> None:
    """Wait until nothing is in work and nothing waits."""
    until(lambda: server.metric("voxcue_running") + server.metric("voxcue_queue") == 0, seconds)


def begin(server: Server, *lines: str, path: str = "/v1/speech", body: bytes = SPEECH) -> socket.socket:
    """Send a whole request and read nothing."""
    sock = raw.connect(server.url)
    sock.sendall(raw.head("POST", path, JSON, *lines, f"Content-Length: {len(body)}") + body)
    return sock


@pytest.mark.parametrize(
    "lines", [[], [EVENTS], ["Accept: multipart/mixed"]], ids=["json", "events", "parts"]
)
@pytest.mark.parametrize("wait", [0.0, 0.3])
def test_work_for_a_client_that_left_is_dropped(server: Server, lines: list[str], wait: float) -> None:
    with begin(server, *lines):
        until(lambda: server.metric("voxcue_running") == 1)
        time.sleep(wait)
    idle(server, 5)


def test_a_client_that_leaves_the_openai_route_is_dropped(server: Server) -> None:
    body = f'{{"input": "{LONG}", "response_format": "wav"}}'.encode()
    with begin(server, path="/v1/audio/speech", body=body) as sock:
        sock.recv(1000)
    idle(server, 5)


def test_clients_that_leave_inside_their_request_leave_nothing(server: Server) -> None:
    process.require_proc()
    before = process.files(server.pid)
    form = raw.head(
        "POST", "/v1/align", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 9000000"
    )
    part = b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\n\r\n' + bytes(2_000_000)
    for data in [
        b"",
        b"POST /v1/sp",
        raw.head("POST", "/v1/speech", JSON, "Content-Length: 500"),
        form,
        form + part,
    ]:
        for _ in range(5):
            with raw.connect(server.url) as sock:
                sock.sendall(data)
    idle(server)
    until(lambda: process.files(server.pid) <= before + 2)


def test_who_leaves_the_queue_is_not_worked_for(small: Server) -> None:
    with begin(small, EVENTS):
        until(lambda: small.metric("voxcue_running") == 1)
        with begin(small):
            until(lambda: small.metric("voxcue_queue") == 1)
        until(lambda: small.metric("voxcue_queue") == 0)
        assert small.metric("voxcue_running") == 1
    idle(small, 5)


def test_one_too_many_is_told_when_to_come_back(small: Server) -> None:
    with begin(small, EVENTS), ExitStack() as stack:
        until(lambda: small.metric("voxcue_running") == 1)
        stack.enter_context(begin(small))
        until(lambda: small.metric("voxcue_queue") == 1)
        with small.client() as client:
            for path, ask in [("/v1/speech", {"text": "Hi."}), ("/v1/audio/speech", {"input": "Hi."})]:
                answer = client.post(path, json=ask)
                raw.refused(answer, 429, "server-busy")
                assert 1 <= int(answer.headers["retry-after"]) < 60
            assert client.get("/healthz").status_code == 200
            assert client.get("/v1/voices").status_code == 200
    idle(small, 5)


def test_a_reader_that_does_not_read_costs_little_and_its_time_ends(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    process.require_proc()
    folder = tmp_path_factory.mktemp("slow")
    with serving(folder, VOXCUE_REQUEST_SECONDS="4", VOXCUE_MAX_RUNNING="2") as server:
        with server.client() as client:
            client.post("/v1/speech", json={"text": LONG[:500], "delivery": "inline"})
        before = process.megabytes(server.pid)
        with raw.connect(server.url) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            sock.sendall(
                raw.head("POST", "/v1/speech", JSON, EVENTS, f"Content-Length: {len(SPEECH)}") + SPEECH
            )
            time.sleep(2)
            assert server.metric("voxcue_running") == 1
            begun = time.monotonic()
            with server.client() as client:
                assert client.post("/v1/speech", json={"text": "Hello."}).status_code == 200
            assert time.monotonic() - begun < 2
            assert process.megabytes(server.pid) - before < 120
            idle(server, 5)  # its turn ends though it still reads nothing
            sock.settimeout(10)
            assert b"request-deadline" in read_until(sock, b"event: error")


def read_until(sock: socket.socket, mark: bytes) -> bytes:
    """What comes, up to a mark and a little more."""
    data = b""
    while mark not in data and (part := sock.recv(1 << 20)):
        data = data[-100:] + part
    return data + sock.recv(1 << 16) if b"request-deadline" not in data else data


@pytest.mark.parametrize("lines", [[], ["Accept: multipart/mixed"]], ids=["json", "parts"])
def test_a_request_has_its_time_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    with serving(tmp_path_factory.mktemp("time"), VOXCUE_REQUEST_SECONDS="1") as server:
        begun = time.monotonic()
        answer = raw.send(server.url, "POST", "/v1/speech", JSON, *lines, body=SPEECH)
        assert answer.status == 504
        assert answer.error()["code"] == "request-deadline"
        assert time.monotonic() - begun < 3
        idle(server, 5)


def test_thousands_of_idle_connections_hold_up_nobody(server: Server) -> None:
    process.require_proc()
    before = process.files(server.pid)
    memory = process.megabytes(server.pid)
    with ExitStack() as stack:
        for number in range(2000):
            sock = stack.enter_context(raw.connect(server.url))
            if number % 2:
                sock.sendall(b"POST /v1/speech HTTP/1.1\r\n")
        begun = time.monotonic()
        with server.client() as client:
            assert client.post("/v1/speech", json={"text": "Hello."}).status_code == 200
        assert time.monotonic() - begun < 5
        assert process.megabytes(server.pid) - memory < 100
    until(lambda: process.files(server.pid) <= before + 3)


def test_slow_uploads_hold_up_nobody(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            sock = stack.enter_context(raw.connect(server.url))
            sock.sendall(raw.head("POST", "/v1/speech", JSON, "Content-Length: 100") + b'{"te')
        begun = time.monotonic()
        with server.client() as client:
            assert client.post("/v1/speech", json={"text": "Hello."}).status_code == 200
            assert client.get("/v1/voices").status_code == 200
        assert time.monotonic() - begun < 5
        assert server.metric("voxcue_running") == 0
