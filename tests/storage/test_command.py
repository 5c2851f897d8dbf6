"""``voxcue storage`` lists what is kept and says what it removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.conftest import Run
from tests.seaweed import Seaweed
from tests.storage.conftest import bucket
from tests.storage.test_results import ABOUT, FILES
from voxcue.storage import Storage, new_id, publish, results


def test_results_are_listed_and_removed(run: Run, storage: Storage, server: Seaweed) -> None:
    env = server.env | {"VOXCUE_STORAGE": storage.url}
    result = publish(storage, new_id(), FILES, ABOUT)
    listed = run("storage", "list", **env)
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.split()[:5] == ["id", "created", "duration", "words", "size"]
    assert listed.stdout.split()[5:] == [
        *(result.id, result.created.isoformat(timespec="seconds"), "1.5", "s", "1", "1.0", "kB"),
    ]
    [row] = json.loads(run("storage", "list", "--json", **env).stdout)
    assert (row["id"], row["duration"], row["words"], row["size"]) == (result.id, 1.5, 1, 1001)
    assert run("storage", "clean", **env).stdout == "removed 0 results: 0 files, 0 B\n"
    planned = json.loads(run("storage", "clean", "--older-than", "0", "--dry-run", "--json", **env).stdout)
    assert (planned["results"], planned["objects"], planned["dry_run"]) == (1, 3, True)
    assert list(results(storage)) == [result]
    assert run("storage", "clean", "--older-than", "0", **env).stdout.startswith(
        "removed 1 result: 3 files, 1."
    )
    assert not list(results(storage))


def test_storage_that_refuses_is_one_sentence(run: Run, aws: Seaweed, folder: Path) -> None:
    env = {"VOXCUE_STORAGE": bucket(aws, folder).url, "AWS_SECRET_ACCESS_KEY": "wrong"}
    for command in ("list", "clean"):
        done = run("storage", command, **env)
        assert (done.returncode, done.stdout) == (8, "")
        assert "[storage-denied]" in done.stderr
        assert os.environ["AWS_SECRET_ACCESS_KEY"] not in done.stderr
        assert "Traceback" not in done.stderr
    assert run("storage", "clean", "--older-than", "-1", **env).returncode == 2
