"""Writing speech as it arrives: WAV, FLAC, MP3 and Opus, segment by segment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from voxcue.errors import OutputError, UsageError
from voxcue.types import Clip

_FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", None),
    "opus": ("OGG", "OPUS"),
}
"""File extension to libsndfile's format and subtype."""

FORMATS = tuple(_FORMATS)


def check_format(name: str) -> str:
    """The name, if it is an audio format that can be written.

    Raises:
        UsageError: ``audio-format-unknown``.
    """
    if name not in _FORMATS:
        raise UsageError(
            "audio-format-unknown",
            f"There is no audio format called '{name}'; known: {', '.join(_FORMATS)}.",
            "Choose one of them with --format.",
        )
    return name


class AudioWriter:
    """An audio file that grows. Use as a context manager; the path is the caller's to rename.

    Args:
        path: where to write.
        format: one of `FORMATS`.
        sample_rate: in Hz.
    """

    def __init__(self, path: Path, format: str, sample_rate: int) -> None:  # noqa: A002
        import soundfile

        container, subtype = _FORMATS[check_format(format)]
        self._path = path
        self._file: Any = self._guarded(
            lambda: soundfile.SoundFile(
                path, "w", samplerate=sample_rate, channels=1, format=container, subtype=subtype
            )
        )

    def write(self, clip: Clip) -> None:
        """Append a clip.

        Raises:
            OutputError: the disk is full or the file cannot be written.
        """
        self._guarded(lambda: self._file.write(clip.samples))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guarded(self._file.close)

    def _guarded(self, action: Callable[[], Any]) -> Any:
        import soundfile

        try:
            return action()
        except (OSError, soundfile.LibsndfileError) as error:
            raise OutputError(
                "output-unwritable",
                f"The audio file '{self._path}' cannot be written: {error}.",
                "Check the free space and the rights on that folder.",
            ) from error
