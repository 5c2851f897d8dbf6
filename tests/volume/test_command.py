"""The commands, as people and programs use them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.models.conftest import folder, hub  # noqa: F401
from tests.models.hub import Hub
from voxcue.errors import VoxcueError
from voxcue.models import catalogue
from voxcue.models.store import Store
from voxcue.volume import Progress, Volume, weights


def test_from_an_empty_folder_to_a_clean_one(run: Run, tmp_path: Path, lock: Path) -> None:
    where = ("--volume", str(tmp_path / "v"), "--lock", str(lock))
    sick = run("volume", "doctor", *where)
    assert sick.returncode == 1
    assert "voxcue volume setup" in sick.stdout

    made = run("volume", "setup", *where)
    assert made.returncode == 0, made.stderr
    for stage in ("making", "installing", "compiling", "verifying", "publishing"):
        assert f": {stage}" in made.stdout
    assert "is ready" in made.stdout

    lines = [json.loads(line) for line in run("volume", "setup", "--json", *where).stdout.splitlines()]
    python = Path(lines[-1]["python"])
    assert subprocess.run([python, "-c", "import six, iniconfig"]).returncode == 0

    status = json.loads(run("volume", "status", "--json", *where).stdout)
    assert status["ready"]
    assert status["environments"][0]["key"] == lines[-1]["environment"]
    assert lines[-1]["environment"] in run("volume", "status", *where).stdout
    assert json.loads(run("volume", "doctor", "--deep", "--json", *where).stdout)["well"]
    assert "0 B in all" in run("volume", "clean", *where).stdout


@pytest.mark.parametrize("deep", [False, True])
def test_the_doctor_finds_what_is_damaged(run: Run, tmp_path: Path, lock: Path, deep: bool) -> None:
    volume = Volume(tmp_path / "v")
    environment = volume.set_up(lock)
    module = next(environment.path.glob("lib/python*/site-packages/six.py"))
    content = module.read_bytes()
    module.write_bytes(b"!" + content[1:] if deep else content[:-1])
    (volume.tmp / "dead-thing").mkdir()
    options = ["--deep"] if deep else []
    told = run("volume", "doctor", "--volume", str(volume.root), "--lock", str(lock), *options)
    assert told.returncode == 1
    assert "1 damaged, first 'lib/python" in told.stdout
    assert "voxcue volume clean" in told.stdout


def test_the_doctor_on_no_volume(run: Run, tmp_path: Path, lock: Path) -> None:
    told = run("volume", "doctor", "--volume", str(tmp_path / "no" / "v"), "--lock", str(lock))
    assert told.returncode == 1
    assert "VOXCUE_VOLUME" in told.stdout


def test_no_such_lock(run: Run, tmp_path: Path) -> None:
    told = run("volume", "setup", "--volume", str(tmp_path / "v"), "--lock", "nowhere.txt")
    assert told.returncode == 7
    assert "'nowhere.txt'" in told.stderr


def test_models_are_fetched_into_the_volume(hub: Hub, tmp_path: Path, lock: Path) -> None:  # noqa: F811
    """By one process at a time; the catalogue of the test is handed to it by a sitecustomize."""
    shim = tmp_path / "shim"
    shim.mkdir()
    code = f"""
from pathlib import Path
from voxcue.models import catalogue
catalogue.PATH = Path({str(catalogue.PATH)!r})
"""
    (shim / "sitecustomize.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(shim))
        volume = Volume(tmp_path / "v")
        told: list[Progress] = []
        volume.set_up(lock, ["Big", "vocoder"], told.append)
        assert {each.what for each in told} >= {"model Big", "model vocoder"}
        assert {each.name for each in Store(volume.models).stored()} == {"Big", "vocoder"}
        requests = len(hub.seen)
        volume.set_up(lock, ["Big", "vocoder"])
        assert len(hub.seen) == requests

        blob = max((volume.models / "blobs").iterdir(), key=lambda path: path.stat().st_size)
        blob.write_bytes(b"short")
        assert [entry.name for entry in weights.missing(volume.models, ["Big", "vocoder"])] == ["Big"]
        hub.failing = True
        with pytest.raises(VoxcueError) as caught:
            volume.set_up(lock, ["Big", "vocoder"])
        assert caught.value.code == "model-unreachable"
        hub.failing = False
        volume.set_up(lock, ["Big", "vocoder"])


def test_a_model_that_is_not_known(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(VoxcueError) as caught:
        Volume(tmp_path / "v").set_up(lock, ["nobody"])
    assert caught.value.code == "model-unknown"


def test_a_moved_volume_still_works(tmp_path: Path, lock: Path) -> None:
    """Another machine may mount it elsewhere."""
    Volume(tmp_path / "here").set_up(lock)
    shutil.move(tmp_path / "here", tmp_path / "there")
    found = Volume(tmp_path / "there").find(lock)
    assert found
    code = "import six, sys; print(sys.prefix)"
    done = subprocess.run([found.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(found.path)
    assert sys.base_prefix
