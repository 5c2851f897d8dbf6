"""`/v1/voices`: the voices that can be named, and the library of reference voices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from fastapi.responses import Response

from voxcue.engines import engine_names
from voxcue.errors import UnavailableError
from voxcue.server.jobs import Job
from voxcue.server.schemas import VoiceInfo, Voices, form_bytes, form_limits, responses
from voxcue.server.services import Services, services
from voxcue.server.uploads import recording
from voxcue.voices import ReferenceVoice

router = APIRouter(tags=["voices"])

Found = Annotated[Services, Depends(services)]

VoiceName = Annotated[str, Path(max_length=100)]


@router.get("/v1/voices", responses=responses(401, 403, 502, 503), summary="List the voices")
def voices(found: Found) -> Voices:
    """Those of the engines first, then the reference voices."""
    built_in = [voice for name in engine_names() for voice in _built_in(found, name)]
    return Voices(voices=[*built_in, *map(_reference, found.library.list())])


@router.post(
    "/v1/voices",
    status_code=201,
    responses=responses(400, 401, 403, 409, 413, 422, 429, 502, 503, 504, 507),
    summary="Add a reference voice",
    max_body_size=form_bytes(),
    form_limits=form_limits(),
)
async def add(
    request: Request,
    found: Found,
    name: Annotated[str, Form(min_length=1, max_length=100)],
    audio: Annotated[UploadFile | None, File(description="The recording.")] = None,
    audio_url: Annotated[str | None, Form(max_length=4096, description="Or where it is.")] = None,
    transcript: Annotated[
        str | None,
        Form(max_length=5000, description="What is said in it, all of it; recognised, if left out."),
    ] = None,
    language: Annotated[
        str | None, Form(max_length=35, description="BCP 47 tag of what is said; guessed, if left out.")
    ] = None,
) -> VoiceInfo:
    """Keep the best 3 to 12 seconds of a recording under a name, with what is said in them."""

    def work(job: Job) -> VoiceInfo:
        with recording(found.settings, audio, audio_url) as path:
            job.check()
            limit = found.settings.max_audio_seconds
            added = found.library.add(name, path, transcript, language=language, max_seconds=limit)
            return _reference(added)

    return await found.jobs.run(request, work)


@router.get("/v1/voices/{name}", responses=responses(401, 403, 404, 422, 502, 503), summary="Show a voice")
def voice(found: Found, name: VoiceName) -> VoiceInfo:
    """One voice; of two with the same name, that of the engine."""
    known = (each for engine in engine_names() for each in _built_in(found, engine))
    return next((each for each in known if each.name == name), None) or _reference(found.library.get(name))


@router.get(
    "/v1/voices/{name}/audio",
    response_class=Response,
    responses={
        200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}},
        **responses(401, 403, 404, 422, 502, 503),
    },
    summary="Listen to a reference voice",
)
def audio(found: Found, name: VoiceName) -> Response:
    """Its recording, a WAV file."""
    return Response(found.library.audio(name), media_type="audio/wav")


@router.delete(
    "/v1/voices/{name}",
    status_code=204,
    responses=responses(401, 403, 404, 422, 502, 503),
    summary="Remove a reference voice",
)
def remove(found: Found, name: VoiceName) -> None:
    """Forget a recording."""
    found.library.remove(name)


def _built_in(found: Services, engine: str) -> list[VoiceInfo]:
    try:
        known = found.engine(engine).voices()
    except UnavailableError:
        return []
    return [
        VoiceInfo(
            name=voice.name,
            kind="built-in",
            engine=engine,
            language=voice.language,
            description=voice.description,
            licence=voice.licence,
            ready=voice.ready,
        )
        for voice in known
    ]


def _reference(voice: ReferenceVoice) -> VoiceInfo:
    return VoiceInfo(
        name=voice.name,
        kind="reference",
        description="reference recording, for engines that clone",
        duration=round(voice.duration, 3),
        transcript=voice.transcript,
    )
