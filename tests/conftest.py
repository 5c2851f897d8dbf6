"""What tests share: tools that must be there, and speech that is made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

import voxcue

ROOT = Path(__file__).parent.parent

# The same examples at every run, so that a red run is about the change; to hunt, choose other ones:
# HYPOTHESIS=explore make test
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("explore", derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "same"))

Run = Callable[..., subprocess.CompletedProcess[str]]


def require(tool: str) -> str:
    """The path of a program; without it the test is skipped for a user and fails in CI."""
    path = shutil.which(tool)
    if path is None:
        message = f"this test needs '{tool}'; on Debian: apt-get install {tool}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder with the texts of the demo."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def time_machine(examples: Path) -> voxcue.Speech:
    """The page of The Time Machine, spoken."""
    return voxcue.speak((examples / "time-machine.txt").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line in an empty folder, as a user does."""

    def voxcue_command(
        *arguments: str, stdin: str | bytes | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "voxcue", *arguments],
            input=data if data is not None else b"",
            capture_output=True,
            cwd=tmp_path,
            env=os.environ | env,
            timeout=120,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return voxcue_command
