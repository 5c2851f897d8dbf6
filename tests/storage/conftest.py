"""The S3 server, started once; the proxy that breaks requests; and both kinds of storage."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.seaweed import Seaweed, environment, seaweed
from tests.storage.faulty import FaultyProxy, faulty_proxy
from voxcue.storage import Storage


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Seaweed]:
    """A real S3 server."""
    with seaweed(tmp_path_factory.mktemp("seaweed") / "server") as running:
        yield running


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, server: Seaweed) -> Seaweed:
    """The server, with this process set up as its user's would be."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch, server: Seaweed) -> Generator[FaultyProxy]:
    """A proxy in front of the server, and this process set up to go through it."""
    for name, value in environment(0).items():
        monkeypatch.setenv(name, value)
    with faulty_proxy(server.port) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{running.port}")
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a local storage, not made yet."""
    return tmp_path / "my speech" / "kept"


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, folder: Path) -> Storage:
    """An empty storage, once of each kind."""
    if request.param == "local":
        return Storage(folder.as_uri())
    return bucket(request.getfixturevalue("aws"), folder)


def bucket(server: Seaweed, unique: Path) -> Storage:
    """An empty prefix of the bucket."""
    return Storage(f"{server.url}/{unique.parent.parent.name}")
