"""The aligner `ctc` on a model that hears tones as letters, and on random ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.aligners.ctc.conftest import Use
from tests.aligners.ctc.models import GROUP, LAYER, random_model, tone_model, tones
from tests.aligners.promise import assert_kept
from tests.engines.speech import utterance
from voxcue.aligners.ctc.aligner import CtcAligner
from voxcue.errors import AlignmentError, UnavailableError
from voxcue.text import parse
from voxcue.types import Clip, Token, Word


@pytest.fixture
def aligner(use: Use, tmp_path: Path) -> CtcAligner:
    use(tone_model(tmp_path))
    return CtcAligner()


def spans(text: str) -> list[tuple[float, float]]:
    """When each word of `tones` begins and ends, in seconds."""
    found, place = [], 0.0
    for word in text.split(" "):
        found.append((place, place + len(word) * 0.1 - 0.02))
        place += len(word) * 0.1 + 0.2
    return found


def aligned(aligner: CtcAligner, said: str, text: str) -> list[Word]:
    clip, tokens = tones(said), utterance(text).tokens
    words = aligner.align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    return words


@pytest.mark.parametrize("text", ["bad face", "a", "deaf cab fed a bead", "add bee", "fff aa"])
def test_words_are_where_they_are_said(aligner: CtcAligner, text: str) -> None:
    for word, (start, end) in zip(aligned(aligner, text, text), spans(text), strict=True):
        assert (word.start, word.end) == pytest.approx((start, end), abs=0.025)
        assert word.confidence is not None
        assert word.confidence > 0.9


def test_a_long_recording_is_one_of_many_windows(
    aligner: CtcAligner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxcue.aligners.ctc.posteriors._WINDOW", 1.0)
    monkeypatch.setattr("voxcue.aligners.ctc.posteriors._CONTEXT", 0.1)
    text = " ".join(["bad", "face", "cab", "deaf"] * 15)
    for word, (start, end) in zip(aligned(aligner, text, text), spans(text), strict=True):
        assert (word.start, word.end) == pytest.approx((start, end), abs=0.025)


def test_a_word_with_letters_that_the_model_lacks_takes_its_place(aligner: CtcAligner) -> None:
    words = aligned(aligner, "bad cafe fed", "bad xyzw fed")
    for word, (start, end) in zip(words, spans("bad cafe fed"), strict=True):
        assert (word.start, word.end) == pytest.approx((start, end), abs=0.06)
    assert words[1].confidence is None


def test_a_word_that_the_text_lacks_is_passed_over(aligner: CtcAligner) -> None:
    words = aligned(aligner, "bead fa deaf cab", "bead deaf cab")
    truth = spans("bead fa deaf cab")
    for word, (start, _) in zip(words, [truth[0], *truth[2:]], strict=True):
        assert word.start == pytest.approx(start, abs=0.055)  # silence before "fa" counts as before "deaf"


def test_a_word_with_a_wrong_letter_is_less_sure(aligner: CtcAligner) -> None:
    first, second = aligned(aligner, "bad face", "bad fade")
    assert (first.confidence or 0) > 0.9 > 0.5 > (second.confidence or 0)


@pytest.mark.parametrize("text", ["fee fade dab", "dcba ecafd", "eee eee eee eee"])
def test_another_text_is_refused(aligner: CtcAligner, text: str) -> None:
    with pytest.raises(AlignmentError) as caught:
        aligned(aligner, "bad cab ace abba cad", text)
    assert caught.value.code == "text-mismatch"


def test_a_text_that_does_not_fit_is_refused(aligner: CtcAligner) -> None:
    with pytest.raises(AlignmentError) as caught:
        aligned(aligner, "a", "deaf cab fed a bead")
    assert caught.value.code == "audio-too-short"


def test_silence_is_refused(aligner: CtcAligner) -> None:
    with pytest.raises(AlignmentError) as caught:
        aligner.align(Clip(np.zeros(32_000, np.float32), 16_000), utterance("bad face").tokens)
    assert caught.value.code == "text-mismatch"


def test_a_text_without_words_shares_the_clip(aligner: CtcAligner) -> None:
    assert [word.confidence for word in aligned(aligner, "a", "— …")] == [None, None]


def test_threads_share_a_model(aligner: CtcAligner) -> None:
    texts = ["bad face", "deaf cab", "fed bead"] * 4
    expected = {text: aligned(aligner, text, text) for text in set(texts)}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: aligned(CtcAligner(), text, text), texts))
    assert found == [expected[text] for text in texts]


TEXTS = (
    "It costs $3.50 — really 😀!",
    "Über 北京 and Москва: naïve déjà vu…",
    "你好，世界。今天天气很好。",
    "हिन्दी नमस्ते ไทย 안녕하세요",
)


@pytest.mark.parametrize("config", [GROUP, LAYER], ids=["group", "layer"])
@pytest.mark.parametrize("text", TEXTS)
def test_every_token_has_a_time_whatever_the_model(
    config: dict[str, Any], text: str, use: Use, tmp_path: Path
) -> None:
    use(random_model(tmp_path, config))
    tokens: list[Token] = [token for each in parse(text).utterances for token in each.tokens]
    noise = np.random.default_rng(5).normal(0, 0.1, 24_000 * 5).astype(np.float32)
    words = CtcAligner().align(Clip(noise, 24_000), tokens)
    assert_kept(words, tokens, 5.0)


def test_it_is_ready_when_a_model_is_named(use: Use) -> None:
    assert not CtcAligner.ready() or os.environ.get("VOXCUE_CTC_MODEL")
    use("somewhere")
    assert CtcAligner.ready()


def test_without_a_model_it_says_how_to_name_one(use: Use) -> None:
    use("")
    with pytest.raises(UnavailableError, match="none is named") as caught:
        CtcAligner().align(tones("a"), utterance("a").tokens)
    assert "VOXCUE_CTC_MODEL" in caught.value.hint
