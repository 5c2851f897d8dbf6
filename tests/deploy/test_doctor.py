"""A sick deployment is explained, with what to do next."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.conftest import Write
from tests.deploy.standin import Standin, worker
from voxcue.deploy import Api, Config, Finding, carry_out, diagnose, doctor, load, plan, read


@pytest.fixture
def made(api: Api, config: Config) -> Config:
    """The configuration of a deployment that is as it should be."""
    carry_out(api, plan(config, read(api, config)))
    return config


def found(api: Api, config: Config, **options: Any) -> dict[str, Finding]:
    return {each.code: each for each in diagnose(config, api, **options)}


def test_a_healthy_one_has_only_notes(api: Api, made: Config, runpod: Standin) -> None:
    before = list(runpod.writes)
    findings = found(api, made)
    assert set(findings) == {"voice-none", "idle"}
    assert {each.level for each in findings.values()} == {"note"}
    assert runpod.writes == before


def test_what_is_not_there(api: Api, config: Config) -> None:
    findings = found(api, config)
    assert set(findings) == {"volume-missing", "endpoint-missing"}
    assert all("voxcue deploy runpod" in each.hint for each in findings.values())


def test_an_endpoint_that_runpod_put_to_sleep(api: Api, made: Config, runpod: Standin) -> None:
    runpod.endpoint["workers"]["max"] = 0
    runpod.jobs = {"inQueue": 2}
    findings = found(api, made)
    assert findings["workers-none"].level == "sick"
    assert "7 days" in findings["workers-none"].hint
    assert "2 jobs wait" in findings["queue-waits"].message


def test_an_old_image_and_a_moving_tag(api: Api, made: Config, write: Write) -> None:
    newer = load(write(("voxcue:0.1.0", "voxcue:latest")))
    findings = found(api, newer)
    assert "voxcue:0.1.0 → ghcr.io/octocat/voxcue:latest" in findings["image-old"].message
    assert "image-latest" in findings
    assert made


def test_a_volume_that_is_not_attached_or_far_away(api: Api, made: Config, runpod: Standin) -> None:
    runpod.endpoint["networkVolumes"] = []
    assert {"volume-detached", "volume-missing", "endpoint-differs"} <= set(found(api, made))
    runpod.volume["dataCenter"] = "US-KS-2"
    assert found(api, made)["volume-elsewhere"].level == "sick"


def test_no_gpu_free_where_the_volume_lies(api: Api, made: Config, write: Write) -> None:
    assert made
    findings = found(api, load(write(('["RTX 4090", "AMPERE_24"]', '["RTX 3090"]'))))
    assert "EU-RO-1 has none of RTX 3090 free" in findings["gpu-none"].message
    assert "US-KS-2" in findings["gpu-none"].hint


def test_an_environment_that_lacks_something(api: Api, made: Config, runpod: Standin) -> None:
    runpod.endpoint["env"] = {"VOXCUE_ENGINE": "f5", "VOXCUE_STORAGE": "s3://b", "VOXCUE_STORAG": "x"}
    findings = found(api, made)
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in findings["storage-keys"].message
    assert findings["setting-unknown"].hint == "Is VOXCUE_STORAGE meant?"
    runpod.endpoint["env"] = {"VOXCUE_ENGINE": "f5"}
    assert "storage-none" in found(api, made)


def test_a_secret_that_is_nowhere(
    api: Api, made: Config, runpod: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert set(found(api, made)) == {"voice-none", "idle"}  # that of the endpoint stands in for it
    del runpod.endpoint["env"]["AWS_SECRET_ACCESS_KEY"]
    assert found(api, made)["secret-missing"].level == "sick"


def test_workers_that_crash_are_shown_with_the_end_of_their_log(
    api: Api, made: Config, runpod: Standin
) -> None:
    runpod.workers = [worker("UNHEALTHY"), worker("RUNNING", isStale=True)]
    runpod.log = ["starting", "", "error: The volume '/runpod-volume' is full. [volume-full]"]
    findings = found(api, made)
    assert findings["worker-unhealthy"].level == "sick"
    assert "starting | error: The volume '/runpod-volume' is full" in findings["worker-unhealthy"].message
    assert "1 of 2 workers" in findings["worker-stale"].message


@pytest.mark.parametrize(("others", "level"), [([], "sick"), ([worker("IDLE")], "warning")])
def test_workers_without_a_machine(
    api: Api, made: Config, runpod: Standin, others: list[dict[str, Any]], level: str
) -> None:
    runpod.workers = [worker("THROTTLED"), *others]
    assert found(api, made)["worker-throttled"].level == level


def test_workers_that_start_and_jobs_that_fail(api: Api, made: Config, runpod: Standin) -> None:
    runpod.workers = [worker("INITIALIZING")]
    runpod.jobs = {"failed": 3, "completed": 1, "inQueue": 1}
    findings = found(api, made)
    assert findings["worker-starting"].message == "1 workers are starting. worker1 has no log yet."
    assert "3 jobs failed lately" in findings["jobs-fail"].message
    assert "queue-waits" not in findings


def test_a_job_goes_through(api: Api, made: Config, runpod: Standin, waits: list[float]) -> None:
    done = {"status": "COMPLETED", "output": {"words": []}, "delayTime": 2100, "executionTime": 900}
    runpod.statuses = [{"status": "IN_QUEUE"}, {"status": "IN_PROGRESS"}, done]
    findings = found(api, made, job=True, voice="ada")
    assert "(waiting 2.1 s, working 0.9 s)" in findings["job-done"].message
    assert len(waits) == 3
    sent = next(body for _, path, body in runpod.asked if path.endswith("/run"))
    assert sent["input"] == {"text": doctor.TEXT, "delivery": "inline", "voice": "ada"}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "FAILED", "error": "This engine needs a voice. [voice-missing]"},
        {"status": "COMPLETED", "output": {"error": "This engine needs a voice. [voice-missing]"}},
    ],
)
def test_a_job_that_fails_says_why(api: Api, made: Config, runpod: Standin, answer: dict[str, Any]) -> None:
    runpod.statuses = [answer]
    finding = found(api, made, job=True)["job-failed"]
    assert finding.level == "sick"
    assert "[voice-missing]" in finding.message


def test_a_job_that_is_never_done(
    api: Api, made: Config, runpod: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_JOB_SECONDS", 9.0)
    runpod.statuses = [{"status": "IN_QUEUE"}]
    assert "RunPod's last word is IN_QUEUE" in found(api, made, job=True)["job-waits"].message
