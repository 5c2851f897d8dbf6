"""Why a deployment does not do what it should: what is found, in one sentence each, and what to do next.

What RunPod does to idle and to crashing endpoints, and its words for the states of workers and jobs, are from
docs.runpod.io as of 20 August 2026: ``serverless/endpoints/endpoint-configurations``,
``serverless/troubleshooting`` and ``serverless/endpoints/operation-reference``. None of it was seen on the
live service.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from voxcue.deploy.api import Api
from voxcue.deploy.config import EMBEDDED, Config
from voxcue.deploy.gpus import select, wanted
from voxcue.deploy.planning import plan
from voxcue.deploy.remote import Remote, read
from voxcue.errors import VoxcueError
from voxcue.settings import Settings

DEPLOY = "Run: voxcue deploy runpod"
TEXT = "This is a test of the deployment."
_JOB_SECONDS = 1800.0
"""How long a test job is waited for: the first one finds an empty volume and has it set up."""
_POLL = 3.0
_OVER = {"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"}
_MOUNT = "/runpod-volume"


@dataclass(frozen=True)
class Finding:
    """One thing found. "sick" keeps jobs from being done, "warning" may, "note" is good to know."""

    level: Literal["sick", "warning", "note"]
    code: str
    message: str
    hint: str = ""


def diagnose(
    config: Config, api: Api | None = None, *, job: bool = False, voice: str | None = None
) -> list[Finding]:
    """Look at a deployment from all sides; changes nothing, and costs nothing but for a test job.

    Args:
        config: what should be there.
        api: the connection; by default one with the key of the environment.
        job: whether to have a sentence spoken, which starts a worker where none is on.
        voice: the voice for it; by default the endpoint's own.

    Raises:
        VoxcueError: RunPod cannot be asked at all: see `Api`.
    """
    if api is None:
        with Api.from_environment() as own:
            return diagnose(config, own, job=job, voice=voice)
    remote = read(api, config)
    if remote.endpoint is None:
        return [
            *_against_the_file(config, remote),
            Finding(
                "sick", "endpoint-missing", f"RunPod has no endpoint named '{config.name}'.", DEPLOY + "."
            ),
        ]
    found = [
        *_against_the_file(config, remote),
        *_placement(config, remote),
        *_environment(remote.endpoint.get("env") or {}, remote.endpoint),
        *_workers(api, remote.endpoint),
    ]
    if job:
        found += _test_job(api, remote.endpoint["id"], voice)
    return found


def _against_the_file(config: Config, remote: Remote) -> Iterator[Finding]:
    """What `plan` would change, and what it refuses."""
    env = (remote.endpoint or {}).get("env") or {}
    here = {source: env.get(name, "") for name, source in config.secrets.items()} | dict(os.environ)
    try:
        steps = plan(config, remote, here)
    except VoxcueError as error:
        yield Finding("sick", error.code, error.message, error.hint)
        return
    for step in steps:
        if step.kind != "endpoint" and step.state == "missing":
            yield Finding(
                "sick",
                f"{step.kind}-missing",
                f"RunPod has no {step.kind} named '{step.name}'.",
                DEPLOY + ".",
            )
        if step.state != "different":
            continue
        changes = ", ".join(step.changes)
        old = any(change.startswith("image:") for change in step.changes)
        yield Finding(
            "warning",
            "image-old" if old else f"{step.kind}-differs",
            f"The {step.kind} '{step.name}' is not what the file says: {changes}.",
            f"{DEPLOY}, which makes these changes; or write into the file what is there.",
        )
    if config.image.endswith(":latest"):
        yield Finding(
            "warning",
            "image-latest",
            f"The tag of '{config.image}' moves, and machines keep the image that they have.",
            "Name a version: the workflow that builds the image pushes one for each release.",
        )


def _placement(config: Config, remote: Remote) -> Iterator[Finding]:
    endpoint, volume = remote.endpoint or {}, remote.volume
    if endpoint.get("workers", {}).get("max") == 0 and config.endpoint.workers_max:
        yield Finding(
            "sick",
            "workers-none",
            f"The endpoint '{config.name}' may start no workers: its workers.max is 0, so jobs just wait.",
            "RunPod sets it to 0 after 7 days without a job, and when workers keep crashing. "
            f"{DEPLOY}, then look here again.",
        )
    if volume and volume["id"] not in (endpoint.get("networkVolumes") or ()):
        yield Finding(
            "sick",
            "volume-detached",
            f"The volume '{config.name}' ({volume['id']}) is not attached to the endpoint.",
            f"{DEPLOY}, which attaches it.",
        )
    places = endpoint.get("dataCenterIds") or ()
    if volume and places and volume["dataCenter"] not in places:
        yield Finding(
            "sick",
            "volume-elsewhere",
            f"The endpoint is bound to {', '.join(places)}, and its volume lies in {volume['dataCenter']}: "
            "no machine can have both.",
            f'Set data_center = "{volume["dataCenter"]}" in the file. {DEPLOY}.',
        )
    yield from _stock(config, remote)


def _stock(config: Config, remote: Remote) -> Iterator[Finding]:
    """Whether the data centre has any of the GPUs now."""
    if not config.data_center or remote.gpus is None:
        return
    try:
        cards = wanted(select(config.endpoint.gpus, remote.gpus), remote.gpus)
    except VoxcueError:  # told by `_against_the_file`
        return
    stock = {
        card["id"]: place["availability"]
        for card in cards
        for place in card.get("dataCenters") or ()
        if place["id"] == config.data_center
    }
    if not any(level != "NONE" for level in stock.values()):
        elsewhere = sorted(
            {
                place["id"]
                for card in cards
                for place in card.get("dataCenters") or ()
                if place["availability"] != "NONE"
            }
        )
        yield Finding(
            "warning",
            "gpu-none",
            f"{config.data_center} has none of {', '.join(config.endpoint.gpus)} free at the moment.",
            "Name more GPUs in endpoint.gpus, or wait."
            + (
                f" They are free in {', '.join(elsewhere)}, where a new volume would be needed."
                if elsewhere
                else ""
            ),
        )


def _environment(env: Mapping[str, str], endpoint: Mapping[str, Any]) -> Iterator[Finding]:
    """What the workers' environment lacks for their engine and their storage."""
    engine, storage = env.get("VOXCUE_ENGINE", EMBEDDED), env.get("VOXCUE_STORAGE", "")
    if engine != EMBEDDED and not endpoint.get("networkVolumes"):
        yield Finding(
            "sick",
            "volume-missing",
            f"The engine '{engine}' is set up on a volume, and the endpoint has none.",
            f"Add [volume] to the file. {DEPLOY}.",
        )
    if engine != EMBEDDED and not env.get("VOXCUE_VOICE"):
        yield Finding(
            "note",
            "voice-none",
            f"There is no voice for jobs that name none: every job for '{engine}' must bring one.",
            'Set VOXCUE_VOICE under [env], or send "voice" with each job.',
        )
    if not storage or (storage.startswith("file:") and _MOUNT not in storage):
        yield Finding(
            "warning",
            "storage-none",
            "Results and voices are kept on the worker's own disk, which is gone with it.",
            'Set VOXCUE_STORAGE = "s3://bucket" under [env], or ask for "delivery": "inline" with each job.',
        )
    lacking = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if not env.get(name)]
    if storage.startswith("s3:") and lacking:
        yield Finding(
            "sick",
            "storage-keys",
            f"The storage '{storage}' needs {' and '.join(lacking)}, which the endpoint lacks.",
            f"Name them under [secrets] in the file. {DEPLOY}.",
        )
    known = {f"VOXCUE_{name.upper()}" for name in Settings.model_fields} | {"VOXCUE_DEBUG"}
    for name in sorted(env):
        if name.startswith("VOXCUE_") and name not in known:
            near = get_close_matches(name, known, 1)
            yield Finding(
                "warning",
                "setting-unknown",
                f"No part of this version of Voxcue reads the variable {name}.",
                f"Is {near[0]} meant?" if near else "docs/server.md lists the settings.",
            )


def _workers(api: Api, endpoint: Mapping[str, Any]) -> Iterator[Finding]:
    """What workers and the queue are doing."""
    listed = api.get(f"/serverless/{endpoint['id']}/workers")
    workers, counts = listed.get("workers") or [], listed.get("summary") or {}
    jobs = api.health(endpoint["id"]).get("jobs") or {}
    at_work = counts.get("running", 0) + counts.get("idle", 0)
    waiting, failed, done = (jobs.get(name, 0) for name in ("inQueue", "failed", "completed"))
    for worker in [each for each in workers if each.get("status") == "UNHEALTHY"][:1]:
        yield Finding(
            "sick",
            "worker-unhealthy",
            f"{counts['unhealthy']} of {len(workers)} workers keep failing. {_log(api, endpoint, worker)}",
            "Correct what the log says; RunPod stops an endpoint whose workers keep crashing.",
        )
    if counts.get("throttled"):
        yield Finding(
            "warning" if at_work else "sick",
            "worker-throttled",
            f"{counts['throttled']} workers wait for a machine: the GPUs of the endpoint are taken.",
            "Name more GPUs in endpoint.gpus, which widens the choice most, or wait.",
        )
    for worker in [each for each in workers if each.get("status") == "INITIALIZING"][:1]:
        yield Finding(
            "note",
            "worker-starting",
            f"{counts['initializing']} workers are starting. {_log(api, endpoint, worker)}",
            "The first worker on an empty volume sets it up, which takes minutes; later ones take seconds.",
        )
    if stale := sum(bool(each.get("isStale")) for each in workers):
        yield Finding(
            "note",
            "worker-stale",
            f"{stale} of {len(workers)} workers still run the previous release.",
            "It passes by itself.",
        )
    if waiting and not workers:
        yield Finding(
            "warning",
            "queue-waits",
            f"{waiting} jobs wait, and no worker is there or starting.",
            "Look again in a minute; if it stays so, see the endpoint's workers in RunPod's console.",
        )
    if failed > done:
        yield Finding(
            "warning",
            "jobs-fail",
            f"{failed} jobs failed lately, and {done} were done.",
            "voxcue deploy doctor --job has one done and shows its error.",
        )
    if not workers and not waiting:
        yield Finding("note", "idle", "No worker is on, and no job waits: this costs nothing but the volume.")


def _log(api: Api, endpoint: Mapping[str, Any], worker: Mapping[str, Any]) -> str:
    lines = [line.strip() for line in api.log(endpoint["id"], worker["id"]) if line.strip()]
    return (
        f"The log of {worker['id']} ends: {' | '.join(lines[-3:])}"
        if lines
        else f"{worker['id']} has no log yet."
    )


def _test_job(api: Api, endpoint: str, voice: str | None) -> Iterator[Finding]:
    """One sentence through the whole of it."""
    begun = time.monotonic()
    job = api.submit(endpoint, {"text": TEXT, "delivery": "inline"} | ({"voice": voice} if voice else {}))
    status: dict[str, Any] = job
    for _ in range(round(_JOB_SECONDS / _POLL)):
        if status.get("status") in _OVER:
            break
        api.sleep(_POLL)
        status = api.job(endpoint, job["id"])
    state, seconds = status.get("status"), time.monotonic() - begun
    if state == "COMPLETED" and not (
        isinstance(status.get("output"), dict) and status["output"].get("error")
    ):
        told = {
            name: f"{status[name] / 1000:.1f} s" for name in ("delayTime", "executionTime") if name in status
        }
        spent = f" (waiting {told['delayTime']}, working {told['executionTime']})" if len(told) == 2 else ""
        yield Finding("note", "job-done", f"A test job was done in {seconds:.1f} s{spent}.")
    elif state in _OVER:
        output = status.get("output")
        said = (
            status.get("error")
            or (output.get("error") if isinstance(output, dict) else output)
            or "no reason"
        )
        yield Finding(
            "sick",
            "job-failed",
            f"A test job ended as {state}: {str(said)[:500]}",
            "If it is about a voice: name one with --voice, or set VOXCUE_VOICE under [env].",
        )
    else:
        yield Finding(
            "sick",
            "job-waits",
            f"A test job was not done in {seconds:.0f} s; RunPod's last word is {state}.",
            "What is found above says why; if nothing is, see the workers' logs in RunPod's console.",
        )
