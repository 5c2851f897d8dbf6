"""What a user means by a voice: one of the engine's own, one of the library, or a recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voxcue.engines import Engine
from voxcue.errors import UsageError
from voxcue.settings import settings
from voxcue.types import Reference

if TYPE_CHECKING:
    from voxcue.voices import Library


def find_voice(
    engine: Engine, asked: str | Reference | None, *, library: Library | None = None, text: str | None = None
) -> str | Reference:
    """The voice to prepare: a name of the engine's own, or a reference for an engine that clones.

    Args:
        engine: whose voices come first.
        asked: a name, the path of a recording, or a reference; ``None`` takes the setting, then the first
            voice of the engine.
        library: where names are looked up. Without one that of the settings is taken, and ``asked`` may be
            the path of a recording too; servers give one, so that no request opens a file.
        text: what is said in the recording that ``asked`` names; else it is read from the ``.txt`` beside the
            recording, or recognised.

    Raises:
        UsageError: ``voice-unknown``, ``voice-uncloned``, ``voice-needed``, ``voice-text-unfit``.
        VoxcueError: whatever `voxcue.voices.prepare` raises, for a recording that is not fit.
    """
    own = [voice.name for voice in engine.voices()]
    wanted = asked if asked is not None else settings().voice or next(iter(own), None)
    if wanted is None:
        raise UsageError(
            "voice-needed",
            f"The engine '{engine.name}' has no voices of its own, and none was asked for.",
            "Add one with: voxcue voices add NAME FILE, and ask for it.",
        )
    if isinstance(wanted, Reference):
        return _cloned(engine, wanted.name, own, lambda: wanted, text)
    if wanted in own:
        _check_no_text(text)
        return wanted
    known = library or _library()
    if known.has(wanted):
        return _cloned(engine, wanted, own, lambda: known.reference(wanted), text)
    if library is None and _is_file(wanted):
        return _cloned(engine, wanted, own, lambda: _recorded(Path(wanted), text))
    raise _unknown(engine, wanted, own, known)


def _cloned(
    engine: Engine, name: str, own: Sequence[str], make: Callable[[], Reference], text: str | None = None
) -> Reference:
    """A reference, made when the engine has use for it; ``text`` is one that does not belong to it."""
    if not engine.traits.clones_voices:
        raise UsageError(
            "voice-uncloned",
            f"The engine '{engine.name}' speaks with its own voices and cannot clone '{name}'.",
            f"Choose one of its voices ({', '.join(own)}), or an engine that clones: 'voxcue engines'.",
        )
    _check_no_text(text)
    return make()


def _check_no_text(text: str | None) -> None:
    if text is not None:
        raise UsageError(
            "voice-text-unfit",
            "The text of a voice was given, but the voice is no recording.",
            "Leave --voice-text out, or give the path of a recording as the voice.",
        )


def _recorded(path: Path, text: str | None) -> Reference:
    """A recording, prepared, with its text from the file beside it if none is given."""
    from voxcue.voices import prepare, reference
    from voxcue.voices.transcripts import transcript_file

    beside = path.with_suffix(".txt")
    if text is None and beside != path and beside.is_file():
        text = transcript_file(beside)
    made = prepare(path, text)
    return reference(path.stem, made.clip, made.transcript)


def _library() -> Library:
    """Imported when asked for: whoever speaks with an engine's own voice does not wait for it."""
    from voxcue.storage import Storage
    from voxcue.voices import Library

    return Library(Storage(settings().storage))


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _unknown(engine: Engine, name: str, own: Sequence[str], library: Library) -> UsageError:
    others = [voice.name for voice in library.list()] if engine.traits.clones_voices else []
    known = ", ".join([*own, *others]) or "none yet"
    return UsageError(
        "voice-unknown",
        f"The engine '{engine.name}' has no voice called '{name}'; known: {known}.",
        "Run 'voxcue voices list' to see them."
        if not engine.traits.clones_voices
        else "Run 'voxcue voices list' to see them, or 'voxcue voices add NAME FILE' to add one.",
    )
