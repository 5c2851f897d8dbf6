"""The commands about reference voices: add, show and remove one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from voxcue.cli.present import Bar, document
from voxcue.errors import UsageError
from voxcue.settings import settings
from voxcue.storage import Storage
from voxcue.voices import Library, ReferenceVoice
from voxcue.voices.transcripts import transcript_file


def add(
    name: str, recording: Path, text: str | None, file: Path | None, language: str | None, *, as_json: bool
) -> None:
    """Prepare a recording, keep it, and say what was kept."""
    if text is not None and file is not None:
        raise UsageError(
            "text-source", "A text and a file with the text were both given.", "Give --text or --text-file."
        )
    said = text if file is None else transcript_file(file)
    with Bar("preparing"):
        voice = library().add(name, recording, said, language=language)
    made = voice.prepared
    assert made is not None
    if as_json:
        about = {
            "start": round(made.stretch.start, 3),
            "end": round(made.stretch.end, 3),
            "recorded": round(made.recorded, 3),
            "recognised": made.heard,
        }
        document(_facts(voice) | about)
        return
    source = "recognised" if made.heard else "said"
    sys.stdout.write(
        f"'{voice.name}' is kept: {voice.duration:.1f} s, from {made.stretch.start:.1f} to "
        f"{made.stretch.end:.1f} s of {made.recorded:.1f} s\n{source}: {voice.transcript}\n"
    )


def show(name: str, *, as_json: bool) -> None:
    """One reference voice."""
    voice = library().get(name)
    if as_json:
        document(_facts(voice))
        return
    said = voice.transcript or "not known; recognised when the voice is first used"
    sys.stdout.write(f"'{voice.name}': {voice.duration:.1f} s at {voice.sample_rate} Hz\nsaid: {said}\n")


def remove(name: str, *, as_json: bool) -> None:
    """Forget a reference voice."""
    library().remove(name)
    if as_json:
        document({"removed": name})
        return
    sys.stdout.write(f"'{name}' is removed\n")


def library() -> Library:
    """The reference voices in the storage of the settings."""
    return Library(Storage(settings().storage))


def _facts(voice: ReferenceVoice) -> dict[str, Any]:
    return {
        "name": voice.name,
        "duration": round(voice.duration, 3),
        "sample_rate": voice.sample_rate,
        "transcript": voice.transcript,
    }
