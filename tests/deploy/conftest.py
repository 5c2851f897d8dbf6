"""A stand-in for RunPod, and a file that describes a deployment on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.standin import KEY, Host, Standin, hosting
from voxcue.deploy import Api, Config, load

SECRETS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "hush-hush"}
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    with hosting() as running:
        yield running


@pytest.fixture
def runpod(host: Host) -> Standin:
    return host.fresh()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the connection of `api` would have slept."""
    return []


@pytest.fixture
def api(runpod: Standin, waits: list[float]) -> Iterator[Api]:
    with Api(KEY, control=runpod.url, jobs=f"{runpod.url}/jobs/v2", sleep=waits.append) as connection:
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write ``voxcue.toml``: the example, with texts in it replaced."""

    def written(*swaps: tuple[str, str]) -> Path:
        text = (ROOT / "examples" / "voxcue.toml").read_text(encoding="utf-8")
        for old, new in swaps:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "voxcue.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def config(write: Write, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The example's deployment, with its secrets in the environment."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return load(write())
