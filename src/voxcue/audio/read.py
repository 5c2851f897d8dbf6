"""Any common recording to a mono clip, or a clear error, in memory that no file can blow up.

libsndfile reads WAV, FLAC, MP3, OGG and Opus; what it cannot (M4A, and the sound of videos) is decoded
by the ffmpeg that `imageio-ffmpeg` carries. Both are read a block at a time, because a header may lie and a
small file may hold days of silence.
"""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from voxcue.cancel import checkpoint
from voxcue.errors import AudioError, LimitError
from voxcue.ffmpeg import executable
from voxcue.types import Clip

_FFMPEG_RATE = 24_000
_FFMPEG_SECONDS = 300.0
"""Longest run of ffmpeg; an hour of sound takes it a few seconds."""

_FORMATS = (
    "mov,matroska,asf,avi,mpegts,mpeg,flv,aac,ac3,eac3,mp3,wav,w64,ogg,flac,aiff,caf,amr,au,dts,ape,wv,tta,mpc,"
    "mpc8,rm,mxf"
)
"""What ffmpeg may take a file for: no playlists, which would have it open other files."""

_RATES = range(4_000, 384_001)
_FULL_RATE = 48_000
"""Samples per second that a time limit allows for; at higher rates the limit is shorter by as much."""

_BLOCK = 1 << 18
"""Samples of all channels that are decoded at once: 1 MiB."""

_UNKNOWN = 2**63 - 1
"""The length of a FLAC file written to a pipe; libsndfile stumbles at its end, ffmpeg does not."""

_QUIET = 10 ** (-60 / 20)
"""A recording whose loudest sample is below this (-60 dB of full scale) is silent."""

_ABSURD = 100.0
"""No sound is 40 dB above full scale: such samples are integers in a file of floats, or garbage."""


def read(path: Path, *, max_seconds: float | None = None) -> Clip:
    """Decode a file to mono at its own sample rate, of at most ``max_seconds``.

    Above 48 kHz the limit counts samples, so that memory stays below 200 kB for each second allowed.

    Raises:
        AudioError: it is missing, not audio, truncated to nothing, silent, of an absurd sample rate, or
            holds values that are not numbers or far beyond full scale.
        LimitError: ``audio-too-long``.
    """
    _require(path)
    clip = _sndfile(path, max_seconds)
    if clip is None:
        clip = _ffmpeg(path, max_seconds)
    if not len(clip.samples):
        raise AudioError("audio-empty", f"The recording '{path}' holds no sound at all.", "Check the file.")
    loudest = max(float(clip.samples.max()), -float(clip.samples.min()))
    if not np.isfinite(loudest):
        raise AudioError(
            "audio-corrupt", f"The recording '{path}' holds samples that are not numbers.", "Export it again."
        )
    if loudest > _ABSURD:
        raise AudioError(
            "audio-corrupt",
            f"The recording '{path}' holds samples of {loudest:g}, where 1 is full scale.",
            "Export it again; samples in a file of floats lie between -1 and 1.",
        )
    if loudest < _QUIET:
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
        _ffmpeg(path, None, "-t", "0.1")


def _require(path: Path) -> None:
    if not path.is_file():
        raise AudioError("audio-missing", f"There is no audio file at '{path}'.", "Check the path.")


def _sndfile(path: Path, max_seconds: float | None) -> Clip | None:
    """Decode with libsndfile; ``None`` if it does not know the format."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            return None if file.frames == _UNKNOWN else _blocks(file, path, max_seconds)
    except (soundfile.LibsndfileError, TypeError):  # TypeError: a file name that ends in ".raw"
        return None


def _blocks(file: Any, path: Path, max_seconds: float | None) -> Clip:
    rate = file.samplerate
    if rate not in _RATES:
        raise AudioError(
            "audio-rate",
            f"The recording '{path}' claims {rate:,} samples a second.",
            f"Export it with a sample rate between {_RATES[0]:,} and {_RATES[-1]:,} Hz.",
        )
    room = _Room(path, rate, max_seconds)
    room.expect(file.frames)
    block = np.empty((max(1, _BLOCK // file.channels), file.channels), np.float32)
    while len(part := file.read(out=block)):
        checkpoint()
        with np.errstate(invalid="ignore", over="ignore"):  # infinite samples: told once all is read
            room.add(part.mean(axis=1, dtype=np.float32).data.cast("B"))
    return room.clip()


def _ffmpeg(path: Path, max_seconds: float | None, *limits: str) -> Clip:
    """Decode with ffmpeg to mono float32; ``limits`` are options that end it early."""
    source = ["-protocol_whitelist", "file", "-format_whitelist", _FORMATS, "-i", f"file:{path}"]
    options = [*limits, "-vn", "-sn", "-dn", "-ac", "1", "-ar", str(_FFMPEG_RATE), "-f", "f32le", "-"]
    command = [executable(), "-nostdin", "-v", "error", *source, *options]
    room = _Room(path, _FFMPEG_RATE, max_seconds)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        ThreadPoolExecutor(1) as pool,  # inner: the process is not to close what is still read
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        limit = Timer(_FFMPEG_SECONDS, process.kill)
        limit.start()
        complaint = pool.submit(_first_line, process.stderr)
        try:
            while part := process.stdout.read(_BLOCK * 4):
                checkpoint()
                room.add(part)
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
            limit.cancel()
    if process.returncode:
        reason = re.sub(r"^(\[[^]]*\] *)+", "", complaint.result())
        raise AudioError(
            "audio-unreadable",
            f"The file '{path}' cannot be read as audio.",
            f"Give a WAV, FLAC, MP3, OGG, Opus or M4A file that plays. {reason}".strip(),
        )
    return room.clip()


def _first_line(stream: IO[bytes]) -> str:
    """The first line of what ffmpeg complains of; the rest, which may be long, is read and dropped."""
    first = stream.read(4096).decode(errors="replace").strip().partition("\n")[0]
    while stream.read(1 << 16):
        pass
    return first


class _Room:
    """Samples that are added up to a limit; float32, mono, ``rate`` in Hz."""

    def __init__(self, path: Path, rate: int, max_seconds: float | None) -> None:
        self._path = path
        self._rate = rate
        self._seconds = max_seconds and max_seconds * min(1.0, _FULL_RATE / rate)
        # Grows in place, so that the samples are never held twice.
        self._bytes = bytearray()

    def expect(self, samples: int) -> None:
        """Refuse a length that is announced."""
        if self._seconds is not None and samples > self._seconds * self._rate:
            high = f", the longest that is read at {self._rate:,} Hz" if self._rate > _FULL_RATE else ""
            raise LimitError(
                "audio-too-long",
                f"The recording '{self._path}' is longer than {self._seconds:g} seconds{high}.",
                "Give a shorter recording, or cut it into parts.",
            )

    def add(self, data: bytes | memoryview) -> None:
        """Append samples, as bytes."""
        self.expect((len(self._bytes) + len(data)) // 4)
        self._bytes += data

    def clip(self) -> Clip:
        """All that was added."""
        whole = len(self._bytes) // 4
        samples: NDArray[np.float32] = np.frombuffer(self._bytes, np.float32, whole)
        return Clip(samples, self._rate)
