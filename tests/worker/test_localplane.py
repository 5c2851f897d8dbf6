"""The local control plane as workers and clients see it: over HTTP, with the SDK on either side."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from voxcue.errors import UsageError
from voxcue.worker.localplane import LocalPlane, Policy

WORKER = Path(__file__).parent / "sdk_worker.py"
MIB = 2**20


class Desk:
    """A plane, and HTTP to it."""

    def __init__(self, plane: LocalPlane) -> None:
        self.plane = plane
        self.http = httpx.Client(base_url=plane.url, timeout=20)

    def run(self, say: object = "hello", **more: Any) -> str:
        reply = self.http.post("/run", json={"input": {"say": say}, **more})
        assert reply.json()["status"] == "IN_QUEUE", reply.text
        return str(reply.json()["id"])

    def status(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/status/{job}").json()
        return found

    def take(self, worker: str = "w1", *, busy: bool = True, batch: int = 0) -> Any:
        kind = f"job-take-batch/{worker}?batch_size={batch}&" if batch else f"job-take/{worker}?"
        reply = self.http.get(f"/v2/local/{kind}job_in_progress={busy:d}")
        return reply.json() if reply.status_code == 200 else None

    def done(self, job: str, worker: str = "w1", **result: Any) -> int:
        return self.http.post(
            f"/job-done/{worker}/{job}?isStream=false", content=json.dumps(result)
        ).status_code

    def until(self, job: str, status: str) -> dict[str, Any]:
        wait_for(lambda: self.status(job)["status"] == status)
        return self.status(job)


def wait_for(look: Any, seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


@contextmanager
def desk(**options: Any) -> Iterator[Desk]:
    with LocalPlane(**options) as plane, Desk(plane).http:
        found = Desk(plane)
        with found.http:
            yield found


@pytest.fixture(scope="module")
def usual() -> Iterator[Desk]:
    """A plane that only holds polls for a shorter time."""
    with desk(policy=Policy(hold_seconds=0.3)) as found:
        yield found
        assert not found.plane._ledger.health()["jobs"]["inQueue"]


# Workers


def test_a_waiting_worker_gets_a_job_at_once() -> None:
    with desk() as own, ThreadPoolExecutor() as threads:
        waiting = threads.submit(own.take)
        time.sleep(0.1)
        start = time.monotonic()
        job = own.run("now")
        assert waiting.result() == {"id": job, "input": {"say": "now"}}
        assert time.monotonic() - start < 0.5


def test_jobs_leave_the_queue_in_order_alone_or_in_batches(usual: Desk) -> None:
    jobs = [usual.run(say) for say in range(5)]
    assert usual.take()["id"] == jobs[0]
    assert [job["id"] for job in usual.take(batch=3)] == jobs[1:4]
    assert [job["id"] for job in usual.take(batch=3)] == jobs[4:]
    assert [usual.done(job, output=1) for job in jobs] == [200] * 5


def test_without_work_a_poll_ends_with_nothing(usual: Desk) -> None:
    start = time.monotonic()
    assert usual.take() is usual.take(batch=2) is None
    assert usual.http.get("/job-stop/w1").status_code == 204
    assert 0.9 <= time.monotonic() - start < 3


def test_a_job_is_not_handed_to_a_connection_that_is_closed() -> None:
    with desk() as own:
        address = ("127.0.0.1", httpx.URL(own.plane.url).port or 0)
        dying = [socket.create_connection(address) for _ in range(5)]
        for number, connection in enumerate(dying):
            connection.sendall(f"GET /job-take/dead{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: own.http.get("/health").json()["workers"]["idle"] == 5)
        for connection in dying:
            connection.close()
        job = own.run()
        assert own.take("alive")["id"] == job
        assert own.plane.jobs[job].attempts == ["alive"]


def test_a_job_without_a_sign_is_given_out_once_more_then_fails() -> None:
    with desk(policy=Policy(lost_seconds=0.2)) as own:
        job = own.run()
        own.take("w1")
        assert own.take("w2")["id"] == job
        assert own.status(job)["retries"] == 1
        assert own.until(job, "FAILED")["error"] == "job timed out after 1 retries"
        assert own.plane.jobs[job].attempts == ["w1", "w2"]
        assert own.http.get("/health").json()["jobs"] == {
            "completed": 0, "failed": 1, "inProgress": 0, "inQueue": 0, "retried": 1,
        }  # fmt: skip


def test_a_worker_keeps_a_job_by_naming_it_in_pings() -> None:
    with desk(policy=Policy(lost_seconds=0.3)) as own:
        jobs = [own.run(say) for say in range(2)]
        own.take(batch=2)
        for _ in range(7):
            assert own.http.get(f"/ping/w1?job_id={jobs[0]}&runpod_version=1.12.0").status_code == 200
            time.sleep(0.1)
        assert [own.status(job)["status"] for job in jobs] == ["IN_PROGRESS", "IN_QUEUE"]


def test_a_worker_that_starts_again_has_lost_what_it_had(usual: Desk) -> None:
    jobs = [usual.run(say) for say in range(3)]
    usual.take(batch=2)
    assert [job["id"] for job in usual.take(batch=3, busy=False)] == jobs
    assert [usual.done(job, output=1) for job in jobs] == [200] * 3


def test_the_jobs_of_a_worker_that_ended_go_back_at_once(usual: Desk) -> None:
    job = usual.run()
    usual.take("ending")
    usual.plane.worker_ended("ending")
    assert usual.take("w1")["id"] == job
    usual.done(job, output=1)


def test_the_first_answer_counts_and_all_are_counted(usual: Desk) -> None:
    job = usual.run()
    usual.take("slow")
    usual.plane.worker_ended("slow")
    usual.take("quick")
    assert usual.done(job, "slow", output="first") == 200
    assert usual.http.get("/job-stop/quick").json() == {"jobsToStop": [job]}
    assert usual.done(job, "quick", output="second") == 200
    assert usual.status(job)["output"] == "first"
    assert usual.plane.answers[job] == 2
    assert usual.plane.answers["never"] == 0


def test_progress_shows_until_the_result_and_never_after(usual: Desk) -> None:
    job = usual.run()
    usual.take()
    usual.done(job, status="IN_PROGRESS", output="half")
    assert (found := usual.status(job))["status"] == "IN_PROGRESS"
    assert found["output"] == "half"
    usual.done(job, output="whole")
    usual.done(job, status="IN_PROGRESS", output="late")
    found = usual.status(job)
    assert (found["status"], found["output"], found["workerId"]) == ("COMPLETED", "whole", "w1")
    assert found["delayTime"] >= 0
    assert found["executionTime"] >= 0
    assert usual.plane.answers[job] == 1


def test_parts_are_streamed_once_each(usual: Desk) -> None:
    job = usual.run()
    usual.take()
    for part in ("a", "b"):
        usual.http.post(f"/job-stream/w1/{job}?isStream=false", content=json.dumps({"output": part}))
    assert usual.http.get(f"/stream/{job}").json()["stream"] == [{"output": "a"}, {"output": "b"}]
    assert usual.http.get(f"/stream/{job}").json() == {"id": job, "status": "IN_PROGRESS", "stream": []}
    usual.done(job, output=["a", "b"])
    assert usual.http.post(f"/stream/{job}").json() == {"id": job, "status": "COMPLETED", "stream": []}


def test_an_empty_input_does_not_arrive_and_extras_do(usual: Desk) -> None:
    empty = usual.http.post("/run", json={"input": {}}).json()["id"]
    extra = usual.run(s3Config={"bucketName": "b"}, policy={"lowPriority": True})
    assert usual.take() == {"id": empty}
    assert usual.take() == {"id": extra, "input": {"say": "hello"}, "s3Config": {"bucketName": "b"}}
    usual.done(empty, error="no input")
    usual.done(extra, output=None)
    assert usual.status(empty)["error"] == "no input"
    assert usual.status(extra)["output"] is None


def test_a_sick_worker_shows_in_health(usual: Desk) -> None:
    usual.http.get("/ping/sick?status=unhealthy&check=disk&reason=full")
    assert usual.http.get("/health").json()["workers"]["unhealthy"] == 1
    usual.plane.worker_ended("sick")
    assert usual.http.get("/health").json()["workers"]["unhealthy"] == 0


# Clients


def test_a_job_that_runs_too_long_fails_and_its_worker_is_told() -> None:
    with desk(policy=Policy(execution_seconds=0.2)) as own:
        job = own.run()
        own.take()
        assert own.http.get("/job-stop/w1").json() == {"jobsToStop": [job]}
        assert own.status(job)["status"] == "FAILED"
        assert own.status(job)["error"] == "executionTimeout exceeded"


def test_a_job_that_waits_too_long_times_out_and_can_be_retried() -> None:
    with desk(policy=Policy(ttl_seconds=0.2)) as own:
        job = own.run()
        own.until(job, "TIMED_OUT")
        assert own.http.post(f"/retry/{job}").json() == {"id": job, "status": "IN_QUEUE"}
        assert own.take()["id"] == job
        own.done(job, output="late")
        assert own.status(job)["status"] == "COMPLETED"
        assert own.http.post(f"/retry/{job}").status_code == 400


def test_results_are_forgotten_in_time() -> None:
    with desk(policy=Policy(kept_seconds=0.1)) as own:
        job = own.run()
        own.take()
        own.done(job, output=1)
        wait_for(lambda: own.http.get(f"/status/{job}").status_code == 404)
        assert own.plane.answers[job] == 1


def test_cancelling_removes_a_job_from_the_queue_or_stops_it(usual: Desk) -> None:
    running, waiting = usual.run(), usual.run()
    usual.take()
    for job in (running, waiting):
        assert usual.http.post(f"/cancel/{job}").json() == {"id": job, "status": "CANCELLED"}
    assert usual.take() is None
    assert usual.http.get("/job-stop/w1").json() == {"jobsToStop": [running]}
    usual.done(running, output="late")
    assert usual.http.post(f"/status/{running}").json()["status"] == "CANCELLED"


def test_purging_cancels_only_what_waits(usual: Desk) -> None:
    running, *waiting = [usual.run() for _ in range(3)]
    usual.take()
    assert usual.http.post("/purge-queue").json() == {"removed": 2, "status": "completed"}
    assert [usual.status(job)["status"] for job in waiting] == ["CANCELLED"] * 2
    usual.done(running, output=1)
    assert usual.status(running)["status"] == "COMPLETED"


def test_runsync_answers_with_the_result_or_after_the_wait(usual: Desk) -> None:
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(usual.http.post, "/v2/any/runsync", json={"input": {"say": 1}})
        job = wait_for(usual.take)["id"]
        usual.done(job, output={"said": 1})
        assert asked.result().json()["output"] == {"said": 1}
    assert job.startswith("sync-")
    late = usual.http.post("/runsync?wait=1000", json={"input": {"say": 1}}).json()
    assert late["status"] == "IN_QUEUE"
    usual.http.post(f"/cancel/{late['id']}")


def test_payloads_have_the_limits_of_the_platform(usual: Desk) -> None:
    body = json.dumps({"input": {"audio": "x" * 11 * MIB}})
    refused = usual.http.post("/run", content=body)
    assert refused.status_code == 400
    assert refused.json() == {"error": "bad request: body: exceeded max body size of 10MiB"}
    job = usual.http.post("/runsync?wait=1000", content=body).json()["id"]
    refused = usual.http.post("/runsync", content=body + " " * 10 * MIB)
    assert refused.json() == {"error": "bad request: body: exceeded max body size of 20MiB"}
    usual.take()
    assert usual.done(job, output="x" * 21 * MIB) == 400
    assert usual.done(job, output="x" * 19 * MIB) == 200
    small = usual.run()
    usual.take()
    assert usual.done(small, output="x" * 11 * MIB) == 400
    assert usual.done(small, output="x" * 9 * MIB) == 200


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ("{", "not JSON"),
        ('{"input": NaN}', "NaN"),
        ("[]", "not a JSON object"),
        ("{}", "'input' is missing"),
        ('{"input": 1, "webhook": 2}', "webhook"),
        ('{"input": 1, "policy": 2}', "policy"),
        ('{"input": 1, "policy": {"executionTimeout": 4999}}', "executionTimeout"),
        ('{"input": 1, "policy": {"ttl": "soon"}}', "'soon'"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(usual: Desk, body: str, about: str) -> None:
    refused = usual.http.post("/run", content=body)
    assert refused.status_code == 400
    assert about in refused.json()["error"]


def test_unknown_jobs_are_not_found(usual: Desk) -> None:
    for path in ("/status/no", "/stream/no"):
        assert usual.http.get(path).json() == {"error": "job not found"}
    for path in ("/cancel/no", "/retry/no", "/job-done/w1/no"):
        assert usual.http.post(path, content="{}").status_code == 404


def test_a_webhook_hears_of_the_end_and_is_asked_again() -> None:
    heard: list[Any] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200 if len(heard) > 1 else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server, desk(policy=Policy(webhook_pause_seconds=0.1)) as own:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        job = own.run(webhook=f"http://127.0.0.1:{server.server_port}/done")
        own.take()
        own.done(job, output="said")
        wait_for(lambda: len(heard) == 2)
        time.sleep(0.2)
        server.shutdown()
        thread.join()
        assert heard == [own.status(job)] * 2


def test_keys_and_pages_of_other_sites() -> None:
    with desk(api_key="secret") as own:
        assert own.http.get("/health").status_code == 401
        assert own.http.get("/health", headers={"authorization": "Bearer secret"}).status_code == 200
        assert own.http.get("/ping/w1", headers={"authorization": "secret"}).status_code == 200
        other = {"authorization": "secret", "origin": "https://example.com"}
        assert own.http.get("/health", headers=other).status_code == 403


def test_an_end_lets_go_of_those_who_wait() -> None:
    with ThreadPoolExecutor() as threads:
        with desk() as own:
            paths = ("job-take/w1", "job-stop/w1")
            polls = [threads.submit(httpx.get, f"{own.plane.url}/{path}", timeout=20) for path in paths]
            sync = threads.submit(httpx.post, f"{own.plane.url}/runsync", json={"input": 1}, timeout=20)
            time.sleep(0.2)
            start = time.monotonic()
        assert time.monotonic() - start < 2
        assert [poll.result().status_code for poll in polls] == [200, 204]
        assert sync.result().json()["status"] == "IN_PROGRESS"


def test_an_address_in_use_is_named(usual: Desk) -> None:
    port = int(usual.plane.url.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"'127.0.0.1:{port}'"), LocalPlane(port=port):
        pass


# The SDK


@contextmanager
def sdk(plane: LocalPlane, name: str, mode: str = "1") -> Iterator[subprocess.Popen[bytes]]:
    """A worker with the real SDK; killed at the end, with the process that pings for it."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER)],
        env=os.environ | plane.environ(name) | {"MODE": mode, "RUNPOD_LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def working() -> Iterator[Desk]:
    """A plane with a worker of the SDK that answers four jobs at once."""
    with desk(policy=Policy(lost_seconds=4)) as own, sdk(own.plane, "w1", "4"):
        yield own


@pytest.fixture
def endpoint(working: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The official client."""
    runpod = pytest.importorskip("runpod")
    monkeypatch.setattr(runpod, "endpoint_url_base", f"{working.plane.url}/v2")
    return runpod.Endpoint("local", api_key="local")


def test_the_official_client_runs_jobs(working: Desk, endpoint: Any) -> None:
    assert endpoint.run_sync({"say": "hello"}, timeout=20) == {"echo": "hello"}
    job = endpoint.run({"input": {"say": "again"}})
    assert job.output(timeout=10) == {"echo": "again"}
    assert job.status() == "COMPLETED"
    assert endpoint.health()["workers"]["idle"] == 1
    assert endpoint.purge_queue() == {"removed": 0, "status": "completed"}
    assert working.plane.answers[job.job_id] == 1


def test_the_official_client_hears_of_errors(endpoint: Any, working: Desk) -> None:
    job = endpoint.run({"error": "no such voice"})
    wait_for(lambda: job.status() == "FAILED")
    assert "no such voice" in json.loads(working.status(job.job_id)["error"])["error_message"]


def test_the_official_client_cancels_a_job_in_work(endpoint: Any, working: Desk, tmp_path: Path) -> None:
    told = tmp_path / "told"
    job = endpoint.run({"sleep": 60, "told": str(told)})
    wait_for(lambda: job.status() == "IN_PROGRESS")
    time.sleep(0.3)
    assert job.cancel() == {"id": job.job_id, "status": "CANCELLED"}
    assert wait_for(told.exists)
    assert endpoint.run_sync({"say": "next"}, timeout=20) == {"echo": "next"}
    assert working.plane.answers[job.job_id] == 0


def test_the_async_client_runs_jobs(working: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    aiohttp, runpod = pytest.importorskip("aiohttp"), pytest.importorskip("runpod")
    monkeypatch.setattr(runpod, "endpoint_url_base", f"{working.plane.url}/v2")

    async def ask() -> Any:
        async with aiohttp.ClientSession() as session:
            endpoint = runpod.AsyncioEndpoint("local", session, api_key="local")
            job = await endpoint.run({"say": "async"})
            output = await job.output(timeout=10)
            return output, await job.status(), await endpoint.health()

    output, status, health = asyncio.run(ask())
    assert (output, status, health["jobs"]["inQueue"]) == ({"echo": "async"}, "COMPLETED", 0)


def test_a_worker_of_the_sdk_works_on_four_jobs_at_once(working: Desk) -> None:
    ids = [working.run(say, input={"say": say, "sleep": 0.3, "told": ""}) for say in range(8)]
    jobs = [working.plane.jobs[working.until(job, "COMPLETED")["id"]] for job in ids]
    assert [job.output for job in jobs] == [{"echo": say} for say in range(8)]
    assert [working.plane.answers[job] for job in ids] == [1] * 8
    spans = [(job.started or 0, job.ended or 0) for job in jobs]
    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) == 4


def test_progress_of_the_sdk_shows(working: Desk) -> None:
    job = working.run(input={"progress": "1 of 3", "sleep": 0.4, "told": ""})
    wait_for(lambda: working.status(job).get("output") == "1 of 3")
    working.until(job, "COMPLETED")


def test_a_stream_and_a_worker_that_asks_for_a_fresh_container(monkeypatch: pytest.MonkeyPatch) -> None:
    runpod = pytest.importorskip("runpod")
    stopped: list[str] = []
    with desk(on_stop=stopped.append) as own, sdk(own.plane, "w1", "stream") as process:
        monkeypatch.setattr(runpod, "endpoint_url_base", f"{own.plane.url}/v2")
        job = runpod.Endpoint("local", api_key="local").run({"parts": ["a", {"b": 1}, "c"]})
        waiting = own.run()
        assert list(job.stream()) == ["a", {"b": 1}, "c"]
        assert own.status(job.job_id)["output"] == ["a", {"b": 1}, "c"]
        assert process.wait(10) == 0
        assert stopped == ["w1"]
        own.plane.worker_ended("w1")
        assert own.take("w1")["id"] == waiting


def test_the_job_of_a_killed_worker_is_answered_by_another() -> None:
    policy = Policy(lost_seconds=2)
    with desk(policy=policy) as own, sdk(own.plane, "w1") as first, sdk(own.plane, "w2") as second:
        job = own.run(input={"say": "twice", "sleep": 1, "told": ""})
        victim = own.until(job, "IN_PROGRESS")["workerId"]
        kill(first if victim == "w1" else second)
        found = own.until(job, "COMPLETED")
        assert (found["output"], found["retries"]) == ({"echo": "twice"}, 1)
        assert found["workerId"] == {"w1": "w2", "w2": "w1"}[victim]
        assert own.plane.answers[job] == 1
