"""Volumes that are full, read-only or gone, lost networks, locks that lie: clear errors, nothing half."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.volume.conftest import INICONFIG, QUICK, SIX
from voxcue.errors import OutputError, UnavailableError, VoxcueError
from voxcue.volume import Progress, Volume, local
from voxcue.volume.environment import faults
from voxcue.volume.tree import scan


@pytest.fixture
def mounted(tmp_path: Path) -> Generator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], capture_output=True)
    if done.returncode:
        message = f"this test needs to mount a file system: {done.stderr.decode().strip()}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    yield folder
    subprocess.run(["umount", "-l", folder], capture_output=True)


def fails(volume: Volume, lock: Path) -> VoxcueError:
    with pytest.raises(VoxcueError) as caught:
        volume.set_up(lock)
    return caught.value


def nothing_half(volume: Volume) -> None:
    assert list(volume.envs.iterdir()) == []
    assert list(volume.tmp.iterdir()) == []


def works(volume: Volume, lock: Path) -> None:
    assert volume.set_up(lock).python.exists()


def test_a_full_volume(mounted: Path, lock: Path, tmp_path: Path) -> None:
    volume = Volume(mounted / "voxcue", QUICK)
    volume.check()
    filler = mounted / "filler"
    filler.write_bytes(bytes(1_750_000))
    error = fails(volume, lock)
    assert (type(error), error.code) == (OutputError, "volume-full")
    nothing_half(volume)

    filler.write_bytes(bytes(1_000_000))  # the lock says that there is room, wrongly
    lying = tmp_path / "lying.txt"
    digest = "062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922"
    lying.write_text(f"setuptools==80.9.0 --hash=sha256:{digest}\n{SIX}", encoding="utf-8")
    error = fails(volume, lying)
    assert error.code == "volume-full"
    assert "volume clean" in error.hint
    nothing_half(volume)

    filler.unlink()
    works(volume, lock)


@pytest.mark.parametrize("here", [False, True])
def test_a_disk_that_fills_up_at_every_stage(
    mounted: Path, lock: Path, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if here:
        monkeypatch.setattr(local, "place", lambda *_: None)
    volume = Volume(mounted / "voxcue", QUICK)
    volume.check()
    lock.write_text(re.sub("# size.*", "", lock.read_text(encoding="utf-8")), encoding="utf-8")
    stages: list[str] = []
    codes: list[str] = []
    for free in range(0, 1_000_000, 40_000):
        found = os.statvfs(mounted)
        (mounted / "filler").write_bytes(bytes(found.f_bavail * found.f_frsize - free))
        try:
            volume.set_up(lock, report=lambda progress: stages.append(progress.stage))
            break
        except VoxcueError as error:
            codes.append(error.code)
            stages.append("failed")
        (mounted / "filler").unlink()
        nothing_half(volume)
    assert set(codes) == {"volume-full"}
    failed_in = {stage for stage, following in pairwise(stages) if following == "failed"}
    assert ({"installing", "compiling"} if here else {"copying"}) <= failed_in
    environment = volume.find(lock)
    assert environment
    assert not faults(environment.path, scan(environment.path))


def test_a_read_only_volume(mounted: Path, lock: Path, tmp_path: Path) -> None:
    volume = Volume(mounted / "voxcue", QUICK)
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    assert fails(volume, lock).code == "volume-read-only"
    subprocess.run(["mount", "-o", "remount,rw", mounted], check=True)
    environment = volume.set_up(lock)
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    assert volume.set_up(lock) == environment  # what is there can be used
    with environment.using():
        pass
    other = tmp_path / "other.txt"
    other.write_text(SIX, encoding="utf-8")
    assert fails(volume, other).code == "volume-read-only"


@pytest.mark.parametrize("way", ["moved", "unmounted"])
@pytest.mark.parametrize("stage", ["installing", "copying", "publishing"])
def test_a_volume_that_vanishes(mounted: Path, lock: Path, stage: str, way: str) -> None:
    volume = Volume(mounted / "voxcue", QUICK)

    def vanish(progress: Progress) -> None:
        if progress.stage == stage and volume.leases.exists():
            if way == "moved":
                volume.root.rename(mounted / "elsewhere")
            else:
                subprocess.run(["umount", "-l", mounted], check=True)

    with pytest.raises(UnavailableError) as caught:
        volume.set_up(lock, report=vanish)
    assert caught.value.code == "volume-gone"
    assert not volume.root.exists()
    if way == "moved":
        assert list((mounted / "elsewhere" / "envs").iterdir()) == []


def test_no_volume(tmp_path: Path, lock: Path) -> None:
    error = fails(Volume(tmp_path / "runpod-volume" / "voxcue"), lock)
    assert error.code == "volume-missing"
    assert "VOXCUE_VOLUME" in error.hint


def test_a_file_where_the_volume_should_be(tmp_path: Path, lock: Path) -> None:
    (tmp_path / "file").touch()
    assert fails(Volume(tmp_path / "file"), lock).code in ("volume-unwritable", "volume-gone")


def test_a_lost_network(volume: Volume, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lost:
        lost.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
        lost.setenv("UV_HTTP_RETRIES", "0")
        lost.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
        error = fails(volume, lock)
    assert error.code == "volume-network"
    assert "127.0.0.1:9" in error.message
    assert len(error.message) < 450
    nothing_half(volume)
    works(volume, lock)


def test_a_lock_with_another_hash(
    volume: Volume, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    lock.write_text(re.sub("sha256:.{8}", "sha256:00000000", SIX) + INICONFIG, encoding="utf-8")
    error = fails(volume, lock)
    assert error.code == "volume-hash-mismatch"
    assert "six==1.17.0" in error.message
    nothing_half(volume)


def test_a_lock_that_promises_a_module_it_does_not_have(volume: Volume, lock: Path) -> None:
    lock.write_text("# imports: six, torch.nn\n" + SIX, encoding="utf-8")
    error = fails(volume, lock)
    assert error.code == "volume-import-failed"
    assert "'import torch.nn' fails: ModuleNotFoundError: No module named 'torch'." in error.message
    nothing_half(volume)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("six==1.17.0\n", "'six' in it has no hash"),
        ("# imports: os; rm\n" + SIX, "is no module"),
        ("# size: big\n" + SIX, "'big'"),
    ],
)
def test_a_lock_that_cannot_be_used(volume: Volume, lock: Path, content: str, said: str) -> None:
    lock.write_text(content, encoding="utf-8")
    error = fails(volume, lock)
    assert error.code == "volume-lock-unusable"
    assert said in error.message


def test_what_has_no_hash_must_be_named(volume: Volume, lock: Path) -> None:
    lock.write_text("# unhashed: six\n# imports: six\nsix==1.17.0\n" + INICONFIG, encoding="utf-8")
    works(volume, lock)


def test_no_uv(volume: Volume, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", "/nowhere")
    assert fails(volume, lock).code == "volume-uv-missing"


def test_a_failing_builder_is_followed_by_those_who_wait(
    volume: Volume, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a network of its own: that of one says nothing about the next."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    codes = []
    lock.write_text(re.sub("sha256:.{8}", "sha256:00000000", SIX), encoding="utf-8")
    threads = [threading.Thread(target=lambda: codes.append(fails(volume, lock).code)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["volume-hash-mismatch"] * 3
    nothing_half(volume)
