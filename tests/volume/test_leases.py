"""Leases among holders that die, sleep, or write nonsense; no clock but one's own tells them apart."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.volume.conftest import QUICK
from voxcue.volume import Progress, record
from voxcue.volume.leases import Lease, LostError, Rhythm, Watch, take


def never() -> bool | None:
    return None


def ignore(_progress: Progress) -> None:
    pass


def taken(folder: Path, rhythm: Rhythm = QUICK) -> Lease:
    lease = take(folder, "thing", rhythm, ignore, never)
    assert isinstance(lease, Lease)
    return lease


def elsewhere(owner: str) -> record.Record:
    """A holder on another machine."""
    return replace(record.own(owner), host="far", place="another-boot/pid:[1] 5")


def test_what_is_given_back_is_taken_at_once(tmp_path: Path) -> None:
    for generation in range(1, 4):
        with taken(tmp_path, Rhythm(beat=0.1, expiry=60)) as lease:
            assert lease.generation == generation
            lease.look()


def test_one_of_many_has_it(tmp_path: Path) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with taken(tmp_path):
            with guard:
                inside += 1
                most = max(most, inside)
            sleep(0.02)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert inside == 0


def test_a_holder_elsewhere_that_falls_silent_expires(tmp_path: Path) -> None:
    record.create(tmp_path / "thing.1.json", elsewhere("a"))
    told: list[Progress] = []
    began = monotonic()
    lease = take(tmp_path, "thing", QUICK, told.append, never)
    assert isinstance(lease, Lease)
    assert lease.generation == 2
    assert QUICK.expiry <= monotonic() - began < 3 * QUICK.expiry
    assert told[0].builder == "far"


def test_a_holder_elsewhere_that_beats_does_not(tmp_path: Path) -> None:
    path = tmp_path / "thing.1.json"
    held = elsewhere("a")
    record.create(path, held)
    watch = Watch(QUICK)
    for beat in range(30):
        record.write(path, replace(held, beat=beat))
        assert not watch.is_over(path)
        sleep(0.05)
    assert watch.is_alive(path)


def test_a_record_that_is_cut_off_expires_too(tmp_path: Path) -> None:
    (tmp_path / "thing.1.json").write_bytes(b'{"owner": "a", "ho')
    assert taken(tmp_path).generation == 2


def test_who_was_taken_for_dead_finds_out(tmp_path: Path) -> None:
    with taken(tmp_path) as lease:
        record.create(tmp_path / "thing.2.json", elsewhere("b"))
        with pytest.raises(LostError):
            lease.look()
        with pytest.raises(LostError):
            lease.check()


def test_heartbeats_find_out_as_well(tmp_path: Path) -> None:
    with taken(tmp_path) as lease:
        lease.path.unlink()
        sleep(0.3)
        with pytest.raises(LostError):
            lease.check()


def test_a_heartbeat_says_where_the_work_is(tmp_path: Path) -> None:
    with taken(tmp_path) as lease:
        lease.tell(Progress("environment x", "installing", 40.0, 1_200_000_000, 2_900_000_000))
        sleep(0.3)
        told: list[Progress] = []

        def stop() -> bool | None:
            return True if told else None

        assert take(tmp_path, "thing", QUICK, told.append, stop) is True
    line = str(told[0])
    assert line.startswith("environment x: another worker builds (")
    assert line.endswith("): installing, 1.2 of 2.9 GB, 40 s")


def test_records_never_change_their_length(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    record.create(path, record.own("a"))
    record.write(path, replace(record.own("a"), beat=10**12, what="w" * 100, stage="s" * 40, done=10**15))
    assert path.stat().st_size == record.LENGTH
    assert record.decoded(record.read(path)) is not None
