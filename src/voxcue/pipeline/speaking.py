"""Text to speech, three ways over one plan: whole in memory, as a stream, or straight into files."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import numpy as np

from voxcue.audio.write import AudioWriter
from voxcue.captions import Track
from voxcue.output import OutputFolder
from voxcue.pipeline.plan import Plan, SpeakOptions, plan
from voxcue.pipeline.speech import Checked, Speech, write_captions
from voxcue.pipeline.verifying import summary
from voxcue.types import Check, Clip, Reference, Segment, Word


def speak(
    text: str,
    *,
    voice: str | Reference | None = None,
    engine: str | None = None,
    aligner: str | None = None,
    speed: float = 1.0,
    seed: int = 0,
    voice_text: str | None = None,
    duration: float | None = None,
    verify: str | None = None,
    attempts: int | None = None,
) -> Speech:
    """Speak a text and time every word of it.

    Args:
        text: what to say; ``[pause 0.5s]`` makes a pause.
        voice: a voice of the engine, its first by default; for an engine that clones also a reference voice,
            by its name in the library, or the path of a recording.
        engine: "hibari", the embedded one, by default.
        aligner: what times the words; by default the engine's own times, if it has them.
        speed: a factor on the engine's pace.
        seed: the same seed gives the same audio.
        voice_text: what is said in the recording that ``voice`` names; by default it is read from the
            ``.txt`` beside the recording, or recognised.
        duration: seconds that the whole is to last, for an engine that can be told.
        verify: "flag" says in ``verification`` of the result what is doubtful; "retry" speaks those
            utterances again and keeps the best attempt; "off". By default "retry" for engines that clone,
            else "flag".
        attempts: how often "retry" speaks an utterance again at most; 3 by default.

    Raises:
        VoxcueError: see the classes in `voxcue.errors`.
    """
    options = SpeakOptions(engine, voice, aligner, speed, seed, voice_text, duration, verify, attempts)
    made = plan(text, options)
    with closing(made.segments()) as segments:
        finished = list(segments)
    samples = np.concatenate([segment.clip.samples for segment in finished])
    return Speech(
        text=text,
        clip=Clip(samples, made.engine.sample_rate),
        words=tuple(word for segment in finished for word in segment.words),
        aligner=made.aligner.name,
        engine=made.engine.name,
        voice=made.prompt.voice.name,
        verification=summary(made.verifying, (segment.check for segment in finished)),
    )


def stream(
    text: str,
    *,
    voice: str | Reference | None = None,
    engine: str | None = None,
    aligner: str | None = None,
    speed: float = 1.0,
    seed: int = 0,
    voice_text: str | None = None,
    duration: float | None = None,
    verify: str | None = None,
    attempts: int | None = None,
) -> Generator[Segment]:
    """Like `speak`, but yield each utterance as soon as it is finished, while the next is being made.

    The text and the options are checked at the call, before the first segment is asked for.
    """
    options = SpeakOptions(engine, voice, aligner, speed, seed, voice_text, duration, verify, attempts)
    return plan(text, options).segments()


def speak_to(
    folder: Path, made: Plan, chosen: Checked, on_segment: Callable[[Segment], None] | None = None
) -> Track:
    """Speak a plan into files, segment by segment: memory does not grow with the length of the text.

    Raises:
        OutputError: the folder cannot be written to; nothing is left in it then.
    """
    words: list[Word] = []
    checks: list[Check | None] = []
    samples = 0
    with OutputFolder(folder) as output:
        part = output.part(chosen.audio_name)
        rate = made.engine.sample_rate
        with AudioWriter(part, chosen.format, rate) as audio, closing(made.segments()) as segments:
            for segment in segments:
                audio.write(segment.clip)
                words += segment.words
                checks.append(segment.check)
                samples += len(segment.clip.samples)
                if on_segment:
                    on_segment(segment)
        track = Track(
            text=made.script.source,
            duration=samples / rate,
            sample_rate=rate,
            words=tuple(words),
            engine=made.engine.name,
            voice=made.prompt.voice.name,
            aligner=made.aligner.name,
            audio=chosen.audio_name,
            verification=summary(made.verifying, checks),
        )
        write_captions(output, track, chosen)
    return track
