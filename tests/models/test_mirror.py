"""Models come from a folder or a bucket of one's own, and the same checks hold."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.models.conftest import BIG, FILES, MODELS, VOCABULARY, WEIGHTS, set_up
from tests.models.hub import Hub
from tests.seaweed import Seaweed, seaweed
from voxcue import models
from voxcue.errors import UsageError, VoxcueError
from voxcue.storage import Storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("seaweed") / "server") as running:
        yield running


@pytest.fixture(params=["local", "s3"])
def mirror(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: Hub
) -> Generator[Storage]:
    """A mirror with every model, and this process set up to fetch from it."""
    url = (tmp_path / "my mirror").as_uri()
    if request.param == "s3":
        running: Seaweed = request.getfixturevalue("server")
        url = f"{running.url}/{tmp_path.name}"
        set_up(monkeypatch, **running.env)
    storage = Storage(url)
    for name, (_, _, parts) in MODELS.items():
        for _, repository, path in parts:
            storage.put(f"{name}/{path.rpartition('/')[2]}", FILES[f"{repository}/{path}"])
    set_up(monkeypatch, VOXCUE_MODELS_MIRROR=url)
    yield storage
    assert hub.seen == []


def test_a_model_comes_from_the_mirror(mirror: Storage) -> None:
    shares: list[float] = []
    model = models.fetch("Big", shares.append)
    assert model.files["weights"].read_bytes() == BIG
    assert model.files["vocabulary"].read_bytes() == VOCABULARY
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (3, 1.0), mirror.url


def test_a_fetch_goes_on_where_it_was(mirror: Storage, folder: Path) -> None:
    weights = models.known("Big").files[0]
    part = folder / "tmp" / f"{weights.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(BIG[:-1])
    mirror.put("Big/model.safetensors", b"\0" * (len(BIG) - 1) + BIG[-1:])
    assert models.fetch("Big") == models.verify("Big"), "only the last byte was asked for"


@pytest.mark.parametrize("wrong", [b" \na\nc\n", b" \na\n"], ids=["changed", "truncated"])
def test_a_file_that_is_another_one_is_refused(mirror: Storage, folder: Path, wrong: bytes) -> None:
    mirror.put("Small/vocab.txt", wrong)
    error = failing("Small")
    assert (error.code, "'Small/vocab.txt'" in error.message) == ("model-damaged", True)
    assert not (folder / "Small.json").exists()


def test_weights_that_are_cut_short_are_refused(mirror: Storage) -> None:
    mirror.put("Small/model.safetensors", WEIGHTS[:-1])
    error = failing("Small")
    assert (error.code, "199,999 bytes" in error.message) == ("model-damaged", True)


def test_a_file_that_the_mirror_lacks(mirror: Storage) -> None:
    mirror.delete(["Small/vocab.txt"])
    error = failing("Small")
    assert error.code == "model-unreachable"
    assert f"not at '{mirror.url}/Small/vocab.txt'" in error.message
    assert "VOXCUE_MODELS_MIRROR" in error.hint


@pytest.mark.parametrize("mirror", ["local"], indirect=True)
def test_a_folder_is_no_network(mirror: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, VOXCUE_OFFLINE="1")
    assert models.obtain("vocoder").family == "vocos", mirror.url


@pytest.mark.parametrize("mirror", ["s3"], indirect=True)
def test_a_bucket_is_network(mirror: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, VOXCUE_OFFLINE="1")
    assert failing("vocoder").code == "model-missing", mirror.url


def test_a_folder_that_is_not_there_is_not_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, VOXCUE_MODELS_MIRROR=(tmp_path / "nowhere").as_uri())
    assert failing("Small").code == "model-unreachable"
    assert not (tmp_path / "nowhere").exists()
    assert models.stored() == [], folder


def test_a_bucket_that_cannot_be_reached(hub: Hub, monkeypatch: pytest.MonkeyPatch, server: Seaweed) -> None:
    set_up(monkeypatch, **server.env, VOXCUE_MODELS_MIRROR="s3://nobody")
    error = failing("Small")
    assert (error.code, "'s3://nobody' does not exist" in error.message) == ("model-unreachable", True)
    assert hub.seen == []


def test_a_url_that_is_none(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, VOXCUE_MODELS_MIRROR="ftp://models")
    error = failing("Small")
    assert (type(error), error.code) == (UsageError, "models-mirror-invalid")
    assert "Set VOXCUE_MODELS_MIRROR to" in error.hint
    assert hub.seen == []


def failing(name: str) -> VoxcueError:
    with pytest.raises(VoxcueError) as raised:
        models.fetch(name)
    return raised.value
