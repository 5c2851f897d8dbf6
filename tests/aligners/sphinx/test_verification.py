"""Real speech, damaged as voice models damage it: what is wrong is found, where it is and what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.aligners import flite
from voxcue import speak
from voxcue.aligners.base import Verifier
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.types import Clip, Doubt, Span, Token, Verdict

SENTENCES = (
    "the captain counted all the lanterns on the harbour wall",
    "some people never learn to whistle when the weather is cold",
    "several old farmers brought their horses to the market on friday",
    "his brother painted the kitchen window blue and the garden door green",
)
Spoken = tuple[list[str], Clip, list[Span]]


@pytest.fixture(scope="module")
def aligner() -> SphinxAligner:
    return SphinxAligner()


@pytest.fixture(scope="module", params=["slt", "awb"])
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Spoken]:
    folder = tmp_path_factory.mktemp("flite")
    return [(text.split(), *flite.speak(text, request.param, folder)) for text in SENTENCES]


def heard(aligner: SphinxAligner, samples: NDArray[np.float32], rate: int, words: list[str]) -> Verdict:
    verdict = aligner.verify(Clip(samples, rate), [Token(word, word, 0) for word in words])
    assert verdict is not None
    for doubt in verdict.doubts:
        assert 0 <= doubt.start <= doubt.end <= len(samples) / rate
        assert -1 <= doubt.first <= doubt.last < len(words)
    assert (verdict.score == 1.0) == (not verdict.doubts)
    return verdict


def cut(clip: Clip, span: Span) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """What is before, in and after a span."""
    first, last = round(span.start * clip.sample_rate), round(span.end * clip.sample_rate)
    return clip.samples[:first], clip.samples[first:last], clip.samples[last:]


def test_the_aligner_is_a_verifier(aligner: SphinxAligner) -> None:
    assert isinstance(aligner, Verifier)


def test_right_speech_is_not_doubted(aligner: SphinxAligner, spoken: list[Spoken]) -> None:
    for words, clip, _ in spoken:
        assert heard(aligner, clip.samples, clip.sample_rate, words) == Verdict(1.0)


@pytest.mark.parametrize(
    "text",
    [
        "Whether it had happened or not, they would have been there.",
        "Great people will neither follow nor lead.",
        "You will attract cultured people.",
    ],
)
def test_weak_forms_of_a_natural_voice_are_not_doubted(text: str) -> None:
    found = speak(text, verify="flag").verification
    assert found is not None
    assert (found.utterances, found.checks) == (1, ())


LONG = [(0, 2), (1, 4), (2, 3), (3, 2)]
"""A longer word of each sentence."""


def the_one(verdict: Verdict, word: int, kinds: set[str]) -> Doubt:
    (doubt,) = [each for each in verdict.doubts if each.first - 1 <= word <= each.last + 1]
    assert doubt.kind in kinds
    assert verdict.score < 1.0
    return doubt


@pytest.mark.parametrize(("sentence", "word"), LONG)
def test_a_swallowed_word_is_found(
    aligner: SphinxAligner, spoken: list[Spoken], sentence: int, word: int
) -> None:
    words, clip, spans = spoken[sentence]
    before, _, after = cut(clip, spans[word])
    verdict = heard(aligner, np.concatenate([before, after]), clip.sample_rate, words)
    doubt = the_one(verdict, word, {"swallowed"})
    assert (doubt.first, doubt.last) == (word, word)
    assert abs(doubt.start - spans[word].start) < 0.15


@pytest.mark.parametrize(("sentence", "word"), LONG)
def test_a_word_said_twice_is_found(
    aligner: SphinxAligner, spoken: list[Spoken], sentence: int, word: int
) -> None:
    words, clip, spans = spoken[sentence]
    before, inside, after = cut(clip, spans[word])
    verdict = heard(aligner, np.concatenate([before, inside, inside, after]), clip.sample_rate, words)
    the_one(verdict, word, {"repeated", "added", "mumbled"})


@pytest.mark.parametrize(("sentence", "word"), LONG)
def test_another_word_in_its_place_is_found(
    aligner: SphinxAligner, spoken: list[Spoken], sentence: int, word: int
) -> None:
    words, clip, spans = spoken[sentence]
    _, other_clip, other_spans = spoken[sentence - 1]
    before, _, after = cut(clip, spans[word])
    _, instead, _ = cut(other_clip, other_spans[-1])
    verdict = heard(aligner, np.concatenate([before, instead, after]), clip.sample_rate, words)
    the_one(verdict, word, {"mumbled"})


@pytest.mark.parametrize(("sentence", "word"), LONG)
def test_noise_over_a_word_is_found(
    aligner: SphinxAligner, spoken: list[Spoken], sentence: int, word: int
) -> None:
    words, clip, spans = spoken[sentence]
    before, inside, after = cut(clip, spans[word])
    level = 2 * np.sqrt((clip.samples**2).mean())
    noisy = inside + np.random.default_rng(0).normal(0, level, len(inside)).astype(np.float32)
    verdict = heard(aligner, np.concatenate([before, noisy, after]), clip.sample_rate, words)
    the_one(verdict, word, {"mumbled"})


def test_an_end_that_is_missing_is_found(aligner: SphinxAligner, spoken: list[Spoken]) -> None:
    for words, clip, spans in spoken:
        before, _, _ = cut(clip, spans[-2])
        verdict = heard(aligner, before, clip.sample_rate, words)
        assert verdict.doubts[-1].last >= len(words) - 2
        assert verdict.doubts[-1].kind in {"swallowed", "mumbled"}


def test_speech_before_and_after_the_text_is_found(aligner: SphinxAligner, spoken: list[Spoken]) -> None:
    (words, clip, _), (_, other, _) = spoken[:2]
    for pieces, place in (((other, clip), -1), ((clip, other), len(words) - 1)):
        samples = np.concatenate([piece.samples for piece in pieces])
        verdict = heard(aligner, samples, clip.sample_rate, words)
        assert ("added", place, place) in [(each.kind, each.first, each.last) for each in verdict.doubts]


def test_numbers_are_judged_as_they_are_said(aligner: SphinxAligner, tmp_path: Path) -> None:
    clip, spans = flite.speak("it costs three dollars fifty at the market", "slt", tmp_path)
    tokens = [
        Token(text, said, 0)
        for text, said in [
            ("It", "It"), ("costs", "costs"), ("$3.50", "three dollars fifty"), ("—", ""), ("at", "at"),
            ("the", "the"), ("market.", "market."),
        ]
    ]  # fmt: skip
    assert aligner.verify(clip, tokens) == Verdict(1.0)
    before, _, after = cut(clip, spans[3])
    verdict = aligner.verify(Clip(np.concatenate([before, after]), clip.sample_rate), tokens)
    assert verdict is not None
    assert [(each.first, each.last) for each in verdict.doubts] == [(2, 2)]


@pytest.mark.parametrize("seconds", [0.0, 0.05, 3.0])
def test_silence_says_nothing_of_the_text(aligner: SphinxAligner, seconds: float) -> None:
    words = SENTENCES[0].split()
    verdict = heard(aligner, np.zeros(round(16_000 * seconds), np.float32), 16_000, words)
    assert verdict.score == 0.0
    assert [(each.kind, each.first, each.last) for each in verdict.doubts] == [
        ("swallowed", 0, len(words) - 1)
    ]


def test_digital_silence_around_right_speech_is_silence(aligner: SphinxAligner, spoken: list[Spoken]) -> None:
    for words, clip, _ in spoken:
        samples = np.pad(clip.samples, round(0.4 * clip.sample_rate))
        assert heard(aligner, samples, clip.sample_rate, words) == Verdict(1.0)


def test_another_text_is_not_said_at_all(aligner: SphinxAligner, spoken: list[Spoken]) -> None:
    (_, clip, _), (words, _, _) = spoken[0], spoken[2]
    assert heard(aligner, clip.samples, clip.sample_rate, words).score < 0.5


def test_words_of_another_script_cannot_be_judged(aligner: SphinxAligner) -> None:
    clip = Clip(np.zeros(16_000, np.float32), 16_000)
    assert aligner.verify(clip, [Token("你好", "你好", 0), Token("世界", "世界", 0)]) is None
    assert aligner.verify(clip, [Token("—", "", 0)]) is None
