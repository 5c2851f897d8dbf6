"""Forced alignment that listens: right on known times, stubborn on wrong texts, sound on odd input."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.aligners import flite
from tests.aligners.promise import assert_kept
from tests.engines.speech import SENTENCES, say, utterance
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Token, Word

WITH_FLITE = (
    "the quick brown fox jumps over the lazy dog",
    "she had your dark suit in greasy wash water all year",
    "his pale face was flushed and animated",
    "we were drinking a glass of wine by the fire",
)
LONG = "the quick brown fox jumps over the lazy dog and then he sleeps " * 8
RATE = 24_000

aligner = SphinxAligner()


def tokens_of(text: str) -> tuple[Token, ...]:
    return utterance(text.strip()).tokens


def aligned(clip: Clip, tokens: Sequence[Token]) -> list[Word]:
    words = aligner.align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    return words


def apart(clip: Clip, words: Sequence[Word]) -> list[float]:
    """Seconds between the starts of the words and the engine's own marks."""
    marks = clip.marks or ()
    return [abs(word.start - mark.start) for word, mark in zip(words, marks, strict=True) if mark]


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.3])
def test_it_agrees_with_what_the_engine_knows(speed: float) -> None:
    found: list[float] = []
    for text in SENTENCES:
        clip = say(text, speed)
        found += apart(clip, aligned(clip, tokens_of(text)))
    assert statistics.median(found) < 0.04


def test_it_agrees_to_the_end_of_a_long_utterance() -> None:
    clip = say(LONG.strip())
    found = apart(clip, aligned(clip, tokens_of(LONG)))
    assert statistics.median(found[-40:]) < 0.04
    assert max(found) < 0.25


@pytest.mark.parametrize("voice", ["slt", "rms"])
def test_it_is_right_where_the_times_are_known_exactly(voice: str, tmp_path: Path) -> None:
    found: list[float] = []
    for text in WITH_FLITE:
        clip, spans = flite.speak(text, voice, tmp_path)
        words = aligned(clip, tokens_of(text))
        found += [abs(word.start - span.start) for word, span in zip(words, spans, strict=True)]
    assert statistics.median(found) < 0.03
    assert max(found) < 0.15


@pytest.mark.parametrize("rate", [8_000, 11_025, 48_000, 96_000])
def test_any_sample_rate_gives_the_same_times(rate: int) -> None:
    clip = say(SENTENCES[4])
    resampled = Clip(soxr.resample(clip.samples, RATE, rate), rate)
    pairs = zip(
        aligned(clip, tokens_of(SENTENCES[4])), aligned(resampled, tokens_of(SENTENCES[4])), strict=True
    )
    assert statistics.median(abs(one.start - other.start) for one, other in pairs) <= 0.02


@pytest.mark.parametrize(
    "text",
    [
        "Please say hibari and Voxcue and Łódź and smørrebrød to me.",
        "It was 'tis the boys' O'Neill rock'n'roll ma'am, y'all’d’ve don’t.",
        "I read the(2) book and(2) read(2) a(b) page.",
        "— Well … said <s> the old man [NOISE] to </s> me —",
    ],
)
def test_words_that_a_dictionary_does_not_hold_get_times(text: str) -> None:
    spoken = text.replace("(2)", "")
    clip = say(spoken)
    words = aligned(clip, [Token(*pair, 0) for pair in zip(text.split(" "), spoken.split(" "), strict=True)])
    assert all(word.confidence is not None for word in words if word.spoken)
    assert statistics.median(apart(clip, words)) < 0.05


def test_a_word_without_any_sound_still_gets_a_time() -> None:
    words = aligned(say("Please say the word again."), tokens_of("Please say the word 中文 again."))
    assert words[4].confidence is None


def test_a_token_of_several_words_spans_them_all() -> None:
    clip = say("It costs three dollars fifty today.")
    tokens = [Token(text, text, 0) for text in ("It", "costs", "three dollars fifty", "today.")]
    words = aligned(clip, tokens)
    assert clip.marks is not None
    assert clip.marks[2] is not None
    assert clip.marks[4] is not None
    assert abs(words[2].start - clip.marks[2].start) < 0.06
    assert abs(words[2].end - clip.marks[4].end) < 0.06


@pytest.mark.parametrize("tokens", [(), (Token("—", "", 0), Token("…", "…", 2))])
def test_a_text_with_nothing_to_say_needs_no_speech(tokens: tuple[Token, ...]) -> None:
    aligned(say("Yes."), tokens)
    aligned(Clip(np.zeros(RATE, np.float32), RATE), tokens)


NOT_SPEECH = {
    "noise": np.random.default_rng(0).normal(0, 0.1, 3 * RATE),
    "silence": np.zeros(3 * RATE),
    "a hum": 0.3 * np.sin(np.arange(3 * RATE) / 30),
    "a hundredth of a second": np.full(RATE // 100, 0.1),
    "one sample": np.ones(1),
    "no samples": np.zeros(0),
}


@pytest.mark.parametrize("samples", NOT_SPEECH.values(), ids=NOT_SPEECH.keys())
def test_what_is_not_speech_is_refused_and_the_aligner_lives_on(samples: np.ndarray) -> None:
    with pytest.raises(AlignmentError) as caught:
        aligner.align(Clip(samples.astype(np.float32), RATE), tokens_of(SENTENCES[5]))
    assert caught.value.code == "text-mismatch"
    aligned(say("Yes."), tokens_of("Yes."))


def test_another_sentence_is_refused() -> None:
    sentences = [text for text in SENTENCES if " " in text]
    for text in sentences:
        clip = say(text)
        for other in set(sentences) - {text}:
            with pytest.raises(AlignmentError) as caught:
                aligner.align(clip, tokens_of(other))
            assert caught.value.code == "text-mismatch"


def test_a_text_said_once_but_given_twice_is_refused() -> None:
    with pytest.raises(AlignmentError):
        aligner.align(say(SENTENCES[1]), tokens_of(f"{SENTENCES[1]} {SENTENCES[1]}"))


def test_one_wrong_word_in_a_right_text_is_forgiven() -> None:
    clip = say(SENTENCES[0])
    words = aligned(clip, tokens_of(SENTENCES[0].replace("expounding", "explaining")))
    assert statistics.median(apart(clip, words)) < 0.04


def test_times_stay_right_to_the_end_of_a_recording_of_minutes() -> None:
    clips: list[np.ndarray] = []
    tokens: list[Token] = []
    starts: list[float | None] = []
    length = 0.0
    for text in [each for each in SENTENCES if " " in each] * 8:
        clip = say(text)
        starts += [length + mark.start if mark else None for mark in clip.marks or ()]
        tokens += tokens_of(text)
        clips.append(clip.samples)
        length += clip.duration
    assert length > 90
    words = aligned(Clip(np.concatenate(clips), RATE), tokens)
    found = [abs(word.start - start) for word, start in zip(words, starts, strict=True) if start is not None]
    assert statistics.median(found) < 0.04
    assert max(found) < 0.3


def test_long_silence_and_noise_around_long_speech_are_passed_over() -> None:
    clip = say(LONG.strip())
    hiss = np.random.default_rng(0).normal(0, 0.002, 45 * RATE).astype(np.float32)
    words = aligned(Clip(np.concatenate([hiss, clip.samples, hiss]), RATE), tokens_of(LONG))
    moved = [
        abs(word.start - 45 - mark.start) for word, mark in zip(words, clip.marks or (), strict=True) if mark
    ]
    assert statistics.median(moved) < 0.05


def test_another_text_is_refused_for_a_recording_of_minutes() -> None:
    clip = say(LONG.strip())
    several = Clip(np.tile(clip.samples, 3), RATE)
    with pytest.raises(AlignmentError) as caught:
        aligner.align(several, tokens_of(" ".join([SENTENCES[0]] * 20)))
    assert caught.value.code == "text-mismatch"


def test_noise_does_not_make_a_right_text_wrong() -> None:
    for text in SENTENCES[:6]:
        clip = say(text)
        noise = np.random.default_rng(0).normal(0, 0.1 * clip.samples.std(), len(clip.samples))
        aligned(Clip((clip.samples + noise).astype(np.float32), RATE), tokens_of(text))


def test_two_threads_can_share_one_aligner_and_times_depend_on_no_clip_before() -> None:
    speech = [(say(text), tokens_of(text)) for text in SENTENCES[:4]]
    alone = [SphinxAligner().align(*each) for each in speech]
    with ThreadPoolExecutor(2) as pool:
        shared = SphinxAligner()
        together = list(pool.map(lambda each: shared.align(*each), speech * 3))
    assert together == alone * 3
