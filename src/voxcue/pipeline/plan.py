"""A text, checked and ready to be spoken: everything that can be wrong is found here, before any work."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from voxcue.aligners import Aligner, aligner_class, fill, fitting_aligners, speaks
from voxcue.audio.loudness import Leveller
from voxcue.engines import Engine, EngineTraits, VoicePrompt, engine_class, engine_names
from voxcue.engines.batching import Batcher
from voxcue.errors import AlignmentError, TextError, UsageError, VoxcueError
from voxcue.pipeline.clips import Clips
from voxcue.pipeline.clock import Clock
from voxcue.pipeline.durations import check_duration, durations
from voxcue.pipeline.overlap import ahead
from voxcue.pipeline.verifying import Verifying, placed, verifying
from voxcue.pipeline.voice import find_voice
from voxcue.settings import settings
from voxcue.text import parse
from voxcue.types import Check, Clip, Reference, Script, Segment, Token, Utterance, Word

if TYPE_CHECKING:
    from voxcue.voices import Library


@dataclass(frozen=True, slots=True)
class SpeakOptions:
    """How to speak a text. ``None`` takes the setting, then the engine's own default.

    ``speed`` is a factor on the engine's pace; ``seed`` makes a reading repeatable: the same text, options
    and machine give the same audio. ``voice`` is what `find_voice` takes; ``voice_text`` is what is said in
    it, when it is a recording. ``duration`` is how long the whole lasts, pauses included, in seconds,
    whatever the speed. ``verify`` and ``attempts`` are what `verifying` takes.
    """

    engine: str | None = None
    voice: str | Reference | None = None
    aligner: str | None = None
    speed: float = 1.0
    seed: int = 0
    voice_text: str | None = None
    duration: float | None = None
    verify: str | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A reading that can begin: make one with `plan`.

    ``clock`` counts the seconds of each stage: "text", "voice", "engine", "verification" (with what is spoken
    again), "aligner" and "loudness".
    """

    script: Script
    engine: Engine
    prompt: VoicePrompt
    aligner: Aligner
    options: SpeakOptions
    verifying: Verifying | None = None
    clock: Clock = field(default_factory=Clock)

    def segments(self) -> Generator[Segment]:
        """Speak, align and level, utterance by utterance; the stages overlap.

        Close the generator to stop early.
        """
        leveller = Leveller(settings().loudness, settings().true_peak)
        rate = self.engine.sample_rate
        utterances = self.script.utterances
        written = spoken = 0
        with ExitStack() as stack:
            clips = stack.enter_context(closing(ahead(self._timed(self._verified(stack)))))
            for index, (utterance, (clip, words, check)) in enumerate(zip(utterances, clips, strict=True)):
                lead = 0 if index else round(self.script.lead * rate)
                start = (written + lead) / rate
                pause = round(utterance.pause * rate)
                with self.clock("loudness"):
                    clip = _padded(leveller(clip), lead, pause)
                begins = written / rate
                written += len(clip.samples)
                moved = _moved(words, start, written / rate)
                check = placed(check, spoken, start)
                spoken += len(words)
                yield Segment(index, len(utterances), begins, clip, moved, check)

    def _verified(self, stack: ExitStack) -> Generator[tuple[Clip, Check | None]]:
        """The clips as they were spoken, or as they were spoken best."""
        engine, how = self.engine, self.verifying
        if how and how.mode == "retry" and not isinstance(engine, Batcher):
            engine = stack.enter_context(Batcher(engine, wait=0.0))  # it takes two callers, an engine one
        options = self.options
        lengths = durations(self.script, options.duration)
        source = Clips(engine, self.script.utterances, self.prompt, options.speed, options.seed, lengths)
        listened = self._listened(source, ahead(source.spoken(self.clock)))
        return ahead(listened) if how else listened

    def _listened(self, source: Clips, clips: Generator[Clip]) -> Generator[tuple[Clip, Check | None]]:
        how = self.verifying
        with closing(clips):
            for index, (clip, utterance) in enumerate(zip(clips, self.script.utterances, strict=True)):
                if how is None:
                    yield clip, None
                    continue
                with closing(source.again(index, how.attempts)) as again, self.clock("verification"):
                    found = how.best(clip, utterance, again)
                yield found

    def _timed(
        self, clips: Generator[tuple[Clip, Check | None]]
    ) -> Generator[tuple[Clip, list[Word], Check | None]]:
        with closing(clips):
            for (clip, check), utterance in zip(clips, self.script.utterances, strict=True):
                with self.clock("aligner"):
                    words = self._aligned(clip, utterance)
                yield replace(clip, marks=None), words, check

    def _aligned(self, clip: Clip, utterance: Utterance) -> list[Word]:
        """Times for every token; what the aligner cannot follow is shared out at confidence 0."""
        tokens = utterance.tokens
        try:
            return self.aligner.align(clip, tokens)
        except AlignmentError:
            return fill.words(tokens, [None] * len(tokens), clip.duration, [0.0] * len(tokens))


def plan(
    text: str, options: SpeakOptions, engine: Engine | None = None, library: Library | None = None
) -> Plan:
    """Read the text, find the engine, voice and aligner, and check that they fit together.

    Args:
        text: what to say.
        options: how.
        engine: one that is made already, in place of a new one of the name in ``options``.
        library: where voices are looked up; without one, that of the settings, and paths of recordings are
            taken as well.

    Raises:
        TextError: nothing to say, wrong markup, or characters that the engine cannot say.
        UsageError: an unknown engine, voice or aligner, a speed or a duration out of range, or a verification
            that is not possible here.
        UnavailableError: the engine or the voice is not installed here.
        AudioError: a recording that no voice can be taken from.
    """
    clock = Clock()
    loaded = engine or engine_class(options.engine or settings().engine)
    _check_speed(options.speed, loaded.traits.speeds)
    if options.seed < 0:
        raise UsageError("seed-range", f"The seed {options.seed} is negative.", "Choose 0 or more.")
    aligner = _aligner_for(options.aligner or settings().aligner, loaded.traits)
    language, clones = loaded.traits.languages[0], loaded.traits.clones_voices
    how = verifying(options.verify, options.attempts, language, clones=clones, aligner=aligner)
    with clock("text"):
        script = parse(text, max_chars=loaded.traits.max_characters)
        speaker = loaded() if isinstance(loaded, type) else loaded
        _check_speakable(script, speaker)
        check_duration(script, options.duration, speaker)
    with clock("voice"):
        voice = find_voice(speaker, options.voice, library=library, text=options.voice_text)
        prompt = speaker.prepare(voice)
    with clock("text"):
        script = _shorter(script, prompt, options.speed, loaded.traits)
        check_duration(script, options.duration, speaker)
    return Plan(script, speaker, prompt, aligner, options, how, clock)


def _shorter(script: Script, prompt: VoicePrompt, speed: float, traits: EngineTraits) -> Script:
    """The text in utterances that this voice takes at this speed."""
    if prompt.max_characters is None:
        return script
    limit = max(1, int(prompt.max_characters * speed))
    return parse(script.source, max_chars=limit) if limit < traits.max_characters else script


def choose_aligner(name: str, language: str, marked: bool) -> Aligner:
    """The aligner of that name; "auto" takes the first of `fitting_aligners`.

    Args:
        name: of an aligner, or "auto".
        language: BCP 47 tag of what is said.
        marked: whether the engine leaves times of its own.

    Raises:
        UsageError: unknown name, one that needs times which are not there, or none for the language.
    """
    if name != "auto":
        chosen = aligner_class(name)
        if chosen.needs_marks and not marked:
            raise UsageError(
                "aligner-unfit",
                f"The aligner '{name}' only passes on times that an engine knows, and here there are none.",
                "Use --aligner auto, or one that listens: 'voxcue aligners' lists them.",
            )
        if not speaks(chosen.languages, language):
            raise UsageError(
                "aligner-unfit",
                f"The aligner '{name}' does not know the language '{language}'.",
                "Use --aligner auto, or one that does: 'voxcue aligners' lists them.",
            )
        return chosen()
    fitting = next(fitting_aligners(language, marked=marked), None)
    if fitting:
        return fitting()
    raise UsageError(
        "aligner-none",
        f"No installed aligner knows the language '{language}'.",
        "Set VOXCUE_CTC_MODEL to a model of that language, for the aligner 'ctc'.",
    )


def _aligner_for(name: str, traits: EngineTraits) -> Aligner:
    return choose_aligner(name, traits.languages[0], traits.times_words)


def _check_speed(speed: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not (math.isfinite(speed) and low <= speed <= high):
        raise UsageError(
            "speed-range",
            f"The speed {speed:g} is outside what this engine speaks at: {low:g} to {high:g}.",
            "1 is its own pace, 0.8 a fifth slower.",
        )


def _check_speakable(script: Script, engine: Engine) -> None:
    strange = engine.unspeakable("".join(u.spoken for u in script.utterances))
    if not strange:
        return
    where = next(t for u in script.utterances for t in u.tokens if set(strange) & set(t.spoken))
    able = [name for name in engine_names() if name != engine.name and _can_say(name, strange)]
    raise TextError(
        "text-unspeakable",
        f"The engine '{engine.name}' cannot say {_listed(strange)}, first met in '{_short(where)}'.",
        f"Use one of these engines: {', '.join(able)}." if able else "No engine that is installed here can.",
    )


def _can_say(name: str, text: str) -> bool:
    try:
        other = engine_class(name)()
        return any(voice.ready for voice in other.voices()) and not other.unspeakable(text)
    except VoxcueError:
        return False


def _listed(characters: str, most: int = 10) -> str:
    shown = " ".join(f"'{each}'" for each in characters[:most])
    return shown + (f" and {len(characters) - most} more characters" if len(characters) > most else "")


def _short(token: Token) -> str:
    return token.text if len(token.text) <= 40 else token.text[:39] + "\u2026"


def _moved(words: Sequence[Word], start: float, latest: float) -> tuple[Word, ...]:
    """The words counted from ``start``; a sum of floats may not put one after the audio."""
    return tuple(
        replace(word, start=min(start + word.start, latest), end=min(start + word.end, latest))
        for word in words
    )


def _padded(clip: Clip, before: int, after: int) -> Clip:
    return replace(clip, samples=np.pad(clip.samples, (before, after)))
