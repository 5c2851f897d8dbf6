"""One defect at a time in a project that is otherwise right: it is found, and nothing else is said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.image.project import FILES, replaced, shown, write
from voxcue.image import check

DEFECTS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("defects.toml").read_text("utf-8")
)
WARNINGS = {"base-unpinned", "import-lazy", "start-unchecked"}


def _changes(defect: dict[str, Any]) -> dict[str, str | None]:
    texts: dict[str, str | None] = {**dict.fromkeys(defect.get("removed", [])), **defect.get("files", {})}
    for file, old, new in defect.get("edits", []):
        text = texts.get(file, FILES.get(file)) or ""
        assert old == "+" or text.count(old) == 1, f"{text.count(old)} times in {file}: {old}"
        texts[file] = text + new if old == "+" else text.replace(old, new)
    return texts


def test_the_project_without_a_defect_is_clean(tmp_path: Path) -> None:
    report = check(write(tmp_path))
    assert shown(report.findings) == []
    assert report.checked["sources"] == 9
    assert report.checked["workflows"] == 1
    assert report.checked["modules"] == 15
    assert report.checked["distributions"] == 5


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found(name: str, tmp_path: Path) -> None:
    defect = DEFECTS[name]
    code, file = defect["code"], defect.get("file", "Dockerfile")
    report = check(write(tmp_path, _changes(defect)))
    assert (code, file) in {(each.code, each.file) for each in report.findings}, shown(report.findings)
    assert {each.code for each in report.findings} == {code}, shown(report.findings)
    assert all(each.line > 0 for each in report.findings)
    assert (report.errors == 0) == (code in WARNINGS)


def test_what_is_forbidden_is_found_with_the_way_it_came(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert check(folder, forbidden=["torch"]).findings == []
    (finding,) = check(folder, forbidden=["PyYAML"]).findings
    assert (finding.code, finding.file, finding.line) == ("package-forbidden", "requirements.txt", 7)

    (finding,) = check(folder, required=["httpx", "runpod"]).findings
    assert (finding.code, finding.line) == ("package-required", 15)

    loose = {"Dockerfile": "FROM python:3.12-slim\nRUN pip install uvicorn\n"}
    (finding,) = check(
        write(tmp_path / "loose", {**dict.fromkeys(FILES), **loose}), forbidden=["h11"]
    ).findings
    assert (finding.code, finding.line) == ("package-forbidden", 2)
    assert "through uvicorn" in finding.message


def test_a_module_may_be_allowed_to_be_missing(tmp_path: Path) -> None:
    folder = write(tmp_path, replaced("src/talker/cli.py", "import yaml", "import tomlkit"))
    assert check(folder, allowed=["tomlkit"]).findings == []
