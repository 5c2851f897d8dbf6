"""Encoding speech for a listener who is already playing it: bytes that are only ever appended.

The file formats of `voxcue.audio.write` go back to fill in their headers; a stream cannot. So a WAV header
here says "until the end", MP3 has a constant bit rate, from which players know its length, and FLAC, which
common decoders cannot read without a length, is held back until it is complete.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np

from voxcue.audio.write import FORMATS as FILE_FORMATS
from voxcue.audio.write import container
from voxcue.errors import UsageError
from voxcue.types import Clip

FORMATS = (*FILE_FORMATS, "pcm")
"""The file formats, and bare 16-bit little-endian samples."""

_UNKNOWN = 0xFFFFFFFF
"""The length in a RIFF header that is written before the length is known."""


def pcm(clip: Clip) -> bytes:
    """The samples as 16-bit signed little-endian integers."""
    return (np.clip(clip.samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()


class StreamEncoder:
    """Clips to bytes of one audio format; what `encode` and `finish` return, in order, is the audio.

    Args:
        format: one of `FORMATS`.
        sample_rate: in Hz.

    Raises:
        UsageError: ``audio-format-unknown``.
    """

    def __init__(self, format: str, sample_rate: int) -> None:  # noqa: A002
        if format not in FORMATS:
            raise UsageError(
                "audio-format-unknown",
                f"There is no audio format called '{format}' to stream; known: {', '.join(FORMATS)}.",
                "Choose one of them.",
            )
        self._head = _wav_header(sample_rate) if format == "wav" else b""
        self._sink: _Whole | _Sink = _Whole() if format == "flac" else _Sink()
        self._file: Any = None
        if format not in {"wav", "pcm"}:
            import soundfile

            kind, subtype = container(format)
            options = {"bitrate_mode": "CONSTANT", "compression_level": 0.6} if format == "mp3" else {}
            self._file = soundfile.SoundFile(
                self._sink, "w", samplerate=sample_rate, channels=1, format=kind, subtype=subtype, **options
            )

    def encode(self, clip: Clip) -> bytes:
        """What can be sent once ``clip`` is in; an encoder may keep some of it for later."""
        if self._file is None:
            head, self._head = self._head, b""
            return head + pcm(clip)
        self._file.write(clip.samples)
        return self._sink.take()

    def finish(self) -> bytes:
        """What the encoder still holds."""
        if self._file is None:
            return b""
        self._file.close()
        self._sink.complete = True
        return self._sink.take()


class _Whole(BytesIO):
    """A file for libsndfile that is handed over when it is complete."""

    complete = False

    def take(self) -> bytes:
        """All of it, or nothing yet."""
        return self.getvalue() if self.complete else b""


class _Sink:
    """A file for libsndfile that keeps what is appended and forgets what is written over."""

    complete = False

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._place = self._end = 0

    def write(self, data: bytes) -> int:
        """Append, or pretend to, when libsndfile has gone back to a header that is sent already."""
        size = len(data)
        beyond = self._place + size - self._end
        if beyond > 0:
            self._waiting += data[size - beyond :]
            self._end += beyond
        self._place += size
        return size

    def take(self) -> bytes:
        """What was appended since the last call."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move as a file would."""
        self._place = offset + (0, self._place, self._end)[whence]
        return self._place

    def tell(self) -> int:
        """Where the next write goes."""
        return self._place


def _wav_header(rate: int) -> bytes:
    """RIFF header of mono 16-bit PCM whose length is not known yet."""
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", _UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16
    )
    return head + struct.pack("<4sI", b"data", _UNKNOWN)
