"""A recording that came with a request, or that a URL in it leads to, as a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import UploadFile

from voxcue.errors import UsageError, VoxcueError
from voxcue.fetch import fetch
from voxcue.settings import Settings


@contextmanager
def recording(settings: Settings, upload: UploadFile | None, url: str | None) -> Iterator[Path]:
    """A file with the recording, gone afterwards; errors inside name what the user sent, not our path.

    Raises:
        UsageError: ``audio-source``, unless exactly one of the two is given.
        FetchError: the URL is not allowed, or does not answer.
        LimitError: it is too large.
    """
    if (upload is None) == (not url):
        raise UsageError(
            "audio-source",
            "The request holds no recording."
            if upload is None
            else "The request holds a recording and a URL.",
            "Send one of 'audio', a file, and 'audio_url'.",
        )
    with TemporaryDirectory(prefix="voxcue-") as folder:
        path = Path(folder) / "recording"
        try:
            if upload is not None:
                with path.open("wb") as file:
                    shutil.copyfileobj(upload.file, file)
            elif url:
                fetch(
                    url,
                    path,
                    max_bytes=settings.max_upload_bytes,
                    seconds=settings.fetch_seconds,
                    buckets=[name.strip() for name in settings.fetch_buckets.split(",") if name.strip()],
                )
            yield path
        except VoxcueError as error:
            shown = _shown(upload, url)
            error.message = error.message.replace(str(path), shown)
            error.hint = error.hint.replace(str(path), shown)
            raise


def _shown(upload: UploadFile | None, url: str | None) -> str:
    """What the user calls the recording; never the query of a URL, which may be a key."""
    if upload is not None:
        return (upload.filename or "recording")[:100]
    path = (url or "").partition("?")[0].partition("#")[0]  # not parsed: it may be no URL at all
    return path.rpartition("/")[2][:100] or "recording"
