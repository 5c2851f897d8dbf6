"""OpenAI's own client, unchanged, against this server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import numpy as np
import openai
import pytest
import soundfile

from tests.server.process import Server

TEXT = "It costs $3.50, and doors open at 7:30 p.m."


@pytest.fixture
def theirs(server: Server) -> Iterator[openai.OpenAI]:
    """The client as its users make it."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("name", ["mp3", "opus", "flac", "wav"])
def test_each_format_plays(
    theirs: openai.OpenAI, name: Literal["mp3", "opus", "flac", "wav"], tmp_path: Path
) -> None:
    path = tmp_path / f"speech.{name}"
    theirs.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format=name).write_to_file(
        path
    )
    samples, rate = soundfile.read(path, dtype="float32")
    assert 3.0 < len(samples) / rate < 6.0
    assert np.abs(samples).max() > 0.1


def test_pcm_is_24_khz_16_bit(theirs: openai.OpenAI) -> None:
    answer = theirs.audio.speech.create(model="tts-1", voice="nova", input=TEXT, response_format="pcm")
    assert 3.0 < len(np.frombuffer(answer.content, "<i2")) / 24_000 < 6.0


def test_streaming_begins_before_the_end(theirs: openai.OpenAI, examples: Path) -> None:
    text = (examples / "time-machine.txt").read_text(encoding="utf-8")
    sizes = []
    with theirs.audio.speech.with_streaming_response.create(
        model="hibari", voice="heart", input=text, response_format="pcm"
    ) as answer:
        assert "content-length" not in answer.headers
        sizes = [len(chunk) for chunk in answer.iter_bytes()]
    assert len(sizes) > 10
    assert sum(sizes) / 2 / 24_000 > 120


def test_events_carry_the_audio(client: httpx.Client) -> None:
    ask = {
        "model": "tts-1",
        "voice": "alloy",
        "input": TEXT,
        "stream_format": "sse",
        "response_format": "wav",
    }
    answer = client.post("/v1/audio/speech", json=ask)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert '"speech.audio.delta"' in answer.text
    assert answer.text.rstrip().splitlines()[-1].startswith('data: {"type": "speech.audio.done"')


def test_speed_and_instructions_are_taken(theirs: openai.OpenAI) -> None:
    def seconds(speed: float) -> float:
        answer = theirs.audio.speech.create(
            model="gpt-4o-mini-tts",
            voice="coral",
            input=TEXT,
            response_format="wav",
            speed=speed,
            instructions="Cheerfully.",
        )
        samples, rate = soundfile.read(io.BytesIO(answer.content))
        return float(len(samples) / rate)

    assert seconds(2.0) < 0.7 * seconds(1.0)


def test_models_are_listed(theirs: openai.OpenAI) -> None:
    assert "hibari" in [model.id for model in theirs.models.list()]


def test_errors_are_ones_that_the_client_knows(theirs: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no voice called 'nobody'"):
        theirs.audio.speech.create(model="tts-1", voice="nobody", input=TEXT)
    with pytest.raises(openai.BadRequestError, match="no engine called 'nobody'"):
        theirs.audio.speech.create(model="nobody", voice="alloy", input=TEXT)
    with pytest.raises(openai.BadRequestError, match="AAC"):
        theirs.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format="aac")
    with pytest.raises(openai.UnprocessableEntityError):
        theirs.audio.speech.create(model="tts-1", voice="alloy", input="")
