"""What is in use stays; what nobody needs goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.volume.conftest import QUICK, SIX, Start, kill
from tests.volume.test_kills import until
from voxcue.errors import UnavailableError
from voxcue.volume import Environment, Volume
from voxcue.volume.cleaning import Removed, clean

USER = """
import sys, time
from pathlib import Path
from voxcue.volume import Rhythm, Volume
found = Volume(Path(sys.argv[1]), Rhythm(beat=0.1, expiry=1.0)).find(Path(sys.argv[2]))
with found.using():
    print("using", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def old_lock(tmp_path: Path) -> Path:
    path = tmp_path / "old.txt"
    path.write_text(SIX, encoding="utf-8")
    return path


@pytest.fixture
def old(volume: Volume, old_lock: Path) -> Environment:
    """An environment of another lock than the current one."""
    return volume.set_up(old_lock)


def use(volume: Volume, lock: Path) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", USER, str(volume.root), str(lock)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    assert process.stdout.readline() == "using\n"
    return process


def kinds(removed: list[Removed]) -> set[str]:
    return {each.kind for each in removed}


def test_what_a_living_worker_uses_stays(
    volume: Volume, lock: Path, old_lock: Path, old: Environment
) -> None:
    current = volume.set_up(lock)
    with use(volume, old_lock) as user:
        assert clean(volume, [current.key]) == []
        assert old.manifest
        kill(user)
    removed = clean(volume, [current.key])
    assert kinds(removed) == {"environment", "lease"}
    assert sum(each.bytes for each in removed) > 50_000
    assert not old.path.exists()
    assert volume.environments() == [current]
    assert list(volume.tmp.iterdir()) == []
    assert clean(volume, [current.key]) == []


def test_a_dry_run_removes_nothing(volume: Volume, old: Environment) -> None:
    (volume.root / "packs").mkdir()
    pack = volume.root / "packs" / f"{old.key}-f5.tar"
    pack.write_bytes(bytes(1000))
    would = clean(volume, [], dry_run=True)
    assert old.manifest
    assert {"environment", "pack"} <= kinds(would)
    done = clean(volume, [])
    assert {each.path for each in would} <= {each.path for each in done}
    assert not pack.exists()
    assert not list(volume.envs.iterdir())


def test_what_a_dead_builder_left_goes_and_a_living_one_stays(
    start: Start, volume: Volume, lock: Path, old_lock: Path
) -> None:
    dead = start(volume.root, old_lock, "publishing:before")
    alive = start(volume.root, lock, "publishing:before")
    until(dead, "stopped")
    until(alive, "stopped")
    kill(dead)
    dead.wait()
    (volume.tmp / "dead-something").mkdir()
    (volume.leases / "rubbish").write_text("?", encoding="utf-8")
    removed = clean(volume, [])
    assert {each.path.name.partition(".")[0] for each in removed} == {
        "dead-something",
        "rubbish",
        f"env-{volume.key(old_lock)}",
    }
    assert [path.name.partition(".")[0] for path in volume.tmp.iterdir()] == [f"env-{volume.key(lock)}"]


def test_using_what_was_cleaned_away(volume: Volume, old: Environment) -> None:
    clean(volume, [])
    with pytest.raises(UnavailableError) as caught, old.using():
        pass
    assert caught.value.code == "volume-environment-gone"


def test_a_use_lease_ends_with_its_block(volume: Volume, old: Environment) -> None:
    with old.using(), old.using():
        assert len(list(volume.leases.glob("use-*.use"))) == 2
    assert not list(volume.leases.glob("use-*.use"))


def test_keys_name_what_an_environment_is_made_of(volume: Volume, lock: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from voxcue.volume import Interpreter

    mine = Interpreter.running()
    assert Interpreter.at(Path(sys.executable)) == mine
    assert Interpreter.at(volume.set_up(lock).python).made_for == mine.made_for
    others = [replace(mine, **{name: "other"}) for name in ("version", "base_prefix", "platform")]
    copy = tmp_path / "copy.txt"
    copy.write_bytes(lock.read_bytes())
    assert volume.key(copy) == volume.key(lock, mine)
    copy.write_bytes(lock.read_bytes() + b"\n")
    keys = {volume.key(lock), volume.key(copy), *(volume.key(lock, other) for other in others)}
    assert len(keys) == 5
    assert volume.rhythm == QUICK
