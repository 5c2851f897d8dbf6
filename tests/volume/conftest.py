"""Small locks with packages from the index, and builders that run in processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

from voxcue.settings import settings
from voxcue.volume import Rhythm, Volume

SIX = """six==1.17.0 \\
    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274 \\
    --hash=sha256:ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81
"""
INICONFIG = """iniconfig==2.1.0 \\
    --hash=sha256:3abbd2e30b36733fee78f9c7f7308f2d0050e88f0087fd25c2645f63c773e1c7 \\
    --hash=sha256:9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760
"""

QUICK = Rhythm(beat=0.1, expiry=1.0)

_BUILDER = Path(__file__).with_name("builder.py")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.delenv("VOXCUE_MODELS_MIRROR", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Two packages, both of which must be importable."""
    path = tmp_path / "small.txt"
    path.write_text("# imports: six, iniconfig\n# size: 400_000\n" + SIX + INICONFIG, encoding="utf-8")
    return path


@pytest.fixture
def volume(tmp_path: Path) -> Generator[Volume]:
    """An empty volume, on another disk where there is one; its leases expire after a second."""
    other = Path("/dev/shm")
    if not other.is_dir():
        other = tmp_path
    folder = Path(tempfile.mkdtemp(prefix="voxcue-test-", dir=other))
    yield Volume(folder / "voxcue", QUICK)
    shutil.rmtree(folder)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Generator[Start]:
    """Start a builder in a process group of its own; what is left of them is killed in the end."""
    running: list[subprocess.Popen[str]] = []

    def begin(root: Path, lock: Path, stop: str = "", models: str = "", **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(_BUILDER), str(root), str(lock), stop, models],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path)} | env,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        kill(process)
        process.communicate()


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, for the process and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
