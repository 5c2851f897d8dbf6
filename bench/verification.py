"""Does the verifier hear what is wrong with an utterance, and nothing where nothing is?

Sentences of Python's manual in voices of flite and festival; neither the texts nor the voices are those that
the limits of the aligner ``sphinx`` were found with. Each utterance as it is, and damaged in one of five
ways. Beside it faster-whisper (tiny.en), for which an utterance is doubtful when the transcript is not the
text. On one core, speed by processor time. Damage to a robot and to a voice that the limits were found with,
and noise and silence around untouched speech, are shown beside it for Voxcue alone. Prints JSON lines, then
a table.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import soxr
from numpy.typing import NDArray

from alignment import RATE, noisy, recogniser
from common import figure
from truth import Spoken, manual, spoken
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.audio.trim import trim
from voxcue.engines import SynthesisRequest
from voxcue.engines.hibari import HibariEngine
from voxcue.text import parse
from voxcue.types import Clip, Doubt, Token

VOICES = (
    ("flite", "rms"),
    ("flite", "awb"),
    ("festival", "ked_diphone"),
    ("festival", "cmu_us_slt_arctic_hts"),
)
ROBOT = ("espeak-ng", "en-us")
TUNED = ("hibari", "heart")
FEW = 125
"""Utterances of each voice."""

RIGHT = {
    "cut": "swallowed",
    "doubled": "repeated",
    "swapped": "mumbled",
    "truncated": "swallowed",
    "noise": "mumbled",
}
"""What is done to an utterance, and the kind of doubt that names it."""

_FADE = RATE // 200
_SHORT = 3
"""Letters of a short word."""

Samples = NDArray[np.float32]
Chance = np.random.Generator


@dataclass(frozen=True)
class Case:
    """An utterance of a text as it was ``spoken``, and the clip in which that was damaged.

    ``first`` and ``last`` are the indices of the words that were hit; ``kind`` is "" where none were.
    """

    spoken: Spoken
    clip: Clip
    kind: str = ""
    first: int = -1
    last: int = -1

    def touches(self, doubt: Doubt) -> bool:
        """Whether a doubt is about a word that was hit, or about its neighbour."""
        return doubt.first <= self.last + 1 and self.first - 1 <= doubt.last

    @property
    def is_short(self) -> bool:
        """Whether what was hit is one short word."""
        return self.first == self.last and len(self.spoken.words[self.first]) <= _SHORT


def damaged(kind: str, one: Spoken, others: Sequence[Spoken], chance: Chance) -> Case:
    """An utterance in which some word was hit; ``others`` are of the same voice, and give it a wrong word."""
    samples, edges = one.clip.samples, _edges(one)
    first = last = int(chance.integers(len(edges)))
    start, end = edges[first]
    match kind:
        case "cut":
            made = _joined(samples[:start], samples[end:])
        case "doubled":
            made = _joined(samples[:end], samples[start:])
        case "swapped":
            made = _joined(samples[:start], _another(one.words[first], others, chance), samples[end:])
        case "truncated":
            last = len(edges) - 1
            end = int(chance.integers(edges[last - 2][0], sum(edges[last]) // 2))
            first = next(word for word, edge in enumerate(edges) if edge[1] > end)
            made = samples[:end].copy()
            made[-_FADE:] *= np.linspace(1, 0, _FADE, dtype=np.float32)
        case _:
            made = samples.copy()
            level = np.sqrt((samples**2).mean()) * 10 ** (chance.uniform(0, 10) / 20)
            made[start:end] += np.asarray(level * chance.standard_normal(end - start), np.float32)
    return Case(one, Clip(made, RATE), kind, first, last)


def _another(word: str, others: Sequence[Spoken], chance: Chance) -> Samples:
    """The sound of some other word."""
    while True:
        other = others[int(chance.integers(len(others)))]
        at = int(chance.integers(len(other.words)))
        if other.words[at] != word:
            start, end = _edges(other)[at]
            sound: Samples = other.clip.samples[start:end]
            return sound


def _edges(one: Spoken) -> list[tuple[int, int]]:
    """Where its words begin and end, in samples."""
    return [(round(span.start * RATE), round(span.end * RATE)) for span in one.spans]


def _joined(*pieces: Samples) -> Samples:
    """Pieces one after the other, each faded into the next within 5 ms."""
    whole = pieces[0]
    for piece in pieces[1:]:
        size = min(_FADE, len(whole), len(piece))
        rise = np.linspace(0, 1, size, dtype=np.float32)
        seam = whole[len(whole) - size :] * (1 - rise) + piece[:size] * rise
        whole = np.concatenate((whole[: len(whole) - size], seam, piece[size:]))
    return whole


def voxcue(words: Sequence[str], clip: Clip) -> tuple[Doubt, ...]:
    """The doubts of the embedded aligner."""
    verdict = _ours.verify(clip, [Token(word, word, 0) for word in words])
    return verdict.doubts if verdict else ()


_ours = SphinxAligner()


def whisper(words: Sequence[str], clip: Clip) -> tuple[Doubt, ...]:
    """One doubt about everything, when faster-whisper writes other letters than those of the words.

    Its digits are read as words; where it puts spaces, and whether a letter is large, is of no matter.
    """
    segments, _ = recogniser().transcribe(clip.samples, language="en", beam_size=1)
    heard = [
        word
        for utterance in parse("".join(segment.text for segment in segments)).utterances
        for token in utterance.tokens
        for word in token.words
    ]
    same = _letters(heard) == _letters(words)
    return () if same else (Doubt("otherwise", 0.0, clip.duration, 0, len(words) - 1),)


def _letters(words: Sequence[str]) -> str:
    return "".join(filter(str.isalpha, "".join(words).lower()))


def between_zeros(samples: Samples, _: Chance) -> Samples:
    """Digital silence of 0.3 s before and after."""
    return np.pad(samples, 3 * RATE // 10)


AROUND = {"noise of 20 dB": noisy(20), "noise of 10 dB": noisy(10), "digital silence around": between_zeros}

VERIFIERS: dict[str, Callable[[Sequence[str], Clip], tuple[Doubt, ...]]] = {
    "voxcue": voxcue,
    "faster-whisper": whisper,
}


def of_voice(synthesizer: str, voice: str, count: int = FEW, turn: int = 0, of: int = 1) -> list[Spoken]:
    """Sentences in one voice at 16 kHz: of several voices each begins with sentences of its own."""
    texts = manual(10**6)
    order = sorted(range(len(texts)), key=lambda at: ((at - turn) % of, at))
    ordered = [texts[at] for at in order]
    made = hibari(ordered, voice) if synthesizer == "hibari" else spoken(ordered, [(synthesizer, voice)])
    found = [
        replace(one, clip=Clip(soxr.resample(one.clip.samples, one.clip.sample_rate, RATE), RATE))
        for one in islice(made, count)
    ]
    if len(found) < count:
        figure("verification", left_out=f"{synthesizer} {voice}: {len(found)} of {count} utterances")
    return found


def hibari(sentences: Sequence[str], voice: str) -> Iterator[Spoken]:
    """Sentences in a voice of hibari, trimmed as Voxcue does; its word times are its own and not exact."""
    engine = HibariEngine()
    prompt = engine.prepare(voice)
    for sentence in sentences:
        words = tuple(sentence.split())
        utterances = parse(sentence).utterances
        if len(utterances) == 1 and tuple(token.spoken for token in utterances[0].tokens) == words:
            (clip,) = engine.synthesize([SynthesisRequest(utterances[0], prompt)])
            clip = trim(clip)
            spans = tuple(mark for mark in clip.marks or () if mark)
            if len(spans) == len(words):
                yield Spoken("hibari", voice, words, spans, clip)


def cases(voices: Sequence[Sequence[Spoken]]) -> list[Case]:
    """Every utterance as it is, then damaged: all kinds in turn, as often in each voice."""
    chance = np.random.default_rng(0)
    kinds = list(RIGHT)
    untouched = [Case(one, one.clip) for ones in voices for one in ones]
    hit = [
        damaged(kinds[at % len(kinds)], one, ones, chance) for ones in voices for at, one in enumerate(ones)
    ]
    return untouched + hit


@dataclass(frozen=True)
class Judged:
    """A case, and what each verifier doubts in it."""

    case: Case
    doubts: dict[str, tuple[Doubt, ...]]

    @property
    def near(self) -> list[Doubt]:
        """Those doubts of ours that are about the words that were hit, or their neighbours."""
        return [each for each in self.doubts["voxcue"] if self.case.touches(each)]

    @property
    def is_named(self) -> bool:
        """Whether one of those says what was done."""
        return any(each.kind == RIGHT[self.case.kind] for each in self.near)


def judge(name: str, tried: Sequence[Case], verifiers: Sequence[str]) -> list[Judged]:
    """Have verifiers hear all cases, and print how fast they are."""
    found: dict[str, list[tuple[Doubt, ...]]] = {}
    speech = sum(case.clip.duration for case in tried)
    for verifier in verifiers:
        VERIFIERS[verifier](tried[0].spoken.words, tried[0].clip)  # loads the model
        begun = time.process_time()
        found[verifier] = [VERIFIERS[verifier](case.spoken.words, case.clip) for case in tried]
        seconds = time.process_time() - begun
        figure("verification, speed", verifier=verifier, speech=name, times_real_time=speech / seconds)
    return [
        Judged(case, {verifier: doubts[at] for verifier, doubts in found.items()})
        for at, case in enumerate(tried)
    ]


def row(name: str, judged: Sequence[Judged]) -> str:
    """Print the figures of some cases, all damaged or none, and give their row of the table."""

    def share(chosen: Iterable[object]) -> float:
        return sum(map(bool, chosen)) / len(judged)

    cells = dict.fromkeys(("voxcue", "at_the_word", "of_its_kind", "faster-whisper"), "")
    for verifier in judged[0].doubts:
        values = {"doubted": share(each.doubts[verifier] for each in judged)}
        cells[verifier] = f"{values['doubted']:.1%}"
        if verifier == "voxcue" and judged[0].case.kind:
            placed = {
                "at_the_word": share(each.near for each in judged),
                "of_its_kind": share(each.is_named for each in judged),
            }
            cells |= {key: f"{value:.1%}" for key, value in placed.items()}
            values |= placed
        figure("verification", verifier=verifier, speech=name, utterances=len(judged), **values)
    return f"| {name} | {len(judged)} | {' | '.join(cells.values())} |"


def counted(voices: Sequence[Sequence[Spoken]]) -> list[str]:
    """What the aims are about."""
    judged = judge("counted", cases(voices), tuple(VERIFIERS))
    hit, untouched = ([each for each in judged if bool(each.case.kind) == wrong] for wrong in (True, False))
    rows = [row(kind, [each for each in hit if each.case.kind == kind]) for kind in RIGHT]
    rows.append(row("all damaged", hit))
    rows.append(row("of them one word of up to three letters", [each for each in hit if each.case.is_short]))
    for ones in voices:
        name = f"{ones[0].synthesizer} {ones[0].voice}"
        same = [each for each in untouched if each.case.spoken.voice == ones[0].voice]
        rows.append(row(f"untouched, {name}", same))
    return [*rows, row("all untouched", untouched)]


def not_counted(voices: Sequence[Sequence[Spoken]]) -> list[str]:
    """Right speech in noise and between silence, a robot, and a voice that the limits were found with."""
    rows = []
    for name, change in AROUND.items():
        chance = np.random.default_rng(0)
        changed = [Case(one, Clip(change(one.clip.samples, chance), RATE)) for ones in voices for one in ones]
        rows.append(row(f"untouched, {name}", judge(name, changed, ["voxcue"])))
    for synthesizer, voice in (ROBOT, TUNED):
        ones = of_voice(synthesizer, voice, len(voices[0]))
        if ones:
            name = f"{synthesizer} {voice}"
            judged = judge(name, cases([ones]), ["voxcue"])
            rows.append(row(f"damaged, {name}", [each for each in judged if each.case.kind]))
            rows.append(row(f"untouched, {name}", [each for each in judged if not each.case.kind]))
    return rows


def main() -> None:
    """Print the figures, then the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FEW
    made = [of_voice(*voice, count, turn, len(VOICES)) for turn, voice in enumerate(VOICES)]
    voices = [ones for ones in made if ones]
    if not voices:
        return
    rows = [*counted(voices), *not_counted(voices)]
    print("\n| speech | utterances | voxcue | at the word | of its kind | faster-whisper |")
    print("|---" * 6 + "|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
