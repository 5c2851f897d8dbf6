"""`POST /v1/align`: a recording that came with the request."""

from __future__ import annotations

import io

import httpx
import pytest
import soundfile

import voxcue

TEXT = "Doors open at seven thirty. Tickets are three dollars fifty."


@pytest.fixture(scope="module")
def wav() -> bytes:
    """A recording of the text."""
    clip = voxcue.speak(TEXT).clip
    file = io.BytesIO()
    soundfile.write(file, clip.samples, clip.sample_rate, format="WAV")
    return file.getvalue()


def test_the_words_are_where_the_engine_put_them(client: httpx.Client, wav: bytes) -> None:
    answer = client.post("/v1/align", data={"text": TEXT}, files={"audio": ("talk.wav", wav)})
    assert answer.status_code == 200, answer.text
    reply = answer.json()
    assert reply["aligner"] == "sphinx"
    assert set(reply["files"]) == {"ass", "srt", "vtt", "json", "csv"}
    for heard, known in zip(reply["words"], voxcue.speak(TEXT).words, strict=True):
        assert heard["text"] == known.text
        assert heard["start"] == pytest.approx(known.start, abs=0.2)
    assert client.get(f"/v1/speech/{reply['id']}").json()["words"] == reply["words"]


def test_captions_can_be_chosen_and_come_inline(client: httpx.Client, wav: bytes) -> None:
    ask = {"text": TEXT, "captions": ["srt", "vtt"], "delivery": "inline"}
    reply = client.post("/v1/align", data=ask, files={"audio": ("talk.wav", wav)}).json()
    assert set(reply["files"]) == {"srt", "vtt"}
    assert reply["files"]["srt"]["data"]


def test_errors_name_the_upload_as_the_user_does(client: httpx.Client, wav: bytes) -> None:
    def code(**files: tuple[str, bytes]) -> str:
        answer = client.post("/v1/align", data={"text": TEXT}, files=files)
        error = answer.json()["error"]
        assert "/tmp" not in error["message"] + error["hint"]
        for name, _ in files.values():
            assert name in error["message"]
        return f"{answer.status_code} {error['code']}"

    assert code(audio=("page.html", b"<html></html>")) == "422 audio-unreadable"
    assert code(audio=("part.wav", wav[:200])).startswith("422 ")
    both = {"text": TEXT, "audio_url": "https://example.com/a.wav"}
    assert client.post("/v1/align", data=both, files={"audio": ("a.wav", wav)}).status_code == 400
    assert client.post("/v1/align", data={"text": TEXT}).json()["error"]["code"] == "audio-source"


def test_a_url_on_this_machine_is_refused(client: httpx.Client) -> None:
    for url in (
        "http://127.0.0.1:1/a.wav",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "s3://b/k",
    ):
        answer = client.post("/v1/align", data={"text": TEXT, "audio_url": url})
        assert answer.status_code in {400, 422}, url
        assert answer.json()["error"]["code"] not in {"internal", "url-unreachable"}
