"""The engine's own word times: one per spoken token, in order, and where the sound is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.engines.speech import SENTENCES, say, utterance
from voxcue.types import Clip, Span

TEXTS = {
    "a sentence": SENTENCES[1],
    "one letter": "I.",
    "letters": "a I x Q é z",
    "no vowels": "Hm, pst: mm tsk!",
    "long words": "Antidisestablishmentarianismistically, pneumonoultramicroscopicsilicovolcanoconiosis won.",
    "very long": f"{'a' * 200} then {'Zyx' * 40}",
    "accents": "Łódź's naïve señor Ångström sipped crème brûlée near Žižek, İstanbul and Hawaiʻi.",
    "a token of several words": "pay two dollars-fifty at the drive-in e-mail desk",
    "punctuation": '— « Well … » ( so ) , " what " ?! --- oh : no ; … ... never — !',
    "brackets": "[well done](really) said [he](/hi/) to (them) all",
    "apostrophes": "rock'n'roll y'all'd've 'tis the boys' o'clock don’t ’em",
    "beyond 600 phonemes": "extraordinary circumstances, " * 29 + "notwithstanding.",
    "one word beyond 600 phonemes": "na" * 400,
}


def rms(clip: Clip, start: float, end: float) -> float:
    samples = clip.samples[round(start * clip.sample_rate) : round(end * clip.sample_rate)]
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def spoken(clip: Clip) -> list[Span]:
    return [mark for mark in clip.marks or () if mark]


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_spoken_token_has_a_mark_in_order_and_inside_the_clip(text: str, speed: float) -> None:
    clip = say(text, speed)
    assert clip.marks is not None
    tokens = utterance(text).tokens
    assert [bool(token.words) for token in tokens] == [mark is not None for mark in clip.marks]
    marks = spoken(clip)
    assert all(mark.start < mark.end for mark in marks)
    assert all(before.end <= after.start for before, after in pairwise(marks))
    assert marks[0].start >= 0
    assert marks[-1].end <= clip.duration


def test_marked_words_are_loud_and_what_lies_between_them_is_not() -> None:
    for text in SENTENCES:
        clip = say(text)
        marks = spoken(clip)
        edges = [0.0, *(edge for mark in marks for edge in (mark.start, mark.end)), clip.duration]
        pauses = [(a + 0.01, b - 0.01) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 0.1]
        quietest_word = min(rms(clip, mark.start, mark.end) for mark in marks)
        assert quietest_word > 10 * max(rms(clip, *pause) for pause in pauses), text


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.6])
def test_a_word_after_a_pause_starts_within_50_ms_of_its_sound(speed: float) -> None:
    found = 0
    for text in SENTENCES:
        clip = say(text, speed)
        starts = np.array([mark.start for mark in spoken(clip)])
        onsets = onsets_after_silence(clip, 0.15)
        found += len(onsets)
        assert all(np.abs(starts - onset).min() <= 0.05 for onset in onsets), text
    assert found >= len(SENTENCES)


def onsets_after_silence(clip: Clip, silence: float) -> list[float]:
    """Seconds at which sound begins after at least that much silence (40 dB below the loudest 5 ms)."""
    hop = clip.sample_rate // 200
    blocks = clip.samples[: len(clip.samples) // hop * hop].reshape(-1, hop)
    energy = (blocks**2).mean(axis=1)
    loud = energy > energy.max() * 1e-4
    need = round(silence * 200)
    begins = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    return [float(at) / 200 for at in begins if at >= need and not loud[at - need : at].any()]


def test_half_the_speed_takes_twice_as_long_word_by_word() -> None:
    slow, fast = say(SENTENCES[1], 0.5), say(SENTENCES[1], 1.0)
    ratios = [a.start / b.start for a, b in zip(spoken(slow)[3:], spoken(fast)[3:], strict=True)]
    assert 1.8 < min(ratios) <= max(ratios) < 2.2
