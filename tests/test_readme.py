"""Every example of the README runs, in the order of the page, in one empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engines.f5 import published
from tests.server.process import serving

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples run."""
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[None]:
    """What `voxcue serve` starts, at the address that the examples after it use."""
    assert ("sh", "voxcue serve\n") in BLOCKS
    with serving(folder, "--port", "8000") as running:
        assert running.url in README
        yield


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings that put a small random checkpoint in the place of the published ones."""
    folder = tmp_path_factory.mktemp("weights")
    (published.vocoder_folder(folder / "vocos") / "config.yaml").write_text("{}")
    model = published.folder(folder / "tuned")
    return {"VOXCUE_F5_MODEL": str(model), "VOXCUE_F5_VOCODER": str(folder / "vocos"), "VOXCUE_DEVICE": "cpu"}


@pytest.mark.parametrize(
    ("language", "code"),
    [block for block in BLOCKS if "make demo" not in block[1] and block[1] != "voxcue serve\n"],
)
def test_the_example_runs(request: pytest.FixtureRequest, folder: Path, language: str, code: str) -> None:
    if "127.0.0.1:8000" in code:
        request.getfixturevalue("server")
    more = request.getfixturevalue("weights") if "--engine f5" in code else {}
    command = [sys.executable, "-c", code] if language == "python" else ["bash", "-euc", code]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | more | {"PATH": path, "XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == "" or more  # random weights make noise, in which no words are found


def test_the_readme_has_both_kinds_of_example() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "python"}
    assert len(BLOCKS) >= 6


def test_the_two_commands_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
