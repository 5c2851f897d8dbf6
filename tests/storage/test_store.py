"""Objects come back as they were put, from a folder and from S3, and keys stay under their prefix."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.seaweed import Seaweed
from tests.storage.conftest import bucket
from voxcue.errors import NotFoundError, UsageError
from voxcue.storage import Storage

BAD_KEYS = [
    "",
    "/etc/passwd",
    "../up",
    "a/../../up",
    "a//b",
    "a/./b",
    "a\\b",
    "a/%2e%2e/b",
    "a#1",
    "a\nb",
    "a/",
]


@pytest.mark.parametrize("size", [0, 1, 100_000, 8 * 2**20 + 1, 20_000_003])
def test_bytes_and_files_come_back_as_they_were(storage: Storage, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    source = tmp_path / "source.wav"
    source.write_bytes(data)
    storage.put("a/bytes ü.wav", data, "audio/wav")
    storage.put("a/file.wav", source)
    for key in ("a/bytes ü.wav", "a/file.wav"):
        assert storage.get(key) == data
        assert b"".join(storage.chunks(key)) == data
        assert storage.size(key) == size


def test_a_part_is_the_bytes_from_start_to_before_end(storage: Storage) -> None:
    data = os.urandom(9_000_000)
    storage.put("a", data)
    for start, end in ((0, 1), (5, 8_999_999), (8_999_990, None), (100, 100), (10**9, None), (7, 10**9)):
        assert b"".join(storage.chunks("a", start, end)) == data[start:end]


def test_a_listing_has_what_is_under_a_folder(storage: Storage) -> None:
    for key in ("voices/a.wav", "voices/b/c.wav", "voices2/d.wav"):
        storage.put(key, key.encode())
    found = {each.key: each for each in storage.list("voices/")}
    assert set(found) == {"voices/a.wav", "voices/b/c.wav"}
    assert found["voices/a.wav"].size == len("voices/a.wav")
    assert abs((datetime.now(UTC) - found["voices/a.wav"].modified).total_seconds()) < 60
    assert {each.key for each in storage.list()} == {*found, "voices2/d.wav"}
    assert not list(storage.list("nothing"))


def test_more_objects_than_one_page_of_a_listing_are_listed_and_removed(storage: Storage) -> None:
    for number in range(1005):
        storage.put(f"many/{number}", b"")
    assert len(list(storage.list("many"))) == 1005
    storage.delete(each.key for each in storage.list("many"))
    assert not list(storage.list("many"))


def test_deleting_what_is_not_there_is_no_error(storage: Storage, folder: Path) -> None:
    storage.put("a/b/c", b"")
    storage.delete(["a/b/nothing", "a/b/c", "nothing"])
    assert not list(storage.list())
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("key", ["nothing", *BAD_KEYS])
def test_what_is_not_there_is_not_found(storage: Storage, key: str) -> None:
    for read in (storage.get, storage.size, lambda key: list(storage.chunks(key))):
        with pytest.raises(NotFoundError, match="nothing stored"):
            read(key)


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_key_leaves_the_prefix(storage: Storage, key: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing can be stored"):
        storage.put(key, b"")
    with pytest.raises(UsageError):
        storage.delete([key])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_link_works_for_its_lifetime_and_tells_the_type(aws: Seaweed, folder: Path) -> None:
    storage = bucket(aws, folder)
    storage.put("a/speech.wav", b"speech", "audio/wav")
    link = storage.link("a/speech.wav", 4)
    assert link
    answer = httpx.get(link)
    assert (answer.content, answer.headers["content-type"]) == (b"speech", "audio/wav")
    assert httpx.get(link.replace("speech.wav", "other.wav")).status_code == 403
    time.sleep(5.1)
    assert httpx.get(link).status_code == 403
    assert Storage(folder.as_uri()).link("a/speech.wav", 1) is None


def test_a_long_file_is_not_read_into_memory(storage: Storage, tmp_path: Path, server: Seaweed) -> None:
    source = tmp_path / "long.wav"
    with source.open("wb") as file:
        file.truncate(200_000_000)
    script = (
        "import sys; from pathlib import Path; from voxcue.storage import Storage\n"
        "storage = Storage(sys.argv[1]); storage.put('small', b''); peak = lambda: "
        "int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "before = peak(); storage.put('long', Path(sys.argv[2])); print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, storage.url, str(source)],
        env=os.environ | server.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) * 1024 < 100_000_000
    assert storage.size("long") == 200_000_000
    storage.delete(["long"])
