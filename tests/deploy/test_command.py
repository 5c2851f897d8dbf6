"""``voxcue deploy`` as a user types it."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Run
from tests.deploy.conftest import SECRETS, Write
from tests.deploy.standin import Standin


def test_from_nothing_to_a_deployment(run: Run, runpod: Standin, write: Write) -> None:
    path, env = str(write()), runpod.env(**SECRETS)
    asked = run("deploy", "runpod", "--config", path, **env)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "[not-agreed]" in asked.stderr
    assert not runpod.writes

    done = run("deploy", "runpod", "--config", path, "--yes", **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "volume    voxcue (net1) created",
        "endpoint  voxcue (ser2) created",
        f"jobs go to {runpod.url}/jobs/v2/ser2/run",
    ]
    again = json.loads(run("deploy", "runpod", "--config", path, "--json", **env).stdout)
    assert [row["state"] for row in again["resources"]] == ["unchanged", "unchanged"]
    assert len(runpod.writes) == 2

    shown = run("deploy", "status", "--config", path, **runpod.env())  # secrets are not needed to look
    assert shown.returncode == 0
    assert "right" in shown.stdout
    assert "jobs: 0 completed" in shown.stdout

    well = run("deploy", "doctor", "--config", path, **runpod.env())
    assert well.returncode == 0
    assert well.stdout.endswith("'voxcue' is well\n")
    runpod.endpoint["workers"]["max"] = 0
    sick = run("deploy", "doctor", "--config", path, "--json", **runpod.env())
    document = json.loads(sick.stdout)
    assert (sick.returncode, document["well"], document["findings"][0]["code"]) == (1, False, "workers-none")


def test_a_dry_run_shows_the_calls_and_changes_nothing(run: Run, runpod: Standin, write: Write) -> None:
    done = run("deploy", "runpod", "--config", str(write()), "--dry-run", **runpod.env(**SECRETS))
    assert done.returncode == 0
    assert f"POST {runpod.url}/v2/network-volumes\n" in done.stdout
    assert f"POST {runpod.url}/v2/serverless\n" in done.stdout
    assert '"networkVolumes": [\n    "<id of the new volume>"' in done.stdout
    assert '"AWS_SECRET_ACCESS_KEY": "***"' in done.stdout
    assert '"VOXCUE_STORAGE": "s3://my-bucket"' in done.stdout
    assert "0.69 to 1.10 USD an hour" in done.stdout
    assert not any(value in done.stdout + done.stderr for value in [*SECRETS.values(), "rpa_TESTKEY"])
    assert not runpod.writes
    assert runpod.asked


def test_a_dry_run_needs_no_key_and_no_secrets(run: Run, runpod: Standin, write: Write) -> None:
    env = {"RUNPOD_API_KEY": "", "RUNPOD_API_BASE_URL": runpod.url}
    done = run("deploy", "runpod", "--config", str(write()), "--dry-run", "--json", **env)
    document = json.loads(done.stdout)
    assert [(call["method"], call["url"]) for call in document["calls"]] == [
        ("POST", "https://api.runpod.io/v2/network-volumes"),
        ("POST", "https://api.runpod.io/v2/serverless"),
    ]
    assert document["calls"][1]["body"]["gpu"]["pools"] == ["<the pool of RTX 4090>", "AMPERE_24"]
    assert not runpod.asked
    assert "AWS_SECRET_ACCESS_KEY, which holds a secret of the deployment, is not set." in done.stderr


def test_a_dry_run_shows_what_differs(run: Run, runpod: Standin, write: Write) -> None:
    env = runpod.env(**SECRETS)
    run("deploy", "runpod", "--config", str(write()), "--yes", **env)
    runpod.endpoint["env"]["OTHER"] = "set elsewhere"
    path = str(write(("idle_timeout = 5 ", "idle_timeout = 60 "), ("my-bucket", "your-bucket")))
    done = run("deploy", "runpod", "--config", path, "--dry-run", **env)
    assert "would leave the volume 'voxcue' (net1)" in done.stdout
    assert (
        "would change the endpoint 'voxcue' (ser2): env.VOXCUE_STORAGE, workers.idleTimeout: 5 → 60"
        in done.stdout
    )
    assert '"OTHER": "***"' in done.stdout
    assert len(runpod.writes) == 2


@pytest.mark.parametrize(
    ("key", "status", "code"), [("", 12, "runpod-key-missing"), ("rpa_WRONG", 12, "runpod-key-refused")]
)
def test_a_key_that_is_missing_or_wrong(
    run: Run, runpod: Standin, write: Write, key: str, status: int, code: str
) -> None:
    env = runpod.env(**SECRETS) | {"RUNPOD_API_KEY": key}
    done = run("deploy", "runpod", "--config", str(write()), "--yes", "--json", **env)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (status, code)
    assert "rpa_WRONG" not in done.stdout + done.stderr
