"""Any common recording to a mono clip, or a clear error.

libsndfile reads WAV, FLAC, MP3, OGG and Opus; what it cannot (M4A, and the sound of videos) is decoded
by the ffmpeg that `imageio-ffmpeg` carries.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxcue.errors import AudioError
from voxcue.ffmpeg import executable
from voxcue.types import Clip

_FFMPEG_RATE = 24_000
_QUIET = 10 ** (-60 / 20)
"""A recording whose loudest sample is below this (-60 dB of full scale) is silent."""


def read(path: Path) -> Clip:
    """Decode a file to mono at its own sample rate.

    Raises:
        AudioError: it is missing, not audio, truncated to nothing, silent, or holds values that are not
            numbers.
    """
    _require(path)
    clip = _sndfile(path)
    if clip is None:
        clip = _ffmpeg(path)
    if not len(clip.samples):
        raise AudioError("audio-empty", f"The recording '{path}' holds no sound at all.", "Check the file.")
    if not np.isfinite(clip.samples).all():
        raise AudioError(
            "audio-corrupt", f"The recording '{path}' holds samples that are not numbers.", "Export it again."
        )
    if np.abs(clip.samples).max() < _QUIET:
        raise AudioError(
            "audio-silent",
            f"The recording '{path}' is silent: nothing in it is above -60 dB.",
            "Check that the right track was exported, and at what level.",
        )
    return clip


def check(path: Path) -> None:
    """Find out, without decoding all of it, whether a file holds sound.

    Raises:
        AudioError: it is missing, or not audio.
    """
    import soundfile

    _require(path)
    try:
        soundfile.info(path)
    except (soundfile.LibsndfileError, TypeError):
        _ffmpeg(path, "-t", "0.1")


def _require(path: Path) -> None:
    if not path.is_file():
        raise AudioError("audio-missing", f"There is no audio file at '{path}'.", "Check the path.")


def _sndfile(path: Path) -> Clip | None:
    """Decode with libsndfile; ``None`` if it does not know the format."""
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, TypeError):  # TypeError: a file name that ends in ".raw"
        return None
    return Clip(_mono(samples), rate)


def _ffmpeg(path: Path, *limits: str) -> Clip:
    """Decode with ffmpeg to mono float32; ``limits`` are options that end it early."""
    options = [*limits, "-vn", "-ac", "1", "-ar", str(_FFMPEG_RATE), "-f", "f32le", "-"]
    source = ["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i", f"file:{path}"]
    done = subprocess.run([executable(), *source, *options], capture_output=True)
    if done.returncode:
        first = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        reason = re.sub(r"^(\[[^]]*\] *)+", "", first)
        raise AudioError(
            "audio-unreadable",
            f"The file '{path}' cannot be read as audio.",
            f"Give a WAV, FLAC, MP3, OGG, Opus or M4A file that plays. {reason}".strip(),
        )
    return Clip(np.frombuffer(done.stdout, "<f4").astype(np.float32), _FFMPEG_RATE)


def _mono(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average of the channels: (n, channels) to (n,)."""
    mixed: NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
    return mixed
