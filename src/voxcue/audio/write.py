"""Writing speech as it arrives: WAV, FLAC, MP3 and Opus, segment by segment."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
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


def container(name: str) -> tuple[str, str | None]:
    """libsndfile's names of a format and its subtype.

    Raises:
        UsageError: ``audio-format-unknown``.
    """
    return _FORMATS[check_format(name)]


class AudioWriter:
    """An audio file that grows. Use as a context manager; the path is the caller's to rename.

    Args:
        path: where to write.
        format: one of `FORMATS`.
        sample_rate: in Hz.
    """

    def __init__(self, path: Path, format: str, sample_rate: int) -> None:  # noqa: A002
        import soundfile

        kind, subtype = container(format)
        options = {"samplerate": sample_rate, "channels": 1, "format": kind, "subtype": subtype}
        self._path = path
        # libsndfile calls back into Python, where cffi would swallow a Ctrl-C; signals go to the main thread
        # only, so another one does the writing.
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="voxcue-audio")
        with self._guard():
            self._disk = _Disk(path)
            try:
                opened = self._pool.submit(soundfile.SoundFile, self._disk, "w", **options)
                self._file: Any = opened.result()
            except BaseException:
                self._disk.close()
                raise

    def write(self, clip: Clip) -> None:
        """Append a clip.

        Raises:
            OutputError: the disk is full or the file cannot be written.
        """
        with self._guard():
            self._pool.submit(self._file.write, clip.samples).result()
            self._disk.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard(), closing(self._disk), self._pool:
            self._pool.submit(self._file.close).result()
            self._disk.check()

    @contextmanager
    def _guard(self) -> Generator[None]:
        import soundfile

        try:
            yield
        except (OSError, soundfile.LibsndfileError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
            raise OutputError(
                "output-unwritable",
                f"The audio file '{self._path}' cannot be written: {reason}.",
                "Check the free space and the rights on that folder.",
            ) from error


class _Disk:
    """The file that libsndfile writes to; it remembers what went wrong.

    libsndfile says nothing when the last pages do not fit: its own close succeeds on a full disk.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self._error: OSError | None = None
        self.seek = self._file.seek
        self.tell = self._file.tell
        self.readinto = self._file.readinto
        self.close = self._file.close

    def write(self, data: bytes) -> int:
        """Write all of it; libsndfile is told so even when it fails, and `check` tells us."""
        rest = memoryview(data)
        try:
            while rest and not self._error:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._error = error
        return len(data)

    def check(self) -> None:
        """Raise the first ``OSError`` that a write met, if any did."""
        if self._error:
            raise self._error
