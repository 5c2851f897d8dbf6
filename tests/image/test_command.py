"""``voxcue image check``: what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.image.project import FILES, replaced, write


def _command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voxcue", "image", "check", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_a_clean_project(tmp_path: Path) -> None:
    done = _command(".", "--forbid", "torch", cwd=write(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("clean: 9 sources, 15 modules, ")
    assert done.stdout.endswith(" 5 distributions, 1 workflow\n")


def test_an_error_is_one_line_and_a_hint(tmp_path: Path) -> None:
    write(tmp_path / "project", replaced("Dockerfile", "COPY src ./src", "COPY source ./src"))
    done = _command("project", cwd=tmp_path)
    assert done.returncode == 1
    first, hint, *_ = done.stdout.splitlines()
    assert first == "Dockerfile:12: error: There is no 'source' in the build context. [copy-missing]"
    assert hint.startswith("  hint: ")


def test_warnings_are_errors_when_strict(tmp_path: Path) -> None:
    folder = write(tmp_path, replaced("src/talker/server.py", "import httpx", "import aiohttp"))
    assert _command(cwd=folder).returncode == 0
    assert _command("--strict", cwd=folder).returncode == 1
    assert _command("--strict", "--allow", "aiohttp", cwd=folder).returncode == 0


def test_json_is_one_document(tmp_path: Path) -> None:
    folder = write(tmp_path, {"Dockerfile": None, "docker/talker": FILES["Dockerfile"] + "RUN nvidia-smi\n"})
    done = _command("--file", "docker/talker", "--json", cwd=folder)
    document = json.loads(done.stdout)
    assert (done.returncode, document["errors"], document["warnings"]) == (1, 3, 0)
    assert {each["code"] for each in document["findings"]} == {"run-belongs-to-run-time", "path-missing"}
    assert document["findings"][-1]["file"] == "docker/talker"
    assert document["checked"]["sources"] == 9


def test_build_arguments_are_used(tmp_path: Path) -> None:
    folder = write(tmp_path, {"Dockerfile": "ARG FROM_TAG\nFROM python:$FROM_TAG\nARG WHAT\nCOPY $WHAT /\n"})
    assert _command(cwd=folder).returncode == 0
    assert "'nothing'" in _command("--build-arg", "WHAT=nothing", cwd=folder).stdout


def test_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for words, code in (
        (("nowhere",), "image-context"),
        ((".",), "image-dockerfile"),
        ((".", "--build-arg", "x"), "build-arg"),
    ):
        done = _command(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert f"[{code}]" in done.stderr
