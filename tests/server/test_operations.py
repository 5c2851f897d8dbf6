"""Running the server: starting, stopping, being full, and what it tells about itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import voxcue
from tests.conftest import ROOT, Run
from tests.server.process import Server, serving
from tests.server.sse import events

EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def page(examples: Path) -> str:
    """Two and a half minutes of speech."""
    return (examples / "time-machine.txt").read_text(encoding="utf-8")


def in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Start something; its result, or its error, will be in the list."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except httpx.HTTPError as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def test_a_server_that_is_full_says_when_to_come_again(tmp_path: Path, page: str) -> None:
    with (
        serving(tmp_path, VOXCUE_MAX_RUNNING="1", VOXCUE_MAX_WAITING="1") as server,
        server.client() as client,
    ):
        with client.stream("POST", "/v1/speech", json={"text": page * 3}, headers=EVENTS) as first:
            next(events(first.iter_lines()))
            thread, waiting = in_background(lambda: client.post("/v1/speech", json={"text": "I wait."}))
            while server.metric("voxcue_queue") < 1:
                time.sleep(0.02)
            turned_away = client.post("/v1/speech", json={"text": "And I?"})
        thread.join()
    assert turned_away.status_code == 429
    assert turned_away.json()["error"]["code"] == "server-busy"
    assert int(turned_away.headers["retry-after"]) >= 1
    assert waiting[0].status_code == 200


def test_a_request_has_an_end(tmp_path: Path, page: str) -> None:
    """Far more than can be said within the limit, and then what takes a small part of it."""
    endless = {"text": page * 15}
    with serving(tmp_path, VOXCUE_REQUEST_SECONDS="3") as server, server.client() as client:
        begun = time.monotonic()
        answer = client.post("/v1/speech", json=endless)
        assert time.monotonic() - begun < 8
        assert answer.status_code == 504
        assert answer.json()["error"]["code"] == "request-deadline"
        with client.stream("POST", "/v1/speech", json=endless, headers=EVENTS) as stream:
            *_, last = events(stream.iter_lines())
        assert last[0] == "error"
        assert last[1]["error"]["code"] == "request-deadline"
        assert client.post("/v1/speech", json={"text": "Still here."}).status_code == 200


def test_sigterm_finishes_what_runs_and_refuses_what_is_new(tmp_path: Path, page: str) -> None:
    with serving(tmp_path) as server, server.client() as client:
        with client.stream("POST", "/v1/speech", json={"text": page}, headers=EVENTS) as answer:
            told = events(answer.iter_lines())
            next(told)
            kept = httpx.Client(base_url=server.url, trust_env=False)
            assert kept.get("/readyz").status_code == 200
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            with pytest.raises(httpx.TransportError):
                httpx.post(f"{server.url}/v1/speech", json={"text": "New."}, trust_env=False)
            names = [name for name, _ in told]
        assert names[-1] == "done"
        kept.close()
        assert server.process.wait(20) in {0, -signal.SIGTERM, 128 + signal.SIGTERM}


def test_sigterm_ends_within_its_limit(tmp_path: Path, page: str) -> None:
    with (
        serving(tmp_path, VOXCUE_SHUTDOWN_SECONDS="1") as server,
        server.client() as client,
        client.stream("POST", "/v1/speech", json={"text": page * 15}, headers=EVENTS) as answer,
    ):
        next(events(answer.iter_lines()))
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)
        assert time.monotonic() - begun < 10


def test_ctrl_c_ends_without_a_trace(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 130
        assert "Traceback" not in server.log.read_text()


def test_a_unix_socket_is_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "voxcue.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    command = [sys.executable, "-m", "voxcue", "serve", "--uds", str(path)]
    env = os.environ | {"VOXCUE_STORAGE": (tmp_path / "kept").as_uri()}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True
    ) as process:
        assert process.stdout
        assert str(path) in process.stdout.readline()
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://voxcue") as client:
            answer = client.post("/v1/speech", json={"text": "Hi.", "delivery": "inline"}, timeout=30)
            assert answer.status_code == 200
        assert path.stat().st_mode & 0o077 == 0
        process.terminate()
        process.wait(20)
    assert not path.exists()


def test_an_address_in_use_is_a_clear_error(server: Server, run: Run) -> None:
    done = run("serve", "--port", server.url.rpartition(":")[2])
    assert done.returncode == 2
    assert "address-unusable" in done.stderr
    assert "--port" in done.stderr


def test_a_wrong_engine_or_storage_is_told(tmp_path: Path, run: Run) -> None:
    done = run("serve", "--port", "0", VOXCUE_STORAGE="ftp://nowhere")
    assert done.returncode == 2
    assert "ftp" in done.stderr
    done = run("serve", "--port", "0", VOXCUE_ENGINE="nobody", VOXCUE_STORAGE=tmp_path.as_uri())
    assert done.returncode == 2
    assert "engine-unknown" in done.stderr


def test_health_and_readiness(client: httpx.Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ok"


def test_metrics_count_what_was_done(server: Server, client: httpx.Client) -> None:
    before = {name: server.metric(name) for name in ("voxcue_speech_seconds_total", "voxcue_words_total")}
    reply = client.post("/v1/speech", json={"text": "One two three four."}).json()
    assert server.metric("voxcue_words_total") == before["voxcue_words_total"] + 4
    made = server.metric("voxcue_speech_seconds_total") - before["voxcue_speech_seconds_total"]
    assert made == pytest.approx(reply["duration"], abs=0.001)
    page = client.get("/metrics").text
    for name in (
        'voxcue_requests_total{method="POST",route="/v1/speech",status="200"}',
        'voxcue_stage_seconds_count{stage="engine"}',
        'voxcue_real_time_factor_count{engine="hibari"}',
        "voxcue_queue ",
        "voxcue_running ",
        "voxcue_engine_retries ",
    ):
        assert name in page


def test_the_log_is_json_and_holds_no_text(server: Server, client: httpx.Client) -> None:
    answer = client.post("/v1/speech", json={"text": "Zebras whisper."}, headers={"X-Request-ID": "my-id.7"})
    assert answer.headers["x-request-id"] == "my-id.7"
    time.sleep(0.2)
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    mine = next(line for line in lines if line.get("request_id") == "my-id.7")
    assert mine["route"] == "/v1/speech"
    assert {"queue", "text", "engine", "total"} <= set(mine["timings"])
    assert "Zebras" not in server.log.read_text()


def test_the_log_shows_texts_when_asked_to(tmp_path: Path) -> None:
    with serving(tmp_path, VOXCUE_LOG_TEXT="1") as server, server.client() as client:
        client.post("/v1/speech", json={"text": "Zebras whisper."})
        time.sleep(0.2)
        assert "Zebras whisper." in server.log.read_text()


def test_the_openapi_document_is_the_one_in_the_docs(client: httpx.Client) -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert client.get("/openapi.json").json() == kept, "run: make openapi"


def test_every_route_says_how_it_fails(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")) and path != "/readyz":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema["$ref"].endswith("/FaultReply"), (method, path, status)


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/v1/models"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""
        assert int(answer.headers["content-length"]) == len(client.get(path).content)


def test_aligning_ends_with_its_time(tmp_path: Path, time_machine: voxcue.Speech) -> None:
    wav = time_machine.save(tmp_path / "page", captions=[])["audio"].read_bytes()
    with serving(tmp_path, VOXCUE_REQUEST_SECONDS="1") as server, server.client() as client:
        answer = client.post("/v1/align", data={"text": time_machine.text}, files={"audio": ("a.wav", wav)})
        assert answer.status_code == 504
        end = time.monotonic() + 3
        while server.metric("voxcue_running") and time.monotonic() < end:
            time.sleep(0.05)
        assert server.metric("voxcue_running") == 0
