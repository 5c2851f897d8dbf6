"""`POST /v1/speech`: a text to speech with timed words, as JSON, as parts, or as a stream of events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from voxcue.server import multipart
from voxcue.server.faults import fault, log_defect
from voxcue.server.front import note
from voxcue.server.jobs import Gone
from voxcue.server.links import link
from voxcue.server.schemas import SpeechReply, SpeechRequest, json_bytes, responses
from voxcue.server.services import Services, services
from voxcue.server.speaking import Event, Speaking
from voxcue.server.streams import LIVE, started

router = APIRouter(tags=["speech"])

_JSON, _PARTS, _EVENTS = "application/json", "multipart/mixed", "text/event-stream"
_TEXT = {"schema": {"type": "string"}}

_DESCRIPTION = """
The header `Accept` chooses the shape of the reply:

- `application/json`: the reply, when everything is done;
- `multipart/mixed`: the reply as its first part, then each file as a part; nothing is kept;
- `text/event-stream`: `start`; a `segment` for each utterance as soon as it is finished, with `audio` (base64
  of 16-bit little-endian mono samples at `sample_rate`) and its `words`; then `done` with the reply, or
  `error`.
"""


@router.post(
    "/v1/speech",
    summary="Speak a text",
    description=_DESCRIPTION,
    response_model=SpeechReply,
    responses={
        200: {"description": "The finished speech", "content": {_PARTS: _TEXT, _EVENTS: {}}},
        **responses(400, 401, 403, 413, 422, 429, 502, 503, 504, 507),
    },
    max_body_size=json_bytes(),
)
async def speak(
    request: Request, ask: SpeechRequest, found: Annotated[Services, Depends(services)]
) -> Response:
    """Choose the shape of the reply, and do the work in a thread."""
    if found.settings.log_text:
        note(request, text=ask.text)
    shape = _shape(request.headers.get("accept", ""))
    if shape == _PARTS:  # whose reply holds the files itself
        ask = ask.model_copy(update={"delivery": "inline"})
    speaking = Speaking(found, ask, partial(link, request), partial(note, request))
    if shape == _PARTS:
        boundary = token_hex(16)
        parts = await started(found.jobs.stream(request, speaking.parts))
        return StreamingResponse(multipart.body(boundary, parts), media_type=f"{_PARTS}; boundary={boundary}")
    if shape == _EVENTS:
        events = await started(found.jobs.stream(request, speaking.events))
        return StreamingResponse(_told(request, events), media_type=_EVENTS, headers=LIVE)
    return Response(await found.jobs.run(request, speaking.reply), media_type=_JSON)


def _shape(accept: str) -> str:
    """The shape that the header asks for most (RFC 9110, 12.5.1); JSON where it names none of the three."""
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        wanted[name] = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 1.0
    known = [name for name in wanted if name in {_JSON, _PARTS, _EVENTS} and wanted[name] > 0]
    return max(known, key=lambda name: wanted[name], default=_JSON)  # the first of equals


async def _told(request: Request, events: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
    """The events as they are written; an error on the way is the last one."""
    async with aclosing(events):
        try:
            async for name, data in events:
                yield _event(name, data)
        except Gone:
            return
        except Exception as error:
            log_defect(request, error)
            yield _event("error", fault(request, error).model_dump())


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
