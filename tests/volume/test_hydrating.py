"""Packs, and starts from them: with a real interpreter in a real environment."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import time
import venv
from pathlib import Path

import pytest

from voxcue.volume.hydrating import hydrate, read
from voxcue.volume.packing import LARGE, MANIFEST, pack

USED = "import thing.used; print(thing.used.VALUE, thing.used.__file__)"
UNUSED = "import thing.unused; print(thing.unused.VALUE)"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A volume with an environment that has a package, and a large file beside it."""
    root = tmp_path / "volume"
    environment = root / "envs" / "key"
    venv.create(environment, symlinks=True)
    package = site(environment) / "thing"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "used.py").write_text("VALUE = 'used'\n", encoding="utf-8")
    (package / "unused.py").write_text("VALUE = 'unused'\n", encoding="utf-8")
    (package / "data").mkdir()
    (package / "data" / "table.bin").write_bytes(b"x" * (LARGE + 1))
    (root / "models").mkdir()
    (root / "models" / "weights").write_bytes(os.urandom(3 * LARGE))
    return root


def site(environment: Path) -> Path:
    return next(environment.glob("lib/python*/site-packages"))


def packed(volume: Path) -> Path:
    """A pack of what importing one module opens, as a recorded start names it."""
    environment = volume / "envs" / "key"
    thing = site(environment) / "thing"
    modules = [str(thing / "__init__.py"), str(thing / "used.py")]
    subprocess.run([str(environment / "bin" / "python"), "-m", "compileall", "-q", *modules], check=True)
    opened = [
        *map(str, (thing / "__pycache__").glob("*.pyc")),
        str(thing / "data" / "table.bin"),
        str(volume / "models" / "weights"),
        sys.executable,
        "/nowhere/at/all",
    ]
    target = volume / "packs" / "key-f5.tar"
    pack(volume, environment, opened, target)
    return target


def run(local: Path, code: str) -> str:
    done = subprocess.run([local / "bin" / "python", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_start_finds_all_and_opens_what_is_local(volume: Path, tmp_path: Path) -> None:
    archive = packed(volume)
    local = hydrate(volume, volume / "envs" / "key", archive, tmp_path / "local")
    said = run(local, USED)
    assert said.startswith(f"used {local}")
    assert not (site(local) / "thing" / "used.py").is_symlink()
    assert run(local, UNUSED).strip() == "unused"  # through a link
    assert (site(local) / "thing" / "unused.py").is_symlink()
    table = Path("thing", "data", "table.bin")
    assert (site(local) / table).samefile(site(volume / "envs" / "key") / table)
    assert [each.name for each in archive.parent.iterdir()] == [archive.name]


def test_twice_is_once(volume: Path, tmp_path: Path) -> None:
    archive = packed(volume)
    local = hydrate(volume, volume / "envs" / "key", archive, tmp_path / "local")
    before = local.stat().st_mtime_ns
    assert hydrate(volume, volume / "envs" / "key", archive, tmp_path / "local") == local
    assert local.stat().st_mtime_ns == before


def test_a_whole_file_comes_as_it_is(volume: Path) -> None:
    weights = volume / "models" / "weights"
    assert read(weights) == weights.read_bytes()


@pytest.mark.parametrize("keep", [0, 100, 5000])
def test_a_damaged_pack_leaves_nothing(volume: Path, tmp_path: Path, keep: int) -> None:
    archive = packed(volume)
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises((OSError, ValueError)):
        hydrate(volume, volume / "envs" / "key", archive, tmp_path / "local")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["volume"]


def test_a_pack_cannot_write_elsewhere(volume: Path, tmp_path: Path) -> None:
    archive = volume / "evil.tar"
    with tarfile.open(archive, "w") as written:
        for name, content in ((MANIFEST, b'{"folders": {".": []}, "files": 1}'), ("../evil", b"evil")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            written.addfile(member, io.BytesIO(content))
    with pytest.raises(ValueError, match="outside"):
        hydrate(volume, volume / "envs" / "key", archive, tmp_path / "local")
    assert not (tmp_path / "evil").exists()


def test_a_start_is_recorded(tmp_path: Path) -> None:
    target = tmp_path / "opened.txt"
    command = [
        sys.executable,
        "-m",
        "voxcue.volume.recording",
        str(target),
        "serve",
        "--uds",
        str(tmp_path / "s"),
    ]
    environ = os.environ | {"VOXCUE_ENGINE": "hibari", "VOXCUE_STORAGE": tmp_path.as_uri()}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # it listens
        process.send_signal(10)
        until = time.monotonic() + 30
        while not target.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        process.terminate()
    opened = target.read_text(encoding="utf-8").splitlines()
    assert any("uvicorn" in path for path in opened)
    assert any(path.endswith(".so") or ".so." in path for path in opened)
