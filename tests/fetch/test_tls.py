"""The certificate is checked against the host of the URL, though the connection goes to a judged address."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import require
from tests.fetch.server import allow_this_machine, giving, serving
from voxcue.errors import FetchError
from voxcue.fetch import fetch


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for "good.example" and its key, in one file."""
    path = tmp_path / "both.pem"
    command = [require("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=good.example", "-addext", "subjectAltName=DNS:good.example"]
    command += ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes((tmp_path / "key.pem").read_bytes() + (tmp_path / "certificate.pem").read_bytes())
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "works"),
    [("good.example", True, True), ("bad.example", True, False), ("good.example", False, False)],
)
def test_only_a_trusted_certificate_for_the_host_will_do(
    host: str, trusted: bool, works: bool, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def resolve(name: str, *arguments: Any, **options: Any) -> Any:
        return real("127.0.0.1" if name.endswith(".example") else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving(giving(b"safe"), tls=tls) as port:
        allow_this_machine(monkeypatch, port)
        if works:
            fetch(f"https://{host}:{port}/a", tmp_path / "a", max_bytes=9, seconds=5, buckets=())
            assert (tmp_path / "a").read_bytes() == b"safe"
            return
        with pytest.raises(FetchError) as caught:
            fetch(f"https://{host}:{port}/a", tmp_path / "a", max_bytes=9, seconds=5, buckets=())
    assert caught.value.code == "url-unreachable"
    assert "certificate" in caught.value.message
