"""Builders that are killed at any moment, put to sleep, and woken: no environment is ever seen half."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.volume.conftest import QUICK, Start, kill
from voxcue.volume import Volume, building
from voxcue.volume.environment import Manifest, faults
from voxcue.volume.tree import remove, scan

STAGES = [name for name, _ in building.STAGES]


def events(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    out, err = process.communicate(timeout=60)
    assert not err, err
    return [json.loads(line) for line in out.splitlines()]


def until(process: subprocess.Popen[str], event: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if json.loads(line)["event"] == event:
            return
    raise AssertionError(f"no '{event}'")


def sound(volume: Volume) -> None:
    """What is visible is whole."""
    for path in volume.envs.glob("*"):
        manifest = Manifest.read(path)
        assert manifest
        files = scan(path)
        assert len(files) == manifest.files + 1
        assert not faults(path, files)
        done = subprocess.run([path / "bin" / "python", "-I", "-c", "import six, iniconfig"])
        assert done.returncode == 0


def finish(start: Start, volume: Volume, lock: Path) -> None:
    """The next start does what is left to do, and nothing of the dead is left."""
    assert events(start(volume.root, lock))[-1]["event"] == "ready"
    sound(volume)
    assert volume.find(lock)
    assert list(volume.tmp.iterdir()) == []


def test_of_many_workers_that_wake_at_once_one_builds(start: Start, volume: Volume, lock: Path) -> None:
    told = [events(process) for process in [start(volume.root, lock) for _ in range(6)]]
    assert all(each[-1]["event"] == "ready" for each in told)
    assert len({each[-1]["key"] for each in told}) == 1
    builders = [each for each in told if any(event.get("builder") == "" for event in each)]
    assert len(builders) == 1
    waited = [event for each in told for event in each if event.get("builder")]
    assert any("another worker builds" in event["text"] for event in waited)
    sound(volume)


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_builder_killed_at_any_stage_is_followed_by_the_next(
    start: Start, volume: Volume, lock: Path, place: str
) -> None:
    for stage in STAGES:
        killed = start(volume.root, lock, f"{stage}:{place}")
        until(killed, "stopped")
        kill(killed)
        killed.wait()
        sound(volume)
        if volume.find(lock):
            assert (stage, place) == (STAGES[-1], "after")
    finish(start, volume, lock)


def test_a_waiting_worker_takes_over_when_the_builder_dies(start: Start, volume: Volume, lock: Path) -> None:
    builder = start(volume.root, lock, "verifying:before")
    until(builder, "stopped")
    waiting = start(volume.root, lock)
    until(waiting, "stage")
    kill(builder)
    assert events(waiting)[-1]["event"] == "ready"
    sound(volume)


def test_kills_at_random_moments(start: Start, tmp_path: Path, volume: Volume, lock: Path) -> None:
    other = volume
    dice = random.Random(5)
    plan = [[dice.uniform(0.0, 0.8) for _ in range(9)] for _ in range(2)]
    where: Counter[str] = Counter()

    def torment(at: int) -> None:
        volume = Volume([tmp_path, other.root.parent][at] / f"volume{at}", QUICK)
        for number, delay in enumerate(plan[at]):
            killed = start(volume.root, lock)
            until(killed, "begun")
            time.sleep(delay)
            kill(killed)
            out, _ = killed.communicate()
            last = json.loads(out.splitlines()[-1]) if out else {"event": "begun"}
            where[last.get("stage", last["event"])] += 1
            sound(volume)
            if number % 3 == 2:
                finish(start, volume, lock)
            if volume.find(lock):
                remove(volume.root)
        finish(start, volume, lock)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(torment, range(2)))
    assert sum(where.values()) == 18
    assert len(where) >= 4, where


@pytest.mark.parametrize("stage", ["installing", "copying", "publishing"])
def test_a_builder_that_slept_publishes_nothing_over_another(
    start: Start, volume: Volume, lock: Path, stage: str
) -> None:
    sleeper = start(volume.root, lock, f"{stage}:before")
    until(sleeper, "stopped")
    os.killpg(sleeper.pid, signal.SIGSTOP)
    second = start(volume.root, lock)
    assert events(second)[-1]["event"] == "ready"
    found = volume.find(lock)
    assert found
    before = scan(found.path)
    made = found.manifest
    volume.root.with_name(f"{volume.root.name}.go").touch()
    os.killpg(sleeper.pid, signal.SIGCONT)
    assert events(sleeper)[-1]["event"] == "ready"
    assert scan(found.path) == before
    assert found.manifest == made
    assert list(volume.tmp.iterdir()) == []


def test_a_builder_that_wakes_before_another_is_done_publishes_nothing_half(
    start: Start, volume: Volume, lock: Path
) -> None:
    sleeper = start(volume.root, lock, "copying:before")
    until(sleeper, "stopped")
    os.killpg(sleeper.pid, signal.SIGSTOP)
    second = start(volume.root, lock, "publishing:before")
    until(second, "stopped")
    os.killpg(sleeper.pid, signal.SIGCONT)
    time.sleep(0.5)
    assert volume.find(lock) is None
    volume.root.with_name(f"{volume.root.name}.go").touch()
    assert events(second)[-1]["event"] == "ready"
    assert events(sleeper)[-1]["event"] == "ready"
    sound(volume)
    assert list(volume.tmp.iterdir()) == []


def test_a_terminated_builder_leaves_nothing_behind(start: Start, volume: Volume, lock: Path) -> None:
    builder = start(volume.root, lock, "compiling:before")
    until(builder, "stopped")
    builder.send_signal(signal.SIGINT)
    builder.communicate()
    assert list(volume.tmp.iterdir()) == []
    began = time.monotonic()
    assert events(start(volume.root, lock))[-1]["event"] == "ready"
    assert time.monotonic() - began < 5
