"""The library of reference voices: recordings of speakers, kept under names.

In storage a voice is one object, ``voices/Name.wav``, that carries its transcript
(`voxcue.voices.references`). Files put there by hand are voices too: any WAV, with what is said in it in
``voices/Name.txt`` or nowhere. Those are prepared when they are first used, and kept as ``prompts/<hash of
both files>.wav``.
"""

from __future__ import annotations

import wave
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from voxcue.engines import engine_class, engine_names
from voxcue.errors import (
    AudioError,
    ConflictError,
    LimitError,
    NotFoundError,
    TextError,
    UnavailableError,
    UsageError,
    VoxcueError,
)
from voxcue.storage import Storage
from voxcue.types import Reference
from voxcue.voices.names import check_name
from voxcue.voices.preparation import Prepared, prepare
from voxcue.voices.references import decode, encode, reference, said_in
from voxcue.voices.transcripts import read_transcript

_FOLDER = "voices/"
_READY = "prompts/"
_HEAD_BYTES = 1 << 16
"""Enough of a WAV file to know its length and transcript: what is before the sound is rarely more."""


@dataclass(frozen=True, slots=True)
class ReferenceVoice:
    """A voice to speak like: the length of its recording (seconds), its rate (Hz), and what is said in it.

    ``prepared`` is what it was made from, for one that was added just now.
    """

    name: str
    duration: float
    sample_rate: int
    transcript: str | None
    prepared: Prepared | None = field(default=None, compare=False)


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
        language: str | None = None,
        max_seconds: float | None = None,
    ) -> ReferenceVoice:
        """Prepare a recording, in any format that can be read, and keep its best stretch.

        Of two that add the same name at the same moment, the later one is kept, whole.

        Raises:
            UsageError: ``voice-name-invalid``.
            ConflictError: ``voice-exists``.
            StorageError: it cannot be kept.
            VoxcueError: whatever `voxcue.voices.preparation.prepare` raises, for a recording or a transcript
                that is not fit.
        """
        name = check_name(name)
        if name in _built_in():
            raise ConflictError(
                "voice-exists", f"An engine has a voice called '{name}'.", "Take another name."
            )
        if self.has(name):
            raise ConflictError(
                "voice-exists", f"There is a voice called '{name}'.", "Remove it first, or take another name."
            )
        made = prepare(recording, transcript, language=language, max_seconds=max_seconds)
        self._storage.delete([_text(name)])  # of another voice, put there by hand
        self._storage.put(_sound(name), encode(reference(name, made.clip, made.transcript)))
        return ReferenceVoice(name, made.clip.duration, made.clip.sample_rate, made.transcript, made)

    def reference(self, name: str) -> Reference:
        """One voice, ready for an engine.

        Raises:
            NotFoundError: ``voice-missing``.
            VoxcueError: whatever `voxcue.voices.preparation.prepare` raises, for files put there by hand.
        """
        name = _checked(name)
        sound, text = self._files(name)
        if text is None and (ready := decode(name, sound)):
            return ready
        key = _prompt(sound, text)
        try:
            if ready := decode(name, self._storage.get(key)):
                return ready
        except NotFoundError:
            pass
        said = said_in(sound) if text is None else read_transcript(text, _transcript_of(name))
        ready = _prepared(name, sound, said)
        self._storage.put(key, encode(ready))
        return ready

    def get(self, name: str) -> ReferenceVoice:
        """One voice.

        Raises:
            NotFoundError: ``voice-missing``.
            AudioError: its file, put there by hand, is no recording.
            TextError: its transcript, put there by hand, is no text.
        """
        name = _checked(name)
        with _missing(name):
            size = self._storage.size(_sound(name))
        return self._described(name, size, self._text(name))

    def list(self) -> list[ReferenceVoice]:
        """All voices, sorted by name; files that are none are left out."""
        sizes = {item.key: item.size for item in self._storage.list(_FOLDER)}
        voices = []
        for key, size in sorted(sizes.items()):
            name = key.removeprefix(_FOLDER).removesuffix(".wav")
            if key != _sound(name):
                continue
            try:
                text = self._text(name) if _text(name) in sizes else None
                voices.append(self._described(_checked(name), size, text))
            except (NotFoundError, AudioError, TextError, LimitError):
                continue
        return sorted(voices, key=lambda voice: voice.name)

    def audio(self, name: str) -> bytes:
        """The recording of a voice, a WAV file.

        Raises:
            NotFoundError: ``voice-missing``.
        """
        name = _checked(name)
        with _missing(name):
            return self._storage.get(_sound(name))

    def remove(self, name: str) -> None:
        """Forget a voice, and what was prepared of it.

        Raises:
            NotFoundError: ``voice-missing``.
        """
        name = _checked(name)
        ready = _prompt(*self._files(name))
        self._storage.delete([_sound(name)])
        self._storage.delete([_text(name), ready])

    def has(self, name: str) -> bool:
        """Whether there is such a voice."""
        try:
            self._storage.size(_sound(_checked(name)))
        except NotFoundError:
            return False
        return True

    def _files(self, name: str) -> tuple[bytes, bytes | None]:
        """The sound of a voice, and the text beside it if there is one."""
        with _missing(name):
            sound = self._storage.get(_sound(name))
        return sound, self._text(name)

    def _text(self, name: str) -> bytes | None:
        try:
            return self._storage.get(_text(name))
        except NotFoundError:
            return None

    def _described(self, name: str, size: int, text: bytes | None) -> ReferenceVoice:
        """A voice by the first bytes of its file; all is read where those do not say its length."""
        head = b"".join(self._storage.chunks(_sound(name), 0, min(size, _HEAD_BYTES)))
        said = said_in(head) if text is None else read_transcript(text, _transcript_of(name))
        length = _length(head, size) or _info(self._storage.get(_sound(name)), name)
        return ReferenceVoice(name, *length, said)


def _checked(name: str) -> str:
    """The name in the form that a voice of that name is kept under.

    Raises:
        NotFoundError: ``voice-missing``, no voice can have it.
    """
    try:
        return check_name(name)
    except UsageError as error:
        raise _unknown(name) from error


@contextmanager
def _missing(name: str) -> Generator[None]:
    """An object that is not there is a voice that is not there."""
    try:
        yield
    except NotFoundError as error:
        raise _unknown(name) from error


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(
        "voice-missing",
        f"There is no reference voice called {name[:64]!r}.",
        "Add it first, or check the name in the list of voices.",
    )


def _built_in() -> set[str]:
    """The voices that engines have of their own: a reference voice of that name could not be asked for."""
    names: set[str] = set()
    for engine in engine_names():
        with suppress(UnavailableError):
            names |= {voice.name for voice in engine_class(engine)().voices()}
    return names


def _sound(name: str) -> str:
    return f"{_FOLDER}{name}.wav"


def _text(name: str) -> str:
    return f"{_FOLDER}{name}.txt"


def _prompt(sound: bytes, text: bytes | None) -> str:
    """Where the prepared form of two files is kept: both hashed, so that other files have another."""
    digest = sha256(sha256(sound).digest() + (b"" if text is None else sha256(text).digest()))
    return f"{_READY}{digest.hexdigest()}.wav"


def _transcript_of(name: str) -> str:
    return f"The transcript of the voice '{name}'"


def _prepared(name: str, sound: bytes, transcript: str | None) -> Reference:
    with TemporaryDirectory(prefix="voxcue-") as folder:
        path = Path(folder) / f"{name}.wav"
        path.write_bytes(sound)
        try:
            made = prepare(path, transcript)
        except VoxcueError as error:
            error.message = f"The voice '{name}' cannot be used. {error.message.replace(str(path), name)}"
            raise
    return reference(name, made.clip, made.transcript)


def _length(head: bytes, size: int) -> tuple[float, int] | None:
    """Length (seconds) and rate (Hz) by the first bytes of a file of ``size``; ``None``: they do not say."""
    try:
        with wave.open(BytesIO(head)) as file:
            frames, width = file.getnframes(), file.getnchannels() * file.getsampwidth()
            if frames * width <= size:
                return frames / file.getframerate(), file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        pass  # samples that are no integers, or no WAV file at all
    return None


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
