"""Where the ffmpeg binary is: for sound that libsndfile cannot read, and for previews."""

from __future__ import annotations

import shutil

from voxcue.errors import UnavailableError


def executable() -> str:
    """The ffmpeg binary that ``imageio-ffmpeg`` carries, or the one named in IMAGEIO_FFMPEG_EXE.

    Raises:
        UnavailableError: ``ffmpeg-missing``, if there is none that can be run.
    """
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        path: str | None = shutil.which(get_ffmpeg_exe())
    except (ImportError, RuntimeError, OSError):
        path = None
    if path is None:
        raise UnavailableError(
            "ffmpeg-missing",
            "This needs ffmpeg, and none was found that can be run.",
            "Install the imageio-ffmpeg package, or name a binary in IMAGEIO_FFMPEG_EXE.",
        )
    return path
