"""Are the word times right? hibari's own times beside forced alignment and beside energy onsets after pauses.

hibari's durations come with no ground truth, so the referee is the aligner ``sphinx``; `bench/alignment.py`
says how far off that is. "raw" are the durations as the model gives them, "native" what Voxcue makes of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from common import PAGE, figure
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.engines import SynthesisRequest
from voxcue.engines.hibari import HibariEngine
from voxcue.engines.hibari_marks import lateness
from voxcue.errors import AlignmentError
from voxcue.text import parse
from voxcue.types import Clip, Token, Word

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
    """Onsets after pauses: where the sound begins, against the nearest word start of native.

    The first onset of an utterance is what trimming cuts to; onsets inside show that pauses stay pauses.
    """
    native: list[float] = []
    for clip, _, _ in spoken_pairs(1.0):
        starts = [mark.start for mark in clip.marks or () if mark]
        native += [min((start - onset for start in starts), key=abs) for onset in energy_onsets(clip)]
    errors("onsets after pauses, native against energy", native)


def energy_onsets(clip: Clip) -> list[float]:
    """Seconds at which sound begins after at least `PAUSE` of silence (-40 dB below the loudest 5 ms)."""
    hop = clip.sample_rate // 200
    blocks = clip.samples[: len(clip.samples) // hop * hop].reshape(-1, hop)
    energy = (blocks**2).mean(axis=1)
    loud = energy > energy.max() * 1e-4
    onsets = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    need = round(PAUSE * 200)
    return [float(at) / 200 for at in onsets if at >= need and not loud[at - need : at].any()]


def main() -> None:
    """Print the figures."""
    for speed in (0.6, 0.8, 1.0, 1.3, 1.7, 2.0):
        native_beside_sphinx(speed)
    beside_energy()


if __name__ == "__main__":
    main()
