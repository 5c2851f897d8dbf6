"""`/v1/voices`: what can be named, and the library of reference voices."""

from __future__ import annotations

import io

import httpx
import pytest
import soundfile

from tests.voices.speech import RATE, TEXT, spoken, wav

LENGTH = len(spoken()) / RATE


def test_a_voice_comes_and_goes(client: httpx.Client) -> None:
    added = client.post(
        "/v1/voices", data={"name": "Anna B", "transcript": TEXT}, files={"audio": ("a.wav", wav(spoken()))}
    )
    assert added.status_code == 201
    assert added.json()["kind"] == "reference"
    assert added.json()["duration"] == pytest.approx(LENGTH, abs=0.3)
    assert added.json()["transcript"] == TEXT
    assert client.get("/v1/voices/Anna B").json() == added.json()
    assert added.json() in client.get("/v1/voices").json()["voices"]
    heard, rate = soundfile.read(io.BytesIO(client.get("/v1/voices/Anna B/audio").content))
    assert rate == 24_000
    assert len(heard) / rate == pytest.approx(added.json()["duration"], abs=0.001)
    again = client.post("/v1/voices", data={"name": "Anna B"}, files={"audio": ("a.wav", wav(spoken()))})
    assert again.json()["error"]["code"] == "voice-exists"
    assert client.delete("/v1/voices/Anna B").status_code == 204
    assert client.get("/v1/voices/Anna B").status_code == 404
    assert client.delete("/v1/voices/Anna B").status_code == 404


def test_engines_have_voices_of_their_own(client: httpx.Client) -> None:
    voices = {voice["name"]: voice for voice in client.get("/v1/voices").json()["voices"]}
    assert voices["heart"]["engine"] == "hibari"
    assert voices["heart"]["ready"]
    assert client.get("/v1/voices/heart").json() == voices["heart"]
    assert client.get("/v1/voices/heart/audio").status_code == 404


def test_an_engine_that_cannot_clone_says_so(client: httpx.Client) -> None:
    client.post(
        "/v1/voices", data={"name": "Bert", "transcript": TEXT}, files={"audio": ("a.wav", wav(spoken()))}
    )
    answer = client.post("/v1/speech", json={"text": "Hi.", "voice": "Bert"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "voice-uncloned"
    client.delete("/v1/voices/Bert")


@pytest.mark.parametrize(
    ("name", "recording", "transcript", "status", "code"),
    [
        ("../evil", wav(spoken()), TEXT, 400, "voice-name-invalid"),
        (".hidden", wav(spoken()), TEXT, 400, "voice-name-invalid"),
        ("heart", wav(spoken()), TEXT, 409, "voice-exists"),
        ("", wav(spoken()), TEXT, 422, "request-invalid"),
        ("ok", b"no audio", TEXT, 422, "audio-unreadable"),
        ("ok", wav(spoken()[:4800]), TEXT, 422, "audio-too-short"),
        ("ok", wav(spoken()), "Somebody else said this, and in some other place.", 422, "text-mismatch"),
        ("ok", wav(spoken()), "Yes.", 422, "text-pace"),
    ],
)
def test_what_cannot_be_a_voice_is_refused(
    client: httpx.Client, name: str, recording: bytes, transcript: str, status: int, code: str
) -> None:
    form = {"name": name, "transcript": transcript}
    answer = client.post("/v1/voices", data=form, files={"audio": ("a.wav", recording)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert client.get("/v1/voices/ok").status_code == 404
