"""What the embedded engine can say, and which phonemes belong to which word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.speech import ENGINE, prompt
from voxcue.engines.hibari_text import phonemize
from voxcue.types import Token

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéàüñçßœŁşřőİəɗơ"
MARKS = ".,;:!?—–…-'’\"“”()[]"
WORDS = st.text(LETTERS + MARKS, min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hello 中文 and 文字", "中文字"),
        ("Да, привет", "Дапривет"),
        ("مرحبا", "مرحبا"),
        ("שלום", "שלום"),
        ("こんにちは カナ", "こんにちはカナ"),
        ("안녕 안녕", "안녕"),
        ("ไทย हिन्दी ελ", "ไทยहनदελ"),
        ("a click: ǃ and ƣ", "ǃƣ"),
    ],
)
def test_letters_it_cannot_say_are_named_once_each_and_in_order(text: str, named: str) -> None:
    assert ENGINE.unspeakable(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "naïve café Ångström Łódź Đorđe Þór smørrebrød œuvre ĳs straße ẞ Nguyễn Trần",
        "ﬁne ﬂag oﬃce",
        "Ｆｕｌｌ ｗｉｄｔｈ",
        "Hawaiʻi Qurʾān Əliyev Ɗangote Ɛfɛ col·lecció Paraŀlel",
        "cafe\u0301 — “quoted” … ½ ² € £ ° ™ ♥ 🙂 ← 中"[:-1],
        "",
    ],
)
def test_latin_letters_and_signs_are_no_obstacle(text: str) -> None:
    assert ENGINE.unspeakable(text) == ""


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_it_claims_to_say_has_a_sound(letter: str) -> None:
    model = prompt().data
    assert phonemize(model.g2p, model.vocabulary, [Token(letter, letter, 0)]).ranges != (None,)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(WORDS, min_size=1, max_size=8).filter(lambda words: "".join(words).strip(MARKS)))
def test_each_spoken_token_owns_its_own_phonemes_in_order(words: list[str]) -> None:
    model = prompt().data
    tokens = [Token(word, word, 0) for word in words]
    phonemes = phonemize(model.g2p, model.vocabulary, tokens)
    assert [bool(token.words) for token in tokens] == [each is not None for each in phonemes.ranges]
    ranges = [each for each in phonemes.ranges if each]
    assert all(start < end for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    assert "".join(phonemes.pieces()) == phonemes.symbols
    assert all(0 < len(piece) <= 400 for piece in phonemes.pieces())
