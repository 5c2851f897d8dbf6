"""What is fetched arrives as it is, within its size and its time, or not at all."""

from __future__ import annotations

import gzip
import socket
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.fetch.server import Answer, allow_this_machine, giving, serving
from voxcue.errors import FetchError, LimitError, OutputError, VoxcueError
from voxcue.fetch import fetch

BODY = bytes(range(256)) * 40
SECRET = "?X-Amz-Signature=deadbeef"


def fetched(
    answer: Answer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    max_bytes: int = len(BODY),
    seconds: float = 5.0,
) -> bytes:
    """Serve one answer and fetch it."""
    with serving(answer) as port:
        allow_this_machine(monkeypatch, port)
        fetch(
            f"http://127.0.0.1:{port}/a.wav{SECRET}",
            tmp_path / "a.wav",
            max_bytes=max_bytes,
            seconds=seconds,
            buckets=(),
        )
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]
    return (tmp_path / "a.wav").read_bytes()


def refused(
    answer: Answer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    max_bytes: int = len(BODY),
    seconds: float = 5.0,
) -> VoxcueError:
    """Serve one answer; the error of fetching it, which leaves nothing and tells no secret."""
    with pytest.raises((FetchError, LimitError)) as caught:
        fetched(answer, tmp_path, monkeypatch, max_bytes=max_bytes, seconds=seconds)
    assert list(tmp_path.iterdir()) == []
    error: VoxcueError = caught.value
    assert "deadbeef" not in error.message + error.hint
    assert error.message.endswith(".")
    assert error.hint
    return error


def unending(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 100_000)


def dripping(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(100):
        request.wfile.write(b"x")
        time.sleep(0.1)


def dripping_its_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in range(100):
        request.wfile.write(b"X-%d: x\r\n" % at)
        time.sleep(0.1)


def silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(10)


def broken_off(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"half")


def no_http(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def test_a_file_arrives_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetched(giving(BODY), tmp_path, monkeypatch) == BODY


def test_a_file_replaces_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    assert fetched(giving(BODY), tmp_path, monkeypatch) == BODY


def test_a_reply_without_a_length_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(BODY)

    assert fetched(answer, tmp_path, monkeypatch) == BODY


def test_redirects_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/b":
            giving(BODY)(request)
        else:
            giving(b"", 307, location="/b")(request)

    assert fetched(answer, tmp_path, monkeypatch) == BODY


def test_redirects_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(giving(b"", 302, location="/a"), tmp_path, monkeypatch).code == "url-redirects"


def test_an_announced_size_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(giving(BODY), tmp_path, monkeypatch, max_bytes=len(BODY) - 1)
    assert error.code == "fetch-too-large"


def test_a_reply_that_does_not_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(unending, tmp_path, monkeypatch, max_bytes=1_000_000)
    assert error.code == "fetch-too-large"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip"])
def test_a_compressed_reply_is_refused(coding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = giving(gzip.compress(bytes(10_000_000))[: len(BODY)], content_encoding=coding)
    assert refused(answer, tmp_path, monkeypatch).code == "url-encoded"


@pytest.mark.parametrize("answer", [dripping, dripping_its_headers, silent])
def test_a_slow_server_is_cut_off_in_time(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    error = refused(answer, tmp_path, monkeypatch, seconds=0.5)
    assert error.code == "url-timeout"
    assert time.monotonic() - begun < 3


def test_a_slow_resolver_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    begun = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch("http://slow.example/", tmp_path / "a", max_bytes=1, seconds=0.3, buckets=())
    assert caught.value.code == "url-timeout"
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 500, 503])
def test_any_status_but_200_is_an_error_that_names_it(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(giving(b"", status), tmp_path, monkeypatch)
    assert error.code == "url-status"
    assert str(status) in error.message


@pytest.mark.parametrize("answer", [broken_off, no_http])
def test_a_server_that_fails_is_unreachable(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(answer, tmp_path, monkeypatch).code == "url-unreachable"


def test_a_closed_port_is_unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(silent) as port:
        pass
    allow_this_machine(monkeypatch, port)
    with pytest.raises(FetchError) as caught:
        fetch(f"http://127.0.0.1:{port}/", tmp_path / "a", max_bytes=1, seconds=5, buckets=())
    assert caught.value.code == "url-unreachable"


def test_proxies_of_the_environment_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetched(giving(BODY), tmp_path, monkeypatch) == BODY


def test_a_target_that_cannot_be_written_is_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(giving(BODY)) as port:
        allow_this_machine(monkeypatch, port)
        with pytest.raises(OutputError):
            fetch(
                f"http://127.0.0.1:{port}/",
                tmp_path / "no" / "a",
                max_bytes=99_999,
                seconds=5,
                buckets=(),
            )


def test_the_request_asks_for_no_encoding_and_names_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.update({name.lower(): value for name, value in request.headers.items()})
        giving(BODY)(request)

    fetched(answer, tmp_path, monkeypatch)
    assert seen["accept-encoding"] == "identity"
    assert seen["host"].startswith("127.0.0.1:")
    assert not {"cookie", "authorization"} & seen.keys()
