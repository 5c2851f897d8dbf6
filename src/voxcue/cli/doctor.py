"""The commands about the machine: warm it up, and check that an engine is understood."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

from voxcue.cli.present import Bar, document
from voxcue.engines import engine_class
from voxcue.errors import VoxcueError
from voxcue.pipeline import SpeakOptions
from voxcue.pipeline.checkup import PARAGRAPH, Checkup, checkup, sample_voice
from voxcue.pipeline.speech import Speech
from voxcue.settings import settings


def warm_up(engine: str | None, *, as_json: bool) -> None:
    """Prepare an engine for later starts, and say what was done."""
    name = engine or settings().engine
    begun = perf_counter()
    with Bar("warming up"):
        done = engine_class(name)().warm_up()
    seconds = round(perf_counter() - begun, 1)
    if as_json:
        document({"engine": name, "done": done, "seconds": seconds})
    else:
        sys.stdout.write(f"{name}: {done} in {seconds} s\n")


def doctor(engine: str | None, voice: str | None, folder: Path | None, most: float, *, as_json: bool) -> None:
    """Speak a paragraph, transcribe it, and report.

    Raises:
        VoxcueError: ``checkup-failed``, more than ``most`` of the words were heard wrong.
    """
    name = engine or settings().engine
    own = engine_class(name).traits.clones_voices and voice is None and settings().voice is None
    with Bar("speaking and listening"):
        found = checkup(SpeakOptions(engine=name, voice=sample_voice() if own else voice))
    if folder:
        _save(found, folder)
    if as_json:
        document(_facts(found))
    else:
        for label, value in _facts(found).items():
            sys.stdout.write(f"{label.replace('_', ' '):16} {value}\n")
    if found.word_error_rate > most:
        raise VoxcueError(
            "checkup-failed",
            f"Of what the engine '{name}' said, {found.word_error_rate:.0%} of the words were heard wrong.",
            "Listen to it (-o DIR keeps it): the model, the voice or the number of steps may be at fault.",
        )


def _facts(found: Checkup) -> dict[str, object]:
    return {
        "engine": found.engine,
        "voice": found.voice,
        "speech": round(found.clip.duration, 2),
        "seconds_taken": round(found.seconds, 2),
        "real_time_factor": round(found.seconds / found.clip.duration, 3),
        "word_error_rate": round(found.word_error_rate, 4),
        "said": PARAGRAPH,
        "heard": found.heard,
    }


def _save(found: Checkup, folder: Path) -> None:
    speech = Speech(PARAGRAPH, found.clip, found.words, found.aligner, found.engine, found.voice)
    speech.save(folder)
