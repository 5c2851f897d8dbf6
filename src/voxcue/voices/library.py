"""The library of reference voices: one recording each, with or without what is said in it.

In storage a voice is ``voices/Name.wav`` and, if its words are known, ``voices/Name.txt``; files put there by
hand are voices too. The ``.wav`` is written last and removed first, so a voice is whole or not there.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from voxcue.audio.read import read
from voxcue.errors import AudioError, ConflictError, LimitError, NotFoundError, TextError, UsageError
from voxcue.storage import Storage
from voxcue.types import Clip
from voxcue.voices.names import check_name
from voxcue.voices.transcripts import check_transcript, read_transcript

_FOLDER = "voices/"
_MIN_SECONDS = 1.0
_HEAD_BYTES = 1 << 16
"""Enough of a WAV file to know its length: what is written before the sound is rarely more than 100 bytes."""


@dataclass(frozen=True, slots=True)
class ReferenceVoice:
    """A voice to speak like: the length of its recording (seconds), its rate (Hz), and what is said in it."""

    name: str
    duration: float
    sample_rate: int
    transcript: str | None


class Library:
    """Reference voices kept in ``storage``."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(
        self,
        name: str,
        recording: Path,
        transcript: str | None = None,
        *,
        max_seconds: float | None = None,
    ) -> ReferenceVoice:
        """Keep a recording, in any format that can be read, as mono 16-bit WAV at its own rate.

        Two that add the same name at the same moment may mix their recording and transcript.

        Raises:
            UsageError: ``voice-name-invalid``.
            ConflictError: ``voice-exists``.
            AudioError: the recording cannot be read, is silent or is shorter than a second.
            LimitError: ``audio-too-long``, longer than ``max_seconds``; ``transcript-too-long``.
            TextError: ``transcript-invalid``.
            StorageError: it cannot be kept.
        """
        name = check_name(name)
        transcript = check_transcript(transcript)
        if self._has(name):
            raise ConflictError(
                "voice-exists", f"There is a voice called '{name}'.", "Remove it first, or take another name."
            )
        clip = read(recording, max_seconds=max_seconds)
        if clip.duration < _MIN_SECONDS:
            raise AudioError(
                "audio-too-short",
                f"The recording lasts {clip.duration:.2f} seconds, too short to know a voice by.",
                "Give at least one second, better five to twelve.",
            )
        if transcript is None:
            self._storage.delete([_text(name)])
        else:
            self._storage.put(_text(name), transcript.encode())
        self._storage.put(_sound(name), _wav(clip))
        return ReferenceVoice(name, clip.duration, clip.sample_rate, transcript)

    def get(self, name: str) -> ReferenceVoice:
        """One voice.

        Raises:
            NotFoundError: ``voice-missing``.
            AudioError: its file, put there by hand, is no recording.
            TextError: its transcript, put there by hand, is no text.
        """
        name = self._known(name)
        duration, rate = self._measure(name)
        return ReferenceVoice(name, duration, rate, self._transcript(name))

    def list(self) -> list[ReferenceVoice]:
        """All voices, sorted by name; files that are none are left out."""
        voices = []
        for item in self._storage.list(_FOLDER):
            name = item.key.removeprefix(_FOLDER).removesuffix(".wav")
            if item.key != _sound(name):
                continue
            try:
                voices.append(self.get(name))
            except (NotFoundError, AudioError, TextError, LimitError):
                continue
        return sorted(voices, key=lambda voice: voice.name)

    def audio(self, name: str) -> bytes:
        """The recording of a voice, a WAV file.

        Raises:
            NotFoundError: ``voice-missing``.
        """
        return self._storage.get(_sound(self._known(name)))

    def remove(self, name: str) -> None:
        """Forget a voice.

        Raises:
            NotFoundError: ``voice-missing``.
        """
        name = self._known(name)
        self._storage.delete([_sound(name)])
        self._storage.delete([_text(name)])

    def _has(self, name: str) -> bool:
        try:
            self._storage.size(_sound(name))
        except NotFoundError:
            return False
        return True

    def _known(self, name: str) -> str:
        """The name in the form that it is kept under, if there is such a voice."""
        try:
            composed = check_name(name)
        except UsageError:
            composed = ""
        if not composed or not self._has(composed):
            raise NotFoundError(
                "voice-missing",
                f"There is no reference voice called {name[:64]!r}.",
                "Add it first, or check the name in the list of voices.",
            )
        return composed

    def _transcript(self, name: str) -> str | None:
        try:
            data = self._storage.get(_text(name))
        except NotFoundError:
            return None
        return read_transcript(data, f"The transcript of the voice '{name}'")

    def _measure(self, name: str) -> tuple[float, int]:
        """Length in seconds and rate in Hz; the whole file is read only where its head does not say it."""
        key = _sound(name)
        size = self._storage.size(key)
        head = b"".join(self._storage.chunks(key, 0, min(size, _HEAD_BYTES)))
        try:
            with wave.open(BytesIO(head)) as file:
                frames, width = file.getnframes(), file.getnchannels() * file.getsampwidth()
                if frames * width <= size:
                    return frames / file.getframerate(), file.getframerate()
        except (wave.Error, EOFError, ZeroDivisionError):
            pass  # samples that are no integers, or no WAV file at all
        return _info(self._storage.get(key), name)


def _sound(name: str) -> str:
    return f"{_FOLDER}{name}.wav"


def _text(name: str) -> str:
    return f"{_FOLDER}{name}.txt"


def _info(data: bytes, name: str) -> tuple[float, int]:
    import soundfile

    try:
        info = soundfile.info(BytesIO(data))
    except soundfile.LibsndfileError as error:
        raise AudioError(
            "audio-unreadable",
            f"The recording of the voice '{name}' cannot be read as audio.",
            "Add it again.",
        ) from error
    return info.frames / info.samplerate, info.samplerate


def _wav(clip: Clip) -> bytes:
    import soundfile

    file = BytesIO()
    soundfile.write(file, clip.samples, clip.sample_rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
