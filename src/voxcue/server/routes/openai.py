"""`POST /v1/audio/speech`: OpenAI's interface, so that clients written for it work as they are."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from voxcue.errors import UsageError
from voxcue.server.faults import fault, log_defect
from voxcue.server.front import note
from voxcue.server.jobs import Gone, Job
from voxcue.server.links import link
from voxcue.server.making import TYPES
from voxcue.server.schemas import (
    OpenAISpeechRequest,
    SpeechRequest,
    VoiceId,
    json_bytes,
    responses,
)
from voxcue.server.services import Services, services
from voxcue.server.speaking import Speaking
from voxcue.server.streams import LIVE, started

router = APIRouter(tags=["speech"])

_THEIR_MODELS = re.compile(r"tts-1(-hd)?(-\d+)?|gpt-4o-mini-tts(-[\d-]+)?")
_THEIR_VOICES = frozenset(
    "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()  # noqa: SIM905
)
_EVENTS = "text/event-stream"


@router.post(
    "/v1/audio/speech",
    summary="Speak a text, as OpenAI's API does",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The audio, sent while it is made (FLAC when it is complete)",
            "content": {
                **{
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in sorted(set(TYPES.values()))
                    if kind.startswith("audio/")
                },
                _EVENTS: {},
            },
        },
        **responses(400, 401, 403, 413, 422, 429, 503, 504),
    },
    max_body_size=json_bytes(),
)
async def speak(
    request: Request, ask: OpenAISpeechRequest, found: Annotated[Services, Depends(services)]
) -> Response:
    """Speak with the engine and the voice named; OpenAI's own names mean our defaults."""
    if ask.response_format == "aac":
        raise UsageError(
            "audio-format-unknown", "AAC is not made here.", "Ask for mp3, opus, flac, wav or pcm."
        )
    if found.settings.log_text:
        note(request, text=ask.input)
    name = ask.response_format or "mp3"

    def work(job: Job) -> bytes:
        wanted = _translated(found, ask)
        return Speaking(found, wanted, partial(link, request), partial(note, request)).audio(job, name)

    audio = await started(found.jobs.stream(request, work))
    if ask.stream_format == "sse":
        return StreamingResponse(_events(request, audio), media_type=_EVENTS, headers=LIVE)
    return StreamingResponse(audio, media_type=TYPES[name])


def _translated(found: Services, ask: OpenAISpeechRequest) -> SpeechRequest:
    """The request in our own terms; an engine's own voice wins over OpenAI's of the same name."""
    engine = None if _THEIR_MODELS.fullmatch(ask.model) else ask.model
    voice = ask.voice.id if isinstance(ask.voice, VoiceId) else ask.voice
    if voice in _THEIR_VOICES and all(voice != known.name for known in found.engine(engine).voices()):
        voice = None
    clones = found.engine(engine).traits.clones_voices
    # A reply of audio alone has no place for doubts: what they lead to is worth the time, nothing else.
    verify: Literal["off"] | None = None if clones else "off"
    return SpeechRequest(text=ask.input, engine=engine, voice=voice, speed=ask.speed or 1.0, verify=verify)


async def _events(request: Request, audio: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """OpenAI's events: the audio in pieces, then the end. Characters are not counted as tokens here."""
    async with aclosing(audio):
        try:
            async for piece in audio:
                if piece:
                    yield _event({"type": "speech.audio.delta", "audio": b64encode(piece).decode()})
        except Gone:
            return
        except Exception as error:
            log_defect(request, error)
            yield _event({"type": "error", **fault(request, error).model_dump()})
            return
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
