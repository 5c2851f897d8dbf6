"""`/v1/voices`: what can be named, and the library of reference voices."""

from __future__ import annotations

import io

import httpx
import numpy as np
import pytest
import soundfile


def wav(seconds: float = 2.0) -> bytes:
    """A recording that is not silent."""
    noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * 16_000))
    file = io.BytesIO()
    soundfile.write(file, noise, 16_000, format="WAV")
    return file.getvalue()


def test_a_voice_comes_and_goes(client: httpx.Client) -> None:
    added = client.post(
        "/v1/voices", data={"name": "Anna B", "transcript": "Hello."}, files={"audio": ("a.wav", wav())}
    )
    assert added.status_code == 201
    assert added.json()["kind"] == "reference"
    assert added.json()["duration"] == 2.0
    assert client.get("/v1/voices/Anna B").json() == added.json()
    assert added.json() in client.get("/v1/voices").json()["voices"]
    heard, rate = soundfile.read(io.BytesIO(client.get("/v1/voices/Anna B/audio").content))
    assert (len(heard), rate) == (32_000, 16_000)
    again = client.post("/v1/voices", data={"name": "Anna B"}, files={"audio": ("a.wav", wav())})
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
    client.post("/v1/voices", data={"name": "Bert"}, files={"audio": ("a.wav", wav())})
    answer = client.post("/v1/speech", json={"text": "Hi.", "voice": "Bert"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "voice-uncloned"
    client.delete("/v1/voices/Bert")


@pytest.mark.parametrize(
    ("name", "recording", "status"),
    [
        ("../evil", wav(), 400),
        (".hidden", wav(), 400),
        ("", wav(), 422),
        ("ok", b"no audio", 422),
        ("ok", wav(0.2), 422),
    ],
)
def test_what_cannot_be_a_voice_is_refused(
    client: httpx.Client, name: str, recording: bytes, status: int
) -> None:
    answer = client.post("/v1/voices", data={"name": name}, files={"audio": ("a.wav", recording)})
    assert answer.status_code == status, answer.text
    assert client.get("/v1/voices/ok").status_code == 404
