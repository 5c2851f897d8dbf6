"""`/v1/speech/{id}`: a result that was kept, its files, and its captions in any look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from voxcue.captions import preview_image, render, style, track_from_json
from voxcue.captions.track import Track
from voxcue.errors import NotFoundError, VoxcueError
from voxcue.server.jobs import Job
from voxcue.server.links import link
from voxcue.server.making import TYPES, Made
from voxcue.server.schemas import File, FontSize, Name, SpeechReply, responses
from voxcue.server.services import Services, services
from voxcue.storage import Result, StoredFile, find

router = APIRouter(tags=["results"])

Found = Annotated[Services, Depends(services)]
ResultId = Annotated[str, Path(max_length=64, description="The `id` of a reply with `delivery` of `url`.")]
StyleName = Annotated[Name | None, Query(description="The default style if not given.")]
Size = Annotated[FontSize | None, Query(description="In pixels of the style's picture.")]

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_DRAWING = BoundedSemaphore(2)
"""Pictures drawn at once: each runs ffmpeg for a moment."""

_PIECE = 128 * 1024

_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get("/v1/speech/{id}", responses=responses(401, 403, 404, 422, 502, 503), summary="Show a result")
def result(request: Request, found: Found, id: ResultId) -> SpeechReply:  # noqa: A002
    """The reply once more, with fresh links."""
    kept = find(found.storage, id)
    track = _track(found, kept)
    files = {
        kind: File(
            name=file.name, content_type=file.content_type, size=file.size, url=link(request, id, file.name)
        )
        for kind, file in kept.files.items()
    }
    return Made(kept.id, track, {}, kept.about.get("timings", {})).reply(files)


@router.get(
    "/v1/speech/{id}/files/{name}",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": _BINARY}},
        206: {"description": "The bytes of the header `Range`"},
        **responses(401, 403, 404, 416, 422, 502, 503),
    },
    summary="Fetch a file of a result",
)
def file(
    request: Request,
    found: Found,
    id: ResultId,  # noqa: A002
    name: Annotated[str, Path(max_length=100)],
    download: Annotated[bool, Query(description="Save it rather than show it.")] = False,
) -> Response:
    """One file, or the range of bytes that a player asks for."""
    kept = next((each for each in find(found.storage, id).files.values() if each.name == name), None)
    if kept is None:
        raise NotFoundError(
            "file-missing", f"The result {id} has no file called '{name}'.", "See /v1/speech/ID."
        )
    start, end, partial = _range(request.headers.get("range"), kept)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{kept.size}"
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    chunks = found.storage.chunks(f"output/{id}/{name}", start, end)
    return StreamingResponse(_pieces(chunks), 206 if partial else 200, headers, media_type=kept.content_type)


@router.get(
    "/v1/speech/{id}/captions.ass",
    response_class=Response,
    responses={
        200: {"content": {TYPES["ass"]: {"schema": {"type": "string"}}}},
        **responses(400, 401, 403, 404, 422, 502, 503),
    },
    summary="The ASS captions in another look",
)
def captions(
    found: Found,
    id: ResultId,  # noqa: A002
    style: StyleName = None,
    font_size: Size = None,
) -> Response:
    """The same words, laid out and drawn for another style and size of type."""
    text = _ass(found, id, style, font_size)
    headers = {"Content-Disposition": 'attachment; filename="captions.ass"'}
    return Response(text.encode(), headers=headers, media_type=TYPES["ass"])


@router.get(
    "/v1/speech/{id}/preview.png",
    response_class=Response,
    responses={200: {"content": {"image/png": _BINARY}}, **responses(400, 401, 403, 404, 422, 502, 503, 507)},
    summary="The captions at one moment, as a player draws them",
)
async def preview(
    request: Request,
    found: Found,
    id: ResultId,  # noqa: A002
    at: Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False, description="Seconds.")] = 0.0,
    style: StyleName = None,
    font_size: Size = None,
) -> Response:
    """One frame, drawn by libass."""

    def work(job: Job) -> bytes:
        return _drawn(_ass(found, id, style, font_size), at, job)

    picture = await found.jobs.run(request, work)
    return Response(picture, headers={"Cache-Control": "private, max-age=300"}, media_type="image/png")


def _drawn(text: str, at: float, job: Job) -> bytes:
    with TemporaryDirectory(prefix="voxcue-") as folder:
        ass, picture = FilePath(folder) / "captions.ass", FilePath(folder) / "preview.png"
        ass.write_text(text, encoding="utf-8", newline="")
        with _DRAWING:
            job.check()
            preview_image(ass, picture, [at])
        return picture.read_bytes()


def _pieces(chunks: Iterator[bytes]) -> Iterator[memoryview]:
    """Smaller ones: what waits for a slow client to take it shows that it takes some."""
    for chunk in chunks:
        for place in range(0, len(chunk), _PIECE):
            yield memoryview(chunk)[place : place + _PIECE]


def _track(found: Services, kept: Result) -> Track:
    return track_from_json(found.storage.get(f"output/{kept.id}/{kept.files['json'].name}").decode())


def _ass(found: Services, result: str, style_name: str | None, font_size: float | None) -> str:
    look = style(style_name or found.settings.style, font_size)
    return render("ass", _track(found, find(found.storage, result)), look)


def _range(header: str | None, kept: StoredFile) -> tuple[int, int, bool]:
    """First byte, the one after the last, and whether that is less than all; other headers are ignored."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if not match or match.groups() == ("", ""):
        return 0, kept.size, False
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last or kept.size) + 1, kept.size)
    else:
        start, end = max(kept.size - int(last), 0), kept.size
    if start >= end:
        raise RangeError(
            "range-invalid",
            f"The file '{kept.name}' has {kept.size} bytes; there is nothing in that range.",
            "",
        )
    return start, end, True


class RangeError(VoxcueError):
    """A range of bytes that is not in the file."""

    http_status = 416
