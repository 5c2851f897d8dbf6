"""Words swallowed, repeated, mumbled and added are found; words that the model misspells are not doubted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.aligners.ctc.conftest import Use
from tests.aligners.ctc.models import tone_model, tones
from tests.aligners.ctc.spoken import FRAME, Speaker, alphabet, joined
from tests.engines.speech import utterance
from voxcue.aligners.base import Verifier
from voxcue.aligners.ctc.aligner import CtcAligner
from voxcue.aligners.ctc.columns import look, spell
from voxcue.aligners.ctc.verification import judge
from voxcue.types import Clip, Token, Verdict

VOCABULARY = (
    "a I of to in it is the and was for that with they you his her not but from have this would what which "
    "their there about people time water little place right think great where through much before line mean "
    "old any same tell boy follow came want show also around form three small set put end does another well "
    "large must big even such because turn here why ask went men read need land different home us move try "
    "kind hand picture again change off play spell air away animal house point page letter mother answer "
    "found study still learn should America world morning geometry convenient traveller founded experience"
)
WORDS = VOCABULARY.split()

Damage = Callable[[list[str], Speaker], tuple[list[NDArray[np.float32]], tuple[str, int, int]]]


def verdict(log_probs: NDArray[np.float32], tokens: Sequence[Token], *, delimited: bool = True) -> Verdict:
    known = alphabet(delimited=delimited)
    labels = spell(tokens, known)
    blocks = np.array_split(log_probs, 3)
    return judge(look(blocks, known, labels), labels, known, FRAME, len(log_probs) * FRAME)


def said(parts: Sequence[NDArray[np.float32]], text: str, *, delimited: bool = True) -> Verdict:
    return verdict(joined(parts), utterance(text).tokens, delimited=delimited)


def doubts(found: Verdict) -> list[tuple[str, int, int]]:
    return [(each.kind, each.first, each.last) for each in found.doubts]


def sentence(rng: np.random.Generator) -> list[str]:
    """Three to fifteen words, none twice: of two that are alike, either may be the one that is missing."""
    return [str(each) for each in rng.choice(WORDS, rng.integers(3, 16), replace=False)]


def unlike(word: str, rng: np.random.Generator) -> str:
    """A word that has next to no letter of another one."""
    return str(rng.choice([each for each in WORDS if len(each) > 2 and len(set(each) & set(word)) < 2]))


def cut(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    at = int(speaker.rng.integers(len(words)))
    parts = speaker.words(" ".join(words))
    del parts[at]
    return parts, ("swallowed", at, at)


def truncated(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    at = len(words) - int(speaker.rng.integers(1, 4))
    parts = speaker.words(" ".join([*words[:at], words[at][: len(words[at]) // 3]]))
    return parts, ("swallowed", at, len(words) - 1)


def doubled(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    first = int(speaker.rng.choice([at for at, word in enumerate(words) if len(word) > 1]))
    last = min(len(words) - 1, first + int(speaker.rng.integers(0, 3)))
    again = [*words[: last + 1], *words[first : last + 1], *words[last + 1 :]]
    return speaker.words(" ".join(again)), ("repeated", first, last)


def swapped(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    at = int(speaker.rng.integers(len(words)))
    other = [*words[:at], unlike(words[at], speaker.rng), *words[at + 1 :]]
    return speaker.words(" ".join(other)), ("mumbled", at, at)


def noisy(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    at = int(speaker.rng.integers(len(words)))
    parts = speaker.words(" ".join(words))
    parts[at] = speaker.noise(len(parts[at]))
    return parts, ("mumbled", at, at)


def added(words: list[str], speaker: Speaker) -> tuple[list[NDArray[np.float32]], tuple[str, int, int]]:
    at = int(speaker.rng.integers(len(words) + 1))
    more = unlike(words[min(at, len(words) - 1)], speaker.rng)
    return speaker.words(" ".join([*words[:at], more, *words[at:]])), ("added", at - 1, at - 1)


@pytest.mark.parametrize("delimited", [True, False], ids=["delimited", "joined"])
def test_right_utterances_are_not_doubted_though_words_are_misspelt(delimited: bool) -> None:
    wrong = []
    for seed in range(300):
        speaker = Speaker(seed, misspelt=0.3, delimited=delimited)
        text = " ".join(sentence(speaker.rng))
        found = said(speaker.words(text), text, delimited=delimited)
        if found != Verdict(1.0):
            wrong.append((text, found))
    assert len(wrong) <= 6, wrong


@pytest.mark.parametrize("delimited", [True, False], ids=["delimited", "joined"])
@pytest.mark.parametrize("damage", [cut, truncated, doubled, swapped, noisy, added])
def test_damage_is_found_where_it_is(damage: Damage, delimited: bool) -> None:
    wrong = []
    for seed in range(200):
        speaker = Speaker(seed, misspelt=0.08, delimited=delimited)
        words = sentence(speaker.rng)
        parts, expected = damage(words, speaker)
        found = said(parts, " ".join(words), delimited=delimited)
        assert all(0 <= each.start <= each.end for each in found.doubts)
        if doubts(found) != [expected]:
            wrong.append((" ".join(words), expected, doubts(found)))
    assert len(wrong) <= 14, wrong


def test_one_word() -> None:
    speaker = Speaker(1, misspelt=0)
    assert said(speaker.words("house"), "House!") == Verdict(1.0)
    assert doubts(said(speaker.words("house house"), "House!")) == [("repeated", 0, 0)]
    assert doubts(said(speaker.words("think"), "House!")) == [("mumbled", 0, 0)]


def test_a_doubt_is_where_it_is_heard() -> None:
    speaker = Speaker(2, misspelt=0)
    parts = speaker.words("we found another large animal")
    parts = [*parts[:2], speaker.noise(20), *parts[3:]]
    start = (len(parts[0]) + len(parts[1])) * FRAME
    (doubt,) = said(parts, "we found another large animal").doubts
    assert (doubt.start, doubt.end) == pytest.approx((start, start + 20 * FRAME), abs=0.2)


def test_the_score_falls_by_a_word() -> None:
    parts = Speaker(3, misspelt=0).words("we found large animal")
    assert said(parts, "we found another large animal").score == pytest.approx(4 / 5)
    assert said(parts, "we found animal house").score == pytest.approx(2 / 4)


def test_a_token_of_several_words_is_doubted_for_one_of_them() -> None:
    tokens = (
        Token("😀", "", 0),
        Token("$3.50,", "three dollars fifty,", 2),
        Token("—", "—", 9),
        Token("really!", "really!", 11),
    )
    speaker = Speaker(4, misspelt=0)
    assert verdict(joined(speaker.words("three dollars fifty really")), tokens) == Verdict(1.0)
    found = verdict(joined(speaker.words("three fifty really")), tokens)
    assert (doubts(found), found.score) == ([("swallowed", 1, 1)], 0.5)
    more = verdict(joined(speaker.words("three dollars fifty house really")), tokens)
    assert doubts(more) == [("added", 1, 1)]


def test_letters_that_the_model_lacks_are_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxcue.aligners.ctc.alphabet._latin", lambda _: "")
    speaker = Speaker(5, misspelt=0)
    for words in ("we saw house there", "we saw there", "we saw another house there"):
        assert said(speaker.words(words), "we saw 北京 there") == Verdict(1.0)
    assert doubts(said(speaker.words("we saw house"), "we saw 北京 there")) != []


@pytest.mark.parametrize("frames", [0, 200])
def test_of_silence_every_word_is_swallowed(frames: int) -> None:
    found = said([Speaker(6).silence(frames)], "— we found it")
    assert (doubts(found), found.score) == ([("swallowed", 1, 3)], 0.0)


def test_a_text_that_does_not_fit_is_not_heard() -> None:
    found = said(Speaker(7).words("of"), " ".join(WORDS))
    assert (doubts(found), found.score) == ([("swallowed", 0, len(WORDS) - 1)], 0.0)


def test_a_text_without_words_says_nothing() -> None:
    speaker = Speaker(8, misspelt=0)
    assert said([speaker.silence(50)], "— …") == Verdict(1.0)
    found = said(speaker.words("another house"), "— …")
    assert (doubts(found), found.score) == ([("added", -1, -1)], 0.0)


def test_a_minute_takes_no_more_than_moments() -> None:
    speaker = Speaker(9)
    text, other = (" ".join(speaker.rng.choice(WORDS, 150).tolist()) for _ in range(2))
    parts = speaker.words(text)
    begun = perf_counter()
    assert said(parts, text).score > 0.95
    assert said(parts, other).score < 0.3
    assert perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("bad face deaf cab", []),
        ("bad deaf cab", [("swallowed", 1, 1)]),
        ("bad face face deaf cab", [("repeated", 1, 1)]),
        ("bad face deaf", [("swallowed", 3, 3)]),
        ("bad face feed deaf cab", [("added", 1, 1)]),
        ("bad bdbd deaf cab", [("mumbled", 1, 1)]),
        ("", [("swallowed", 0, 3)]),
    ],
)
def test_the_aligner_hears_it(
    heard: str, expected: list[tuple[str, int, int]], use: Use, tmp_path: Path
) -> None:
    use(tone_model(tmp_path))
    aligner = CtcAligner()
    assert isinstance(aligner, Verifier)
    clip: Clip = tones(heard)
    found = aligner.verify(clip, utterance("bad face deaf cab").tokens)
    assert doubts(found) == expected
    assert all(each.end <= clip.duration for each in found.doubts)
