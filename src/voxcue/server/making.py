"""From a request to finished files: what every route that speaks or aligns does in its thread."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from voxcue.aligners import speaks
from voxcue.captions import Track, mismatch_entries, verification_entry
from voxcue.captions.words import word_entries
from voxcue.engines.batching import Batcher
from voxcue.errors import LimitError, UsageError
from voxcue.pipeline import Plan, SaveOptions, SpeakOptions, plan
from voxcue.server.jobs import Job
from voxcue.server.schemas import (
    Difference,
    File,
    SpeechReply,
    SpeechRequest,
    TimedWord,
    VerificationInfo,
    VoiceReference,
)
from voxcue.server.services import Services
from voxcue.storage import ResultFile, publish
from voxcue.types import Reference

_INLINE_LIMIT = 32 * 1024 * 1024
"""Bytes of files that fit into a reply as base64."""

TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "pcm": "audio/pcm",
    "ass": "text/x-ssa; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
"""Media types by format."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished track, its files in a temporary folder by kind, and how long each stage took."""

    id: str
    track: Track
    paths: Mapping[str, Path]
    timings: Mapping[str, float]

    def reply(self, files: Mapping[str, File]) -> SpeechReply:
        """What the client is told."""
        heard = self.track.verification
        return SpeechReply(
            id=self.id,
            duration=round(self.track.duration, 3),
            sample_rate=self.track.sample_rate,
            engine=self.track.engine,
            voice=self.track.voice,
            aligner=self.track.aligner,
            words=words(self.track),
            mismatches=[Difference(**entry) for entry in mismatch_entries(self.track)],
            verification=VerificationInfo(**verification_entry(heard)) if heard else None,
            files=dict(files),
            timings={stage: round(seconds, 4) for stage, seconds in self.timings.items()},
        )


def make_plan(services: Services, ask: SpeechRequest) -> Plan:
    """The plan of a request, with an engine that all requests share.

    Raises:
        VoxcueError: anything that is wrong with the request.
    """
    engine = services.engine(ask.engine)
    _check_language(engine, ask.language)
    options = SpeakOptions(
        engine.name,
        _voice(services, engine, ask.voice),
        ask.aligner,
        ask.speed,
        ask.seed,
        duration=ask.duration,
        verify=ask.verify,
        attempts=ask.attempts,
    )
    return plan(ask.text, options, engine, services.library)


def kept(captions: Sequence[str] | None, delivery: str) -> list[str] | None:
    """The caption formats to write: the words are always kept, as all else can be made from them again."""
    if captions is None or delivery != "url":
        return None if captions is None else list(captions)
    return list(dict.fromkeys([*captions, "json"]))


def saving(ask: SpeechRequest) -> SaveOptions:
    """What to write for a request to speak."""
    return SaveOptions(kept(ask.captions, ask.delivery), ask.style, ask.format, ask.font_size)


def timings(job: Job, made: Plan | None = None, **more: float) -> dict[str, float]:
    """Seconds by stage, from the moment that the request came."""
    stages = dict(made.clock.seconds) if made else {}
    return {"queue": job.waited, **stages, **more, "total": monotonic() - job.begun}


def words(track: Track) -> list[TimedWord]:
    """The words as the API shows them, with the times of the caption files."""
    return [TimedWord.model_construct(**entry) for entry in word_entries(track)]


def deliver(services: Services, made: Made, delivery: str, link: Callable[[str, str], str]) -> SpeechReply:
    """Keep the files and link to them, or put them into the reply.

    Raises:
        StorageError: they cannot be kept.
        LimitError: ``inline-too-large``.
    """
    if delivery == "inline":
        return made.reply(inline(made.paths))
    begun = perf_counter()
    files = {kind: ResultFile(path.name, _type(path), path) for kind, path in made.paths.items()}
    publish(services.storage, made.id, files, about(made))
    kept = {kind: described(path, url=link(made.id, path.name)) for kind, path in made.paths.items()}
    reply = made.reply(kept)
    reply.timings["storage"] = round(perf_counter() - begun, 4)
    reply.timings["total"] = round(reply.timings["total"] + reply.timings["storage"], 4)
    return reply


def inline(paths: Mapping[str, Path]) -> dict[str, File]:
    """The files with their bytes as base64."""
    size = sum(path.stat().st_size for path in paths.values())
    if size > _INLINE_LIMIT:
        raise LimitError(
            "inline-too-large",
            f"The files have {size:,} bytes together, too many for a reply that holds them.",
            'Ask for links with "delivery": "url", or for mp3 or opus.',
        )
    return {kind: described(path, data=b64encode(path.read_bytes()).decode()) for kind, path in paths.items()}


def described(path: Path, **where: str) -> File:
    """A file of a reply."""
    return File(name=path.name, content_type=_type(path), size=path.stat().st_size, **where)


def count(services: Services, plan: Plan, stages: Mapping[str, float], duration: float, words: int) -> None:
    """Tell the metrics about a finished speech of ``duration`` seconds."""
    services.metrics.stages(stages)
    work = stages["total"] - stages["queue"]
    services.metrics.speech(plan.engine.name, plan.aligner.name, duration, words, work)


def about(made: Made) -> dict[str, Any]:
    """What a result says of itself where it is kept."""
    track = made.track
    return {
        "duration": round(track.duration, 3),
        "words": len(track.words),
        "engine": track.engine,
        "voice": track.voice,
        "aligner": track.aligner,
        "timings": dict(made.timings),
    }


def _type(path: Path) -> str:
    return TYPES[path.suffix.removeprefix(".")]


def _check_language(engine: Batcher, language: str | None) -> None:
    known = engine.traits.languages
    if language and not speaks(known, language):
        raise UsageError(
            "language-unfit",
            f"The engine '{engine.name}' does not speak '{language[:35]}'; it speaks {', '.join(known)}.",
            "Leave the language out, or choose another engine: /v1/models lists them.",
        )


def _voice(services: Services, engine: Batcher, asked: str | VoiceReference | None) -> str | Reference | None:
    """A recording behind a URL is fetched and prepared here; names are for the plan to look up."""
    if not isinstance(asked, VoiceReference):
        return asked
    if not engine.traits.clones_voices:
        raise UsageError(
            "voice-uncloned",
            f"The engine '{engine.name}' speaks with its own voices and cannot clone the voice behind a URL.",
            f"Choose one of its voices: {', '.join(voice.name for voice in engine.voices())}.",
        )
    return services.fetched.reference(asked.audio_url, asked.transcript)
