"""What a user set up wrong is said in one sentence, with what to do, and without any secret."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.seaweed import KEY, SECRET, Seaweed
from voxcue.errors import NotFoundError, OutputError, StorageError, UsageError, VoxcueError
from voxcue.storage import ResultFile, Storage, new_id, publish, results

CALLS: dict[str, Callable[[Storage], object]] = {
    "put": lambda storage: storage.put("a/b", b"data"),
    "put big": lambda storage: storage.put("a/b", bytes(9_000_000)),
    "get": lambda storage: storage.get("a/b"),
    "size": lambda storage: storage.size("a/b"),
    "list": lambda storage: list(storage.list("a")),
    "delete": lambda storage: storage.delete(["a/b"]),
}
AZURE_KEY = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"


def refused(call: Callable[[], object], code: str, kind: type[VoxcueError] = StorageError) -> VoxcueError:
    """Assert that a call fails soon and clearly; return the error."""
    began = time.monotonic()
    with pytest.raises(kind) as raised:
        call()
    error = raised.value
    assert error.code == code
    assert error.message.endswith(".")
    assert error.hint.endswith(".")
    shown = f"{error.message} {error.hint} {error.__cause__} {getattr(error, '__notes__', '')}"
    assert not [secret for secret in (KEY, SECRET, AZURE_KEY, "Signature=") if secret in shown]
    assert time.monotonic() - began < 40
    return error


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_keys(
    aws: Seaweed, monkeypatch: pytest.MonkeyPatch, name: str, call: Callable[[Storage], object]
) -> None:
    monkeypatch.setenv(name, "wrong")
    error = refused(lambda: call(Storage(aws.url)), "storage-denied")
    assert aws.url in error.message


def test_no_keys(aws: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    # where a machine of Amazon asks for its keys; there is no such place here
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    error = refused(lambda: Storage(aws.url).put("a", b""), "storage-denied")
    assert "No access keys" in error.message


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_missing_bucket(aws: Seaweed, call: Callable[[Storage], object]) -> None:
    assert aws.port
    error = refused(lambda: call(Storage("s3://no-such-bucket/x")), "storage-bucket-missing")
    assert "s3://no-such-bucket/x" in error.message


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "http://nowhere.invalid"])
def test_an_endpoint_that_is_not_there(aws: Seaweed, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    refused(lambda: Storage(aws.url).put("a", b""), "storage-unreachable")


@pytest.mark.parametrize("endpoint", ["localhost:9000", "ftp://localhost", "http://", "nonsense"])
def test_an_endpoint_that_is_no_url(aws: Seaweed, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    refused(lambda: Storage(aws.url), "storage-endpoint-invalid", UsageError)


@pytest.mark.parametrize(
    "url",
    [
        *("", "speech", "ftp://host/x", "s3:bucket", "s3://", "s3:///x", "gs://", "az://", "file://host/x"),
        *(
            f"s3://{KEY}:{SECRET}@bucket",
            f"s3://bucket?secret={SECRET}",
            "file:relative",
            "s3://b/../x",
            "s3://[",
        ),
    ],
)
def test_a_url_that_names_no_storage(url: str) -> None:
    refused(lambda: Storage(url), "storage-url-invalid", UsageError)


def test_google_and_azure_are_made_from_their_urls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Storage("gs://bucket/folder")
    refused(lambda: Storage("az://container/folder"), "storage-denied")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "someone")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", AZURE_KEY)
    link = Storage("az://container/folder").link("a/b.wav", 60)
    assert link
    assert link.startswith("https://someone.blob.core.windows.net/container/folder/a/b.wav?")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    refused(lambda: Storage("gs://bucket/folder"), "storage-denied")


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this test needs the right to mount a small disk: run it as root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("size", [2_000_000, 20_000_000])
def test_a_full_disk_is_said_and_left_as_it_was(small_disk: Path, size: int) -> None:
    storage = Storage((small_disk / "kept").as_uri())
    files = {
        "srt": ResultFile("captions.srt", "text/plain", bytes(1000)),
        "audio": ResultFile("speech.wav", "audio/wav", bytes(size)),
    }
    error = refused(lambda: publish(storage, new_id(), files, {}), "storage-full", OutputError)
    assert (error.http_status, error.exit_status) == (507, 6)
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    assert not list(results(storage))
    publish(storage, new_id(), {"srt": files["srt"]}, {})


def test_a_folder_that_cannot_be_written(small_disk: Path) -> None:
    storage = Storage(small_disk.as_uri())
    storage.put("a", b"here")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused(lambda: storage.put("b", b""), "storage-unwritable", OutputError)
    refused(lambda: storage.delete(["a"]), "storage-unwritable", OutputError)
    assert storage.get("a") == b"here"
    refused(lambda: Storage((small_disk / "new").as_uri()), "storage-unwritable", OutputError)


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(lambda: Storage((tmp_path / "file" / "x").as_uri()), "storage-unwritable", OutputError)
    refused(lambda: Storage(tmp_path.as_uri()).put("file/a", b""), "storage-unwritable", OutputError)
    (tmp_path / "sub").mkdir()
    refused(lambda: Storage(tmp_path.as_uri()).put("sub", b""), "storage-unwritable", OutputError)
    refused(lambda: Storage(tmp_path.as_uri()).get("sub"), "object-missing", NotFoundError)
