"""Networks break and servers are busy: what passes is whole, and what does not is not there at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.seaweed import Seaweed
from tests.storage.conftest import bucket
from tests.storage.faulty import Fault, FaultyProxy
from voxcue.errors import StorageError
from voxcue.storage import ResultFile, Storage, connect, find, new_id, publish, results

BIG = os.urandom(20_000_000)
FAULTS: list[Fault] = ["cut", "unanswered", "500", "503"]
CODES = {
    "cut": "storage-unreachable",
    "unanswered": "storage-unreachable",
    "500": "storage-failing",
    "503": "storage-busy",
}


@pytest.fixture
def broken(proxy: FaultyProxy, server: Seaweed, folder: Path) -> Storage:
    """A storage behind the proxy."""
    assert proxy.upstream == server.port
    return bucket(server, folder)


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits between attempts than in life."""
    monkeypatch.setitem(connect._RETRY["backoff"], "init_backoff", timedelta(milliseconds=20))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer attempts and less time for each: in life, a silent server is given up after 25 seconds."""
    monkeypatch.setitem(connect._RETRY, "max_retries", 2)
    monkeypatch.setattr(connect, "_QUICK", timedelta(seconds=0.5))


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_gets_through_two_faults(broken: Storage, proxy: FaultyProxy, fault: Fault) -> None:
    broken.put("a/b", b"data")
    calls: dict[str, Callable[[], Any]] = {
        "get": lambda: broken.get("a/b") == b"data",
        "size": lambda: broken.size("a/b") == 4,
        "list": lambda: [each.key for each in broken.list("a")] == ["a/b"],
        "put": lambda: broken.put("a/c", b"x" * 300_000),
        "delete": lambda: broken.delete(["a/c", "a/nothing"]),
    }
    for name, call in calls.items():
        proxy.order(fault, times=2)
        assert call() in (True, None), name
        assert proxy.met.is_set()
        if name == "put":
            assert broken.get("a/c") == b"x" * 300_000
    assert [each.key for each in broken.list()] == ["a/b"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("requests", ["PUT .*partNumber=2", "POST .*uploads", "POST .*uploadId"])
def test_a_large_upload_gets_through_faults_at_every_step(
    broken: Storage, proxy: FaultyProxy, fault: Fault, requests: str
) -> None:
    proxy.order(fault, times=2, requests=requests)
    broken.put("big", BIG)
    assert proxy.met.is_set()
    assert broken.get("big") == BIG


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_an_error_and_leaves_nothing(
    broken: Storage, proxy: FaultyProxy, fault: Fault
) -> None:
    proxy.order(fault, requests="PUT .*partNumber=2")
    with pytest.raises(StorageError) as raised:
        broken.put("big", BIG)
    assert raised.value.code == CODES[fault]
    assert broken.url in raised.value.message
    assert raised.value.hint
    assert proxy.count("^DELETE .*uploadId")  # the parts that did arrive are given back
    assert not list(broken.list())


@pytest.mark.usefixtures("impatient")
def test_a_result_whose_last_file_fails_is_not_listed(broken: Storage, proxy: FaultyProxy) -> None:
    files = {
        "audio": ResultFile("speech.wav", "audio/wav", BIG),
        "srt": ResultFile("a.srt", "text/plain", b""),
    }
    kept = publish(broken, new_id(), files, {})
    for requests in ("PUT .*a.srt", "PUT .*result.json", "PUT .*partNumber=1"):
        proxy.order("cut", requests=requests)
        with pytest.raises(StorageError):
            publish(broken, new_id(), files, {})
    proxy.order("cut", times=0)
    assert list(results(broken)) == [find(broken, kept.id)]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("data", [b"small", BIG], ids=["small", "big"])
def test_a_server_that_never_answers_is_given_up(
    proxy: FaultyProxy, server: Seaweed, folder: Path, data: bytes
) -> None:
    storage = bucket(server, folder)
    proxy.order("silent")
    began = time.monotonic()
    with pytest.raises(StorageError, match="does not answer"):
        storage.put("a", data)
    assert time.monotonic() - began < 15
