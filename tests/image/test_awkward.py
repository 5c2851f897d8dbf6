"""Dockerfiles that look odd and are right: nothing is said about them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.image.project import checked, shown

APP = {"app/__init__.py": "", "app/main.py": "import os\nfrom app import tools\n", "app/tools.py": ""}
STARTED = {"main.py", "run", "my app.py", "app/main.py", "src/svc/run.py", "svc/src/svc/run.py"}
VALID: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("valid.toml").read_text("utf-8"))


def _files(case: dict[str, Any]) -> dict[str, str]:
    return {**(APP if case.get("app") else {}), **case.get("files", {})}


@pytest.mark.parametrize("name", VALID)
def test_nothing_is_said(name: str, tmp_path: Path) -> None:
    report = checked(tmp_path, VALID[name]["dockerfile"], _files(VALID[name]))
    assert shown(report.findings) == []


@pytest.mark.parametrize("name", [name for name, case in VALID.items() if STARTED & set(_files(case))])
def test_the_same_with_an_import_that_is_missing(name: str, tmp_path: Path) -> None:
    case = VALID[name]
    files = _files(case)
    broken = {file: text + "\nimport nowhere\n" if file in STARTED else text for file, text in files.items()}
    (finding,) = checked(tmp_path, case["dockerfile"], broken).findings
    assert finding.code == ("import-missing" if case.get("sure", True) else "import-undeclared")
    assert "nowhere" in finding.message
