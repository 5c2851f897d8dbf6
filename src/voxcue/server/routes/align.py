"""`POST /v1/align`: a recording and what is said in it, to the same timed words as our own speech."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile

from voxcue.output import OutputFolder
from voxcue.pipeline import SaveOptions, align, files, write_captions
from voxcue.server import making
from voxcue.server.front import note
from voxcue.server.jobs import Job
from voxcue.server.links import link
from voxcue.server.schemas import (
    DELIVERY,
    CaptionName,
    Delivery,
    FontSize,
    Name,
    SpeechReply,
    form_bytes,
    form_limits,
    responses,
    text_field,
)
from voxcue.server.services import Services, services
from voxcue.server.uploads import recording
from voxcue.storage import new_id

router = APIRouter(tags=["speech"])


@router.post(
    "/v1/align",
    summary="Time the words of a recording",
    responses=responses(400, 401, 403, 413, 422, 429, 502, 503, 504, 507),
    max_body_size=form_bytes(),
    form_limits=form_limits(),
)
async def time_words(
    request: Request,
    found: Annotated[Services, Depends(services)],
    text: Annotated[str, Form(), text_field(description="What is said, all of it and in order.")],
    audio: Annotated[UploadFile | None, File(description="The recording.")] = None,
    audio_url: Annotated[str | None, Form(max_length=4096, description="Or where it is.")] = None,
    language: Annotated[str, Form(max_length=35, description="BCP 47 tag of the text.")] = "en",
    aligner: Annotated[Name | None, Form()] = None,
    captions: Annotated[list[CaptionName] | None, Form(max_length=5)] = None,
    style: Annotated[Name | None, Form()] = None,
    font_size: Annotated[FontSize | None, Form()] = None,
    delivery: Annotated[Delivery, Form(description=DELIVERY)] = "url",
) -> SpeechReply:
    """Align in a thread; the reply is that of `/v1/speech`, without an audio file."""
    if found.settings.log_text:
        note(request, text=text)

    def work(job: Job) -> SpeechReply:
        chosen = SaveOptions(making.kept(captions, delivery), style, font_size=font_size).checked()
        limit = found.settings.max_audio_seconds
        with (
            recording(found.settings, audio, audio_url) as path,
            TemporaryDirectory(prefix="voxcue-") as folder,
        ):
            job.check()
            speech = align(path, text, aligner=aligner, language=language, max_seconds=limit)
            job.check()
            track = speech.track()
            with OutputFolder(Path(folder)) as output:
                write_captions(output, track, chosen)
            paths = files(Path(folder), chosen, audio=False)
            stages = making.timings(job)
            found.metrics.stages({"align": stages["total"] - stages["queue"]})
            made = making.Made(new_id(), track, paths, stages)
            return making.deliver(found, made, delivery, partial(link, request))

    reply = await found.jobs.run(request, work)
    note(request, timings=reply.timings)
    return reply
