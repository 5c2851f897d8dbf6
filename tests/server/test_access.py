"""Who may use the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Run
from tests.server.process import Server, serving

KEY = "a-key-of-twenty-letters"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two keys that listens to everyone."""
    folder = tmp_path_factory.mktemp("locked")
    with serving(folder, "--host", "0.0.0.0", VOXCUE_API_KEYS=f"another-long-enough-key, {KEY}") as running:
        running.url = running.url.replace("0.0.0.0", "127.0.0.1")
        yield running


def test_a_key_opens_everything(locked: Server) -> None:
    with locked.client(headers={"Authorization": f"Bearer {KEY}"}) as client:
        assert client.get("/v1/voices").status_code == 200
        assert client.post("/v1/speech", json={"text": "Hi."}).status_code == 200
        assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    "given", ["", "Bearer", f"Bearer {KEY}x", f"Basic {KEY}", "Bearer \u00e9".encode(), f"Bearer {KEY[:-1]}"]
)
def test_without_a_key_only_the_page_and_the_health_are_open(locked: Server, given: str | bytes) -> None:
    headers = {"Authorization": given} if given else {}
    with locked.client(headers=headers) as client:
        assert client.get("/").status_code == 200
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        for path in ("/v1/voices", "/metrics", "/v1/nothing", "/v1/speech/x/files/y"):
            answer = client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["code"] in {"key-missing", "key-wrong"}


def test_links_carry_their_own_permission_and_no_other(locked: Server) -> None:
    with locked.client() as client:
        ask = {"text": "Hi.", "captions": ["srt"]}
        reply = client.post("/v1/speech", json=ask, headers={"Authorization": f"Bearer {KEY}"}).json()
        url, other = reply["files"]["srt"]["url"], reply["files"]["audio"]["url"]
        assert client.get(url).text.startswith("1\n")
        assert client.get(url.replace("captions.srt", "words.json")).status_code == 401
        assert client.get(url.split("?")[0] + "?" + other.split("?")[1]).status_code == 401
        assert client.get(url.replace("expires=", "expires=9")).status_code == 401
        assert client.request("DELETE", url).status_code == 401


def test_links_end(tmp_path: Path) -> None:
    with serving(tmp_path, VOXCUE_API_KEYS=KEY, VOXCUE_URL_LIFETIME="4") as running:
        with running.client(headers={"Authorization": f"Bearer {KEY}"}) as client:
            url = client.post("/v1/speech", json={"text": "Hi."}).json()["files"]["srt"]["url"]
        assert httpx.get(url).status_code == 200
        time.sleep(5.1)
        assert httpx.get(url).status_code == 401


def test_others_are_not_let_in_by_accident(run: Run) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 2
    assert "keys-missing" in done.stderr
    short = run("serve", "--port", "0", VOXCUE_API_KEYS="short")
    assert short.returncode == 2
    assert "key-short" in short.stderr
    assert "'short'" not in short.stderr


def test_insecure_is_a_choice(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0", "--insecure") as running:
        url = running.url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{url}/v1/voices", headers={"Host": "my-box.lan"}).status_code == 200


def test_pages_of_other_sites_get_nothing(server: Server) -> None:
    with server.client() as client:
        assert client.get("/v1/voices", headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.get("/v1/voices", headers={"Host": "evil.example"}).status_code == 403
        assert client.get("/v1/voices", headers={"Origin": "null"}).status_code == 403
        assert client.get("/v1/voices", headers={"Origin": server.url}).status_code == 200


def test_no_key_shows_in_the_log(locked: Server) -> None:
    log = locked.log.read_text()
    assert KEY not in log
    assert "signature" not in log
    assert "Hi." not in log
