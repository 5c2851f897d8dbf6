"""Only addresses on the public internet are fetched from, however they are written, whoever leads there."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.fetch.server import allow_this_machine, giving, serving
from voxcue.errors import FetchError
from voxcue.fetch import addresses, fetch, web

PUBLIC = "93.184.216.34"


def refusal(url: str, tmp_path: Path) -> FetchError:
    """The error for a URL; nothing is left behind, and no address is told."""
    with pytest.raises(FetchError) as caught:
        fetch(url, tmp_path / "file", max_bytes=1000, seconds=20, buckets=())
    assert list(tmp_path.iterdir()) == []
    return caught.value


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect is a failure of the test."""

    def connect(*_: object) -> None:
        pytest.fail("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
    ],
)
def test_addresses_that_are_not_public_are_refused(host: str, tmp_path: Path) -> None:
    error = refusal(f"http://{host}/latest", tmp_path)
    assert error.code == "url-refused"
    assert "no address on the public internet" in error.message


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "192.1.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert addresses._is_public(ip_address(address))


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    "found",
    [["10.1.2.3"], [PUBLIC, "10.1.2.3"], ["10.1.2.3", PUBLIC], ["2606:4700::1111", "::1"], ["fe80::1%eth0"]],
)
def test_a_name_is_refused_if_any_of_its_addresses_is_not_public(
    found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (each, 80)) for each in found])
    error = refusal("http://inside.example/x?secret=1", tmp_path)
    assert error.code == "url-refused"
    assert "10.1.2.3" not in error.message + error.hint
    assert "secret" not in error.message + error.hint


@pytest.mark.usefixtures("no_connections")
def test_a_name_that_is_not_there_reads_like_an_internal_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    url = "http://db.internal/x"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    missing = refusal(url, tmp_path)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.1.2.3", 80))])
    internal = refusal(url, tmp_path)
    assert (missing.code, missing.message, missing.hint) == (internal.code, internal.message, internal.hint)


def changing(*answers: str) -> tuple[Any, list[str]]:
    """A resolver that gives "names.example" another address each time; and the names that it was asked."""
    real = socket.getaddrinfo
    asked: list[str] = []
    left = list(answers)

    def resolve(host: str, port: int, *arguments: Any, **options: Any) -> Any:
        if host.endswith(".example"):
            asked.append(host)
            host = left.pop(0) if len(left) > 1 else left[0]
        return real(host, port, *arguments, **options)

    return resolve, asked


def test_the_connection_goes_to_the_address_that_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(giving(b"judged")) as port:
        allow_this_machine(monkeypatch, port)
        resolve, asked = changing("127.0.0.1", "127.0.0.2")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        fetch(f"http://a.example:{port}/", tmp_path / "f", max_bytes=100, seconds=5, buckets=())
    assert asked == ["a.example"]
    assert (tmp_path / "f").read_bytes() == b"judged"


def test_a_redirect_is_judged_anew_even_to_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(giving(b"", 302, location="/again")) as port:
        allow_this_machine(monkeypatch, port)
        resolve, asked = changing("127.0.0.1", "127.0.0.2")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        error = refusal(f"http://a.example:{port}/", tmp_path)
    assert error.code == "url-refused"
    assert asked == ["a.example", "a.example"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.2/", "url-refused"),
        ("http://169.254.169.254/latest/meta-data/", "url-refused"),
        ("http://[::1]/", "url-refused"),
        ("//10.0.0.1/", "url-refused"),
        ("http://127.0.0.1:22/", "url-refused"),
        ("file:///etc/passwd", "url-invalid"),
        ("s3://bucket/key", "url-invalid"),
        ("gopher://127.0.0.1/", "url-invalid"),
        ("http://user:word@127.0.0.1/", "url-invalid"),
        ("http://[", "url-refused"),
    ],
)
def test_a_redirect_to_what_may_not_be_fetched_is_refused(
    location: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(giving(b"", 302, location=location)) as port:
        allow_this_machine(monkeypatch, port)
        error = refusal(f"http://127.0.0.1:{port}/start", tmp_path)
    assert error.code == code
    assert "latest" not in error.message


def test_the_next_address_is_tried_when_one_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(giving(b"second")) as port:
        allow_this_machine(monkeypatch, port)
        monkeypatch.setattr(addresses, "_is_public", lambda _: True)
        monkeypatch.setattr(web, "public_addresses", lambda *_: ["127.0.0.9", "127.0.0.1"])
        fetch(f"http://a.example:{port}/", tmp_path / "f", max_bytes=100, seconds=5, buckets=())
    assert (tmp_path / "f").read_bytes() == b"second"


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize("port", [0, 1, 22, 25, 6379, 65535, 99999])
def test_ports_that_are_not_of_the_web_are_refused(port: int, tmp_path: Path) -> None:
    error = refusal(f"http://{PUBLIC}:{port}/", tmp_path)
    assert error.code == "url-refused"
    assert "port" in error.message


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "http://",
        "http:///path",
        "http://[::1",
        "http://exa\nmple.com/",
        f"http://{'a' * 70_000}",
        "http://me:secret@example.com/",
        "https://me@example.com/",
        "s3://",
        "s3://bucket",
        "s3:///key",
    ],
)
def test_what_is_no_url_of_the_web_is_invalid_and_not_repeated(url: str, tmp_path: Path) -> None:
    error = refusal(url, tmp_path)
    assert error.code == "url-invalid"
    assert "secret" not in error.message + error.hint
    assert len(error.message) < 200


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    "host",
    [
        "a" * 64,
        "a." * 130 + "b",
        "0177.0.0.1",
        "127.0.0.1.",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
    ],
)
def test_an_odd_spelling_of_a_host_leads_nowhere(host: str, tmp_path: Path) -> None:
    assert refusal(f"http://{host}/", tmp_path).code in {"url-refused", "url-invalid"}
