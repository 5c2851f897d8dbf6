"""A result is there when all of it is, also when its maker is killed, and goes when its time is over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.seaweed import Seaweed
from tests.storage.conftest import bucket
from tests.storage.faulty import FaultyProxy
from voxcue.errors import NotFoundError, UsageError
from voxcue.storage import Cleaned, ResultFile, Storage, clean, find, new_id, publish, results

FILES = {
    "audio": ResultFile("speech.wav", "audio/wav", bytes(1000)),
    "srt": ResultFile("captions.srt", "application/x-subrip", b"1"),
}
ABOUT = {"duration": 1.5, "words": [{"text": "Grüße"}]}
LATER = datetime.now(UTC) + timedelta(days=2)


def test_what_was_published_is_found(storage: Storage, tmp_path: Path) -> None:
    recording = tmp_path / "recording.wav"
    recording.write_bytes(bytes(500))
    files = FILES | {"voice": ResultFile("recording.wav", "audio/wav", recording)}
    result = publish(storage, new_id(), files, ABOUT)
    assert find(storage, result.id) == result
    assert list(results(storage)) == [result]
    assert result.about == ABOUT
    assert result.size == 1501
    assert storage.get(result.key("voice")) == bytes(500)


def test_the_newest_result_is_first(tmp_path: Path) -> None:
    storage = Storage(tmp_path.as_uri())
    ids = [publish(storage, new_id(), FILES, {}).id for _ in range(40)]
    for age, id in enumerate(reversed(ids)):  # noqa: A001
        moment = time.time() - age
        os.utime(tmp_path / "output" / id / "result.json", (moment, moment))
    assert [result.id for result in results(storage)] == ids[::-1]


@pytest.mark.parametrize(
    "id", ["", "x", "..", "../voices", "A" * 32, "0" * 31, "0" * 33, "0" * 32, "a/" + "0" * 30]
)
def test_no_other_id_finds_anything(storage: Storage, id: str) -> None:  # noqa: A002
    storage.put("voices/result.json", b"{}")
    with pytest.raises(NotFoundError, match="no result"):
        find(storage, id)


@pytest.mark.parametrize("name", ["result.json", "../a", "a/b", "", ".."])
def test_no_file_of_a_result_leaves_it(storage: Storage, name: str) -> None:
    with pytest.raises(UsageError):
        publish(storage, new_id(), {"audio": ResultFile(name, "audio/wav", b"")}, {})
    assert not list(storage.list())


def test_a_result_that_lost_a_file_is_not_listed(storage: Storage) -> None:
    kept = publish(storage, new_id(), FILES, {})
    for spoil in (b"", b"longer than it was", None):
        lost = publish(storage, new_id(), FILES, {})
        if spoil is None:
            storage.delete([lost.key("srt")])
        else:
            storage.put(lost.key("srt"), spoil)
        with pytest.raises(NotFoundError):
            find(storage, lost.id)
    broken = publish(storage, new_id(), FILES, {})
    storage.put(f"output/{broken.id}/result.json", b'{"files": []}')
    assert [result.id for result in results(storage)] == [kept.id]


def test_cleaning_removes_what_is_old_and_nothing_else(storage: Storage, folder: Path) -> None:
    storage.put("voices/Ann.wav", b"voice")
    storage.put("output/notes.txt", b"not ours")
    storage.put(f"output/{new_id()}/speech.wav", b"half")
    publish(storage, new_id(), FILES, {})
    assert clean(storage, 1) == Cleaned(0, 0, 0)
    assert clean(storage, 3, now=LATER) == Cleaned(0, 1, 4)
    planned = clean(storage, 1, now=LATER, dry_run=True)
    assert (planned.results, planned.objects, len(list(results(storage)))) == (1, 3, 1)
    assert clean(storage, 1, now=LATER) == planned
    assert {each.key for each in storage.list()} == {"voices/Ann.wav", "output/notes.txt"}
    assert not folder.exists() or [path.name for path in (folder / "output").iterdir()] == ["notes.txt"]


def test_an_upload_under_way_is_not_touched_whatever_the_retention(storage: Storage) -> None:
    storage.put(f"output/{new_id()}/speech.wav", b"half")
    publish(storage, new_id(), FILES, {})
    cleaned = clean(storage, 0)
    assert (cleaned.results, cleaned.objects) == (1, 3)
    assert len(list(storage.list())) == 1
    assert clean(storage, 0, now=datetime.now(UTC) + timedelta(hours=1, minutes=1)) == Cleaned(0, 1, 4)


@contextmanager
def child(url: str, statement: str) -> Generator[None]:
    """Another process that works on the storage; it is killed without warning on leaving."""
    script = f"from voxcue.storage import *; storage = Storage({url!r}); {statement}"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        try:
            yield
            assert process.poll() is None, "the process was done before it was killed"
        finally:
            process.kill()


def publishing(audio: Path) -> str:
    """A statement that publishes a result with a long recording."""
    return (
        "from pathlib import Path; srt = ResultFile('a.srt', 'text/plain', b'1'); "
        f"audio = ResultFile('speech.wav', 'audio/wav', Path({str(audio)!r})); "
        "publish(storage, new_id(), {'srt': srt, 'audio': audio}, {})"
    )


def test_a_process_killed_while_it_writes_to_a_folder_leaves_no_result(folder: Path, tmp_path: Path) -> None:
    storage = Storage(folder.as_uri())
    kept = publish(storage, new_id(), FILES, {})
    with (tmp_path / "long.wav").open("wb") as file:
        file.truncate(3_000_000_000)
    with child(storage.url, publishing(tmp_path / "long.wav")):
        until = time.monotonic() + 30
        while not any("speech.wav" in half.key for half in storage.halves("output")):
            assert time.monotonic() < until
            time.sleep(0.001)
        assert clean(storage, 1).objects == 0
    assert list(results(storage)) == [kept]
    assert list(storage.halves("output"))
    assert clean(storage, 9).objects == 0
    assert clean(storage, 9, now=LATER).objects == 2
    assert [path.name for path in (folder / "output").iterdir()] == [kept.id]


@pytest.mark.parametrize(
    "moment", ["PUT .*a.srt", "PUT .*partNumber=2", "POST .*uploadId", "PUT .*result.json"]
)
def test_a_process_killed_while_it_writes_to_s3_leaves_no_result(
    proxy: FaultyProxy, server: Seaweed, folder: Path, tmp_path: Path, moment: str
) -> None:
    storage = bucket(server, folder)
    kept = publish(storage, new_id(), FILES, {})
    (tmp_path / "long.wav").write_bytes(bytes(20_000_000))
    proxy.order("silent", requests=moment)
    with child(storage.url, publishing(tmp_path / "long.wav")):
        assert proxy.met.wait(20)
    assert list(results(storage)) == [kept]
    clean(storage, 9, now=LATER)
    assert {each.key.split("/")[1] for each in storage.list()} == {kept.id}
    assert len(list(storage.list())) == 3


def test_cleaning_that_is_killed_leaves_no_result_without_its_files(
    proxy: FaultyProxy, server: Seaweed, folder: Path
) -> None:
    storage = bucket(server, folder)
    for _ in range(3):
        publish(storage, new_id(), FILES, {})
    proxy.order("silent", requests="POST .*delete", after=1)  # the manifests go, the files stay
    with child(storage.url, "clean(storage, 0)"):
        assert proxy.met.wait(20)
    proxy.order("silent", times=0)
    assert len(list(storage.list())) == 6
    assert not list(results(storage))
    assert clean(storage, 9, now=LATER) == Cleaned(0, 6, 3003)
