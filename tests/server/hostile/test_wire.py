"""HTTP that is broken, smuggled or excessive is refused by the connection, in the shape of all errors."""

from __future__ import annotations

import time

import pytest

from tests.server.hostile import raw
from tests.server.hostile.raw import JSON
from tests.server.process import Server


@pytest.mark.parametrize(
    "data",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),  # TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /healthz?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        raw.head("POST", "/v1/speech", JSON, "Content-Length: 5", "Transfer-Encoding: chunked")
        + b"0\r\n\r\n",
        raw.head("POST", "/v1/speech", JSON, "Content-Length: 5", "Content-Length: 6") + b"hello",
        raw.head("POST", "/v1/speech", JSON, "Content-Length: -5") + b"hello",
        raw.head("POST", "/v1/speech", JSON, f"Content-Length: {'9' * 30}"),
        raw.head("POST", "/v1/speech", JSON, "Content-Length: 0x10"),
    ],
)
def test_what_is_no_http_is_refused(server: Server, data: bytes) -> None:
    answer = raw.ask(server.url, data)
    assert answer.status == 400
    assert answer.error()["code"] == "http-invalid"


@pytest.mark.parametrize(
    "data",
    [
        b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 10_000_000,
        b"GET /" + b"a" * 10_000_000,
        raw.head("GET", "/healthz", *["X: 1"] * 50_000),
        raw.head("GET", "/healthz", "X: " + "a" * 100_000),
        raw.head("POST", "/v1/speech", JSON, "Transfer-Encoding: chunked")
        + b"1;x=" + b"a" * 10_000_000,
    ],
    ids=["line", "address", "lines", "one line", "chunk"],
)  # fmt: skip
def test_a_header_without_end_is_cut_short(server: Server, data: bytes) -> None:
    begun = time.monotonic()
    answer = raw.ask(server.url, data)
    assert time.monotonic() - begun < 5
    # Where the rest was still on its way, the answer may be lost with the connection.
    if answer.data:
        assert answer.status == 431
        assert answer.error()["code"] == "header-too-large"


def test_long_addresses_and_many_headers_below_the_limit_are_fine(server: Server) -> None:
    lines = [f"X-{number}: {number}" for number in range(1000)]
    assert raw.send(server.url, "GET", "/healthz?" + "a" * 8000, *lines).status == 200
    assert raw.send(server.url, "GET", "/" + "a" * 8000).error()["code"] == "not-found"


def test_a_header_that_drips_is_cut_off_and_so_is_silence(server: Server) -> None:
    with raw.connect(server.url, 30) as silent, raw.connect(server.url, 30) as used, raw.connect(
        server.url, 30
    ) as early, raw.connect(server.url, 30) as drip:  # fmt: skip
        used.sendall(raw.head("GET", "/healthz"))
        raw.first(used)
        used.sendall(b"\r\n")  # no request begins with it, but the connection is not idle any more
        early.sendall(raw.head("POST", "/v1/speech", JSON, "Content-Length: 99999999"))
        assert raw.first(early).status == 413
        begun = time.monotonic()
        try:
            for byte in raw.head("GET", "/healthz", "X: " + "a" * 500):
                drip.send(bytes([byte]))
                early.send(b"x")
                time.sleep(0.2)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - begun < 25
        for sock in (silent, used, early):
            sock.settimeout(3)
            raw.read(sock)  # ends, as the server has closed it


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_http_1_0_is_answered(server: Server, version: str) -> None:
    data = f"GET /healthz HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    assert raw.ask(server.url, data).status == 200


def test_a_connection_is_used_again_after_errors(server: Server) -> None:
    with server.client() as client:
        first = client.get("/healthz").extensions["network_stream"].get_extra_info("client_addr")
        for path in ("/nothing", "/v1/speech", "/v1/speech/x", "/v1/voices/x"):
            client.get(path)
        client.post("/v1/speech", content=b"{", headers={"Content-Type": "application/json"})
        again = client.get("/healthz").extensions["network_stream"].get_extra_info("client_addr")
    assert first == again


def test_requests_sent_at_once_are_answered_in_order(server: Server) -> None:
    paths = ["/healthz", "/v1/models", "/nothing", "/v1/styles"]
    data = b"".join(raw.head("GET", path) for path in paths) + raw.head("GET", "/", "Connection: close")
    parts = raw.ask(server.url, data).data.split(b"HTTP/1.1 ")[1:]
    assert [part[:3] for part in parts] == [b"200", b"200", b"404", b"200", b"200"]
    assert b'"status":"ok"' in parts[0]


def test_thousands_of_requests_at_once_are_not_piled_up(server: Server) -> None:
    data = raw.head("POST", "/v1/speech", JSON, "Content-Length: 20") + raw.head("GET", "/healthz") * 20_000
    answer = raw.ask(server.url, data)
    assert answer.data.count(b"HTTP/1.1 200") < 100


@pytest.mark.parametrize("upgrade", ["websocket", "h2c"])
def test_an_upgrade_is_not_made(server: Server, upgrade: str) -> None:
    lines = [
        f"Upgrade: {upgrade}",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: x",
    ]
    answer = raw.ask(server.url, raw.head("GET", "/healthz", *lines))
    assert answer.status == 200
    assert "connection: close" in answer.head
    body = b'{"text": ""}'
    post = raw.head("POST", "/v1/speech", *lines, JSON, f"Content-Length: {len(body)}") + body
    assert raw.ask(server.url, post).status == 422


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    answer = raw.send(server.url, method, "/v1/speech", "Origin: http://localhost", "Cookie: secret=1")
    assert answer.status == 405
    assert "allow: POST" in answer.head
    assert "access-control" not in answer.head.lower()
    assert b"secret" not in answer.data
    if method != "HEAD":
        assert answer.error()["code"] == "method-not-allowed"


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(server: Server) -> None:
    form = "Content-Type: multipart/form-data; boundary=x"
    for path, kind in [
        ("/v1/speech", JSON),
        ("/v1/audio/speech", JSON),
        ("/v1/align", form),
        ("/v1/voices", form),
    ]:
        begun = time.monotonic()
        with raw.connect(server.url) as sock:
            sock.sendall(raw.head("POST", path, kind, "Content-Length: 99999999999", "Expect: 100-continue"))
            answer = raw.first(sock)
        assert time.monotonic() - begun < 5
        assert answer.status == 413
        assert answer.error()["code"] == "content-too-large"


def test_a_body_that_grows_too_large_is_refused_on_the_way(server: Server) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    whole = raw.head("POST", "/v1/speech", JSON, "Transfer-Encoding: chunked") + chunk * 40 + b"0\r\n\r\n"
    with raw.connect(server.url) as sock:
        sock.sendall(whole)
        answer = raw.first(sock)
    assert answer.status == 413
    assert answer.error()["code"] == "content-too-large"


def test_a_body_where_none_belongs_does_no_harm(server: Server) -> None:
    assert raw.send(server.url, "GET", "/v1/models", JSON, body=b"x" * 100_000).status == 200
    assert raw.send(server.url, "DELETE", "/v1/voices/nobody", JSON, body=b"[" * 100_000).status == 404


def test_a_trailer_is_limited_too(server: Server) -> None:
    begin = raw.head("POST", "/v1/speech", JSON, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n"
    begun = time.monotonic()
    raw.ask(server.url, begin + b"X: 1\r\n" * 1_000_000)
    assert time.monotonic() - begun < 5
