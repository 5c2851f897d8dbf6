"""``voxcue models`` lists, fetches, checks and removes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.models.conftest import BIG, VOCABULARY, WEIGHTS, command, write_catalogue
from tests.models.hub import Hub
from voxcue import models


def test_from_the_list_to_the_files_and_back(hub: Hub, folder: Path) -> None:
    listed = command("models", "list")
    assert listed.stdout.splitlines()[0].split() == ["name", "size", "licence", "languages", "here"]
    assert [line.split()[-1] for line in listed.stdout.splitlines()[1:]] == ["no", "no", "no"]

    done = command("models", "fetch", "vocoder", "Small")
    assert (done.returncode, done.stderr) == (0, "")
    first, *paths = done.stdout.splitlines()
    assert first == "vocoder, 0.0 MB, MIT"
    assert paths[0] == f"  weights: {folder / 'blobs' / models.known('vocoder').files[0].blob}"

    rows = {row["name"]: row for row in json.loads(command("models", "list", "--json").stdout)}
    assert {name: row["here"] for name, row in rows.items()} == {"Small": True, "Big": False, "vocoder": True}
    assert rows["Small"]["size"] == len(WEIGHTS) + len(VOCABULARY)
    assert rows["Big"]["size"] is None
    assert (rows["Small"]["licence"], rows["Small"]["languages"]) == ("CC-BY-NC-4.0", ["en"])

    assert command("models", "verify").stdout == "Small is whole\nvocoder is whole\n"
    models.find("Small").files["vocabulary"].write_bytes(VOCABULARY[::-1])
    assert command("models", "verify", "vocoder").returncode == 0
    damaged = command("models", "verify")
    assert (damaged.returncode, damaged.stdout) == (7, "")
    assert "'Small/vocab.txt'" in damaged.stderr

    assert command("models", "remove", "Small").stdout == "removed Small: 0.2 MB\n"
    assert command("models", "remove", "Small").returncode == 7
    assert command("models", "verify").stdout == "vocoder is whole\n"
    assert hub.seen


def test_models_of_another_version_are_listed_and_can_be_removed(hub: Hub, folder: Path) -> None:
    models.fetch("Small")
    models.fetch("vocoder")
    (folder / "vocoder.json").rename(folder / "forgotten.json")
    write_catalogue(folder.parent / "models.toml", "0" * 40)
    lines = command("models", "list").stdout.splitlines()[1:]
    heres = ["old version" if "an old version" in line else line.split()[-1] for line in lines]
    assert heres == ["old version", "no", "no", "old version"]
    rows = json.loads(command("models", "list", "--json").stdout)
    assert [(row["name"], row["here"], row["old"]) for row in rows if row["old"]] == [
        ("Small", False, True),
        ("forgotten", False, True),
    ]
    assert command("models", "remove", "forgotten").returncode == 0
    assert not (folder / "forgotten.json").exists()
    assert hub.seen


def test_fetch_as_json(folder: Path) -> None:
    [row] = json.loads(command("models", "fetch", "Big", "--json").stdout)
    assert (row["name"], row["licence"]) == ("Big", "Apache-2.0")
    assert row["size"] == len(BIG) + len(VOCABULARY)
    assert Path(row["files"]["weights"]).parent == folder / "blobs"


@pytest.mark.parametrize("asked", [["fetch", "Small", "Smal"], ["verify", "Smal"], ["remove", "Smal"]])
def test_a_wrong_name_is_found_before_anything_is_done(hub: Hub, asked: list[str]) -> None:
    done = command("models", *asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no model called 'Smal'; known: Small, Big, vocoder. [model-unknown]" in done.stderr
    assert hub.seen == []


def test_errors_as_json(hub: Hub) -> None:
    done = command("models", "fetch", "Small", "--json", VOXCUE_OFFLINE="1")
    assert done.returncode == 7
    assert json.loads(done.stdout)["error"]["code"] == "model-missing"
    assert hub.seen == []
