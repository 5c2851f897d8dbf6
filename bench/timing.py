"""Are the word times right? hibari's own times beside forced alignment and beside energy onsets after pauses.

hibari's durations come with no ground truth, so the referee is PocketSphinx; how far the referee itself is
off is measured on flite, a synthesizer that says exactly when each segment starts and ends (Debian package
``flite``; without it those rows are left out). "raw" are the durations as the model gives them, "native"
what Voxcue makes of them.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from common import PAGE, figure
from voxcue.aligners.sphinx import SphinxAligner
from voxcue.engines import SynthesisRequest
from voxcue.engines.hibari import HibariEngine
from voxcue.engines.hibari_marks import lateness
from voxcue.errors import AlignmentError
from voxcue.text import parse
from voxcue.types import Clip, Token, Word

FLITE_VOICES = ("slt", "rms", "awb", "kal16")
PAUSE = 0.15
"""Seconds of silence before an onset that counts as one after a pause."""


def errors(name: str, differences: Sequence[float], **values: object) -> None:
    """Print bias, mean absolute error and the share within 50 ms of a list of differences in seconds."""
    away = [abs(each) for each in differences]
    figure(
        name,
        words=len(away),
        median_bias_ms=1000 * statistics.median(differences),
        mean_absolute_ms=1000 * statistics.mean(away),
        within_50_ms=sum(each <= 0.05 for each in away) / len(away),
        **values,
    )


def spoken_pairs(speed: float) -> Iterator[tuple[Clip, tuple[Token, ...], list[Word]]]:
    """Each utterance of the page at a speed: its clip, its tokens, and the referee's words."""
    engine, referee = HibariEngine(), SphinxAligner()
    prompt = engine.prepare("heart")
    utterances = parse(PAGE).utterances
    clips = engine.synthesize([SynthesisRequest(each, prompt, speed) for each in utterances])
    for clip, utterance in zip(clips, utterances, strict=True):
        try:
            yield clip, utterance.tokens, referee.align(clip, utterance.tokens)
        except AlignmentError:
            figure("left out", speed=speed, reason="the referee could not follow", text=utterance.spoken[:60])


def native_beside_sphinx(speed: float) -> None:
    """Starts of words in running speech: after the correction, and as the model gives them."""
    found: list[float] = []
    for clip, tokens, heard in spoken_pairs(speed):
        marks = clip.marks or ()
        for (before, mark), word, token in zip(pairwise(marks), heard[1:], tokens[1:], strict=True):
            if mark and before and token.words and mark.start == before.end:
                found.append(mark.start - word.start)
    raw = [each + lateness(speed) for each in found]
    errors("word starts, raw against sphinx", raw, speed=speed)
    errors("word starts, native against sphinx", found, speed=speed)


def beside_energy() -> None:
    """Onsets after pauses: where the sound begins, against the nearest word start of native and referee.

    The first onset of an utterance is what trimming cuts to; onsets inside show that pauses stay pauses.
    """
    native: list[float] = []
    sphinx: list[float] = []
    for clip, _, heard in spoken_pairs(1.0):
        starts = [mark.start for mark in clip.marks or () if mark]
        for onset in energy_onsets(clip):
            native.append(min((start - onset for start in starts), key=abs))
            sphinx.append(min((word.start - onset for word in heard if word.spoken), key=abs))
    errors("onsets after pauses, native against energy", native)
    errors("onsets after pauses, sphinx against energy", sphinx)


def energy_onsets(clip: Clip) -> list[float]:
    """Seconds at which sound begins after at least `PAUSE` of silence (-40 dB below the loudest 5 ms)."""
    hop = clip.sample_rate // 200
    blocks = clip.samples[: len(clip.samples) // hop * hop].reshape(-1, hop)
    energy = (blocks**2).mean(axis=1)
    loud = energy > energy.max() * 1e-4
    onsets = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    need = round(PAUSE * 200)
    return [float(at) / 200 for at in onsets if at >= need and not loud[at - need : at].any()]


def referee_on_flite() -> None:
    """The referee beside exact times, voice by voice."""
    if shutil.which("flite") is None:
        figure("referee on exact times", left_out="flite is not installed")
        return
    for voice in FLITE_VOICES:
        starts: list[float] = []
        ends: list[float] = []
        for words, spans, clip in flite_sentences(voice):
            tokens = [Token(word, word, 0) for word in words]
            try:
                heard = SphinxAligner().align(clip, tokens)
            except AlignmentError:
                continue
            starts += [word.start - span[0] for word, span in zip(heard, spans, strict=True)]
            ends += [word.end - span[1] for word, span in zip(heard, spans, strict=True)]
        errors("sphinx starts against exact times", starts, voice=voice)
        errors("sphinx ends against exact times", ends, voice=voice)


def flite_sentences(voice: str) -> Iterator[tuple[list[str], list[tuple[float, float]], Clip]]:
    """Short sentences of the page spoken by flite: words, their exact spans, and the audio."""
    with tempfile.TemporaryDirectory() as folder:
        for sentence in re.findall(r"[A-Z][^.?!;:]{30,140}", PAGE.replace("\u2019", "'")):
            words = re.findall(r"[A-Za-z']+", sentence)
            path = Path(folder) / "speech.wav"
            segments = flite(" ".join(words), voice, str(path))
            spans = [
                (before[1], after[1])
                for before, after in pairwise([("", 0.0), *segments])
                if after[0] != "pau"
            ]
            counts = [phones_in(word, voice) for word in words]
            if sum(counts) != len(spans):
                continue
            edges = np.cumsum([0, *counts])
            samples, rate = soundfile.read(path, dtype="float32")
            yield words, [(spans[a][0], spans[b - 1][1]) for a, b in pairwise(edges)], Clip(samples, rate)


@cache
def phones_in(word: str, voice: str) -> int:
    """How many segments flite says a word with."""
    return sum(name != "pau" for name, _ in flite(word, voice, "none"))


def flite(text: str, voice: str, path: str) -> list[tuple[str, float]]:
    """Speak with flite; its segments and when each ends, in seconds."""
    command = ["flite", "-voice", voice, "-psdur", "-t", text, "-o", path]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [(name, float(end)) for name, end in (each.split(":") for each in shown.split())]


def main() -> None:
    """Print the figures."""
    for speed in (0.6, 0.8, 1.0, 1.3, 1.7, 2.0):
        native_beside_sphinx(speed)
    beside_energy()
    referee_on_flite()


if __name__ == "__main__":
    main()
