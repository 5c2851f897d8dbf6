"""`POST /v1/speech` in its three shapes, and the files that it leaves."""

from __future__ import annotations

import base64
import email
import email.policy
import io
import json
import threading
import time
from email.message import EmailMessage
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

import voxcue
from tests.server.process import Server
from tests.server.sse import events

TEXT = "Doors open at 7:30 p.m. \u2014 tickets are $3.50."
KINDS = {"audio", "ass", "srt", "vtt", "json", "csv"}


def speech(client: httpx.Client, **ask: Any) -> dict[str, Any]:
    """A reply to a request that must succeed."""
    answer = client.post("/v1/speech", json={"text": TEXT, **ask})
    assert answer.status_code == 200, answer.text
    reply: dict[str, Any] = answer.json()
    return reply


def test_the_reply_has_every_word_with_its_time(client: httpx.Client) -> None:
    reply = speech(client)
    assert "".join(word["text"] + word["space"] for word in reply["words"]) == TEXT
    ends = [0.0] + [word["end"] for word in reply["words"]]
    for word, before in zip(reply["words"], ends, strict=False):
        assert before <= word["start"] <= word["end"] <= reply["duration"] + 0.001
    assert [word["spoken"] for word in reply["words"] if word["text"] == "$3.50."] == ["three dollars fifty"]


def test_the_reply_is_what_the_library_makes(client: httpx.Client) -> None:
    reply, here = speech(client, seed=7), voxcue.speak(TEXT, seed=7)
    samples, rate = soundfile.read(io.BytesIO(client.get(reply["files"]["audio"]["url"]).content))
    assert rate == here.clip.sample_rate
    assert np.abs(samples - here.clip.samples).max() < 2 / 32768
    starts = [word["start"] for word in reply["words"]]
    assert starts == pytest.approx([word.start for word in here.words], abs=0.001)


def test_links_lead_to_every_file(client: httpx.Client) -> None:
    reply = speech(client)
    assert set(reply["files"]) == KINDS
    for kind, file in reply["files"].items():
        answer = client.get(file["url"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == file["content_type"]
        assert len(answer.content) == file["size"], kind
    assert client.get(reply["files"]["ass"]["url"]).text.startswith("[Script Info]")
    assert client.get(reply["files"]["vtt"]["url"]).text.startswith("WEBVTT")
    words = client.get(reply["files"]["json"]["url"]).json()
    assert words["words"] == reply["words"]


def test_a_result_can_be_asked_for_again(client: httpx.Client) -> None:
    reply = speech(client)
    again = client.get(f"/v1/speech/{reply['id']}").json()
    assert {**again, "timings": 0} == {**reply, "timings": 0}


def test_inline_files_are_in_the_reply_and_nowhere_else(client: httpx.Client) -> None:
    reply = speech(client, delivery="inline", captions=["srt"], format="flac")
    assert set(reply["files"]) == {"audio", "srt"}
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(reply["files"]["audio"]["data"])))
    assert len(samples) / rate == pytest.approx(reply["duration"], abs=0.001)
    assert client.get(f"/v1/speech/{reply['id']}").status_code == 404


@pytest.mark.parametrize("name", ["wav", "flac", "mp3", "opus"])
def test_every_audio_format_plays(client: httpx.Client, name: str) -> None:
    reply = speech(client, format=name)
    info = soundfile.info(io.BytesIO(client.get(reply["files"]["audio"]["url"]).content))
    assert info.duration == pytest.approx(reply["duration"], abs=0.1)


def test_parts_hold_the_reply_and_each_file(client: httpx.Client) -> None:
    answer = client.post("/v1/speech", json={"text": TEXT}, headers={"Accept": "multipart/mixed"})
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.content, policy=email.policy.HTTP)
    parts = {part.get_filename(): part for part in message.iter_parts() if isinstance(part, EmailMessage)}
    reply = json.loads(parts["reply.json"].get_payload(decode=True))  # type: ignore[arg-type]
    assert set(reply["files"]) == KINDS
    for file in reply["files"].values():
        payload = parts[file["name"]].get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert len(payload) == file["size"]


def test_events_bring_each_segment_as_it_is_finished(client: httpx.Client) -> None:
    text = "The first sentence. The second one is a little longer. The third!"
    with client.stream(
        "POST", "/v1/speech", json={"text": text}, headers={"Accept": "text/event-stream"}
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = list(events(answer.iter_lines()))
    assert [name for name, _ in told] == ["start", "segment", "segment", "segment", "done"]
    start, *segments, done = (data for _, data in told)
    assert start["segments"] == 3
    assert [each["index"] for each in segments] == [0, 1, 2]
    assert [word for each in segments for word in each["words"]] == done["words"]
    samples = b"".join(base64.b64decode(each["audio"]) for each in segments)
    assert len(samples) / 2 / start["sample_rate"] == pytest.approx(done["duration"], abs=0.001)
    kept = client.get(done["files"]["audio"]["url"]).content
    ours = np.frombuffer(samples, "<i2").astype(int)
    assert np.abs(np.frombuffer(kept[-len(samples) :], "<i2").astype(int) - ours).max() <= 2


def test_the_first_segment_comes_long_before_the_last(client: httpx.Client, examples: Any) -> None:
    text = (examples / "time-machine.txt").read_text(encoding="utf-8")
    begun = time.monotonic()
    first = None
    with client.stream(
        "POST", "/v1/speech", json={"text": text}, headers={"Accept": "text/event-stream"}
    ) as answer:
        for name, _ in events(answer.iter_lines()):
            if name == "segment" and first is None:
                first = time.monotonic() - begun
    assert first is not None
    assert first < (time.monotonic() - begun) / 3


def test_a_client_that_leaves_ends_its_work(server: Server, examples: Any) -> None:
    text = (examples / "time-machine.txt").read_text(encoding="utf-8") * 5
    with (
        server.client() as client,
        client.stream(
            "POST", "/v1/speech", json={"text": text}, headers={"Accept": "text/event-stream"}
        ) as answer,
    ):
        next(events(answer.iter_lines()))
        assert server.metric("voxcue_running") == 1
    for _ in range(50):
        if server.metric("voxcue_running") == 0:
            break
        time.sleep(0.1)
    assert server.metric("voxcue_running") == 0
    spoken = server.metric("voxcue_engine_utterances")
    time.sleep(0.5)
    assert server.metric("voxcue_engine_utterances") == spoken


def test_many_at_once_get_each_their_own(client: httpx.Client) -> None:
    texts = [f"This is sentence number {number}." for number in range(24)]
    replies: dict[str, dict[str, Any]] = {}

    def ask(text: str) -> None:
        replies[text] = client.post("/v1/speech", json={"text": text, "captions": ["srt"]}).json()

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text in texts:
        assert "".join(word["text"] + word["space"] for word in replies[text]["words"]) == text


def test_a_part_of_a_file_can_be_asked_for(client: httpx.Client) -> None:
    url = speech(client)["files"]["audio"]["url"]
    whole = client.get(url).content
    for header, wanted in [
        ("bytes=0-3", whole[:4]),
        ("bytes=100-", whole[100:]),
        ("bytes=-10", whole[-10:]),
        ("bytes=0-99999999", whole),
    ]:
        answer = client.get(url, headers={"Range": header})
        assert answer.status_code == 206
        assert answer.content == wanted
    beyond = client.get(url, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    assert beyond.json()["error"]["code"] == "range-invalid"
    assert client.get(url, params={"download": "1"}).headers["content-disposition"].startswith("attachment")


def test_captions_can_be_had_in_another_look(client: httpx.Client) -> None:
    reply = speech(client, style="plain")
    look: dict[str, str | float] = {"style": "karaoke-vertical", "font_size": 100}
    text = client.get(f"/v1/speech/{reply['id']}/captions.ass", params=look).text
    assert "PlayResY: 1920" in text
    assert ",100," in text
    picture = client.get(f"/v1/speech/{reply['id']}/preview.png", params={**look, "at": 0.5})
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        ({"text": ""}, 422, "text-empty"),
        ({"text": " \n"}, 422, "text-empty"),
        ({"text": "\u65e5\u672c\u8a9e"}, 422, "text-unspeakable"),
        ({"text": "x" * 100_001}, 422, "request-invalid"),
        ({"text": "Hi.", "engine": "nobody"}, 400, "engine-unknown"),
        ({"text": "Hi.", "voice": "nobody"}, 400, "voice-unknown"),
        ({"text": "Hi.", "voice": {"audio_url": "https://example.com/a.wav"}}, 400, "voice-uncloned"),
        ({"text": "Hi.", "style": "nobody"}, 400, "style-unknown"),
        ({"text": "Hi.", "language": "ja"}, 400, "language-unfit"),
        ({"text": "Hi.", "speed": 5}, 400, "speed-range"),
        ({"text": "Hi.", "speed": 0}, 422, "request-invalid"),
        ({"text": "Hi.", "sped": 1}, 422, "request-invalid"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(
    client: httpx.Client, ask: dict[str, Any], status: int, code: str
) -> None:
    for accept in ("application/json", "multipart/mixed", "text/event-stream"):
        answer = client.post("/v1/speech", json=ask, headers={"Accept": accept})
        assert answer.status_code == status
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "hint", "request_id"}
        assert error["code"] == code
        assert error["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("accept", "shape"),
    [
        ("*/*", "application/json"),
        ("application/json, text/event-stream", "application/json"),
        ("text/event-stream;q=0", "application/json"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream"),
        ("text/html, multipart/mixed;q=0.1", "multipart/mixed"),
    ],
)
def test_the_shape_that_is_asked_for_most(client: httpx.Client, accept: str, shape: str) -> None:
    answer = client.post("/v1/speech", json={"text": "Hi."}, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(shape)
