from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.speech import SENTENCES, say
from voxcue.audio.trim import trim
from voxcue.engines.f5.duration import SHORTEST, Pace, common, content

REFERENCE = "Some call me nature, others call me mother nature; I have been here for a very long time."


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("made", 1),
        ("makes", 1),
        ("houses", 2),
        ("played", 1),
        ("wanted", 2),
        ("hundred", 2),
        ("little", 2),
        ("lonely", 2),
        ("movement", 2),
        ("element", 3),
        ("something", 2),
        ("nation", 2),
        ("being", 2),
        ("various", 3),
        ("created", 3),
        ("didn’t", 2),
        ("the", 1),
        ("hm", 1),
        ("university", 5),
    ],
)
def test_english_syllables(word: str, syllables: int) -> None:
    assert content(word).syllables == syllables


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("Schön, dass ihr da seid", 5),
        ("São Paulo", 3),
        ("достоинство моей семьи", 8),
        ("Καλημέρα", 4),
        ("你好世界", 4),
        ("とうきょう", 4),
        ("안녕하세요", 5),
        ("नमस्ते", 3),
        ("กรุงเทพ", 3),
        ("1984", 4),
    ],
)
def test_syllables_of_other_scripts(text: str, syllables: int) -> None:
    assert content(text).syllables == syllables


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert content("Ste\u0301phane, a\u0300 demain, и\u0306") == content("Stéphane, à demain, й")


def test_marks_inside_a_text_are_pauses_and_those_around_it_are_not() -> None:
    text = "We waited at the station for hours; nobody came — not even you, that evening. We went home again."
    assert content(f"«“{text}”»") == content(text)
    assert content(text)[4:7] == pytest.approx((1, 2, 1), abs=0.2)
    assert content("It rained…")[4:7] == (0, 0, 0)


def test_a_mark_between_short_phrases_pauses_less() -> None:
    assert content("No, no!").commas < content("Nevertheless, nobody answered!").commas


def test_a_stop_in_a_number_and_a_hyphen_do_not_pause() -> None:
    assert content("version 3.5 of example.com is self-evident")[4:7] == (0, 0, 0)


def test_wide_marks_pause_too() -> None:
    assert content("我们明天一起去，你们后天再来。他们都不去")[4:7] == (1, 0, 1)


def test_a_slower_reference_makes_slower_speech() -> None:
    slow, fast = Pace(REFERENCE, 8.0), Pace(REFERENCE, 4.0)
    assert slow.seconds(REFERENCE) == pytest.approx(8.0, rel=0.05)
    assert fast.seconds(REFERENCE) == pytest.approx(4.0, rel=0.05)


def test_a_short_reference_is_doubted_more_than_a_long_one() -> None:
    long = Pace(REFERENCE, 1.5 * common(REFERENCE))
    short = Pace("Hello there!", 1.5 * common("Hello there!"))
    assert 1 < short.factor < long.factor < 1.5


def test_a_wrong_word_in_the_transcript_hardly_matters() -> None:
    right, wrong = Pace(REFERENCE, 6.0), Pace(REFERENCE.replace("very ", ""), 6.0)
    assert wrong.seconds(SENTENCES[0]) == pytest.approx(right.seconds(SENTENCES[0]), rel=0.07)


def test_the_transcript_of_another_recording_does_not_run_away() -> None:
    assert Pace("Yes.", 30.0).seconds(REFERENCE) <= 2.5 * common(REFERENCE)
    assert Pace(REFERENCE * 10, 1.0).seconds(REFERENCE) >= 0.4 * common(REFERENCE)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_a_reference_without_a_length_says_nothing(seconds: float) -> None:
    assert Pace(REFERENCE, seconds).factor == 1


@pytest.mark.parametrize("text", ["", "  ", "…", "?!", "“—”"])
def test_where_nothing_is_said_the_common_pace_and_the_least_time_hold(text: str) -> None:
    assert Pace(text, 6.0).factor == 1
    assert Pace(REFERENCE, 6.0).seconds(text) == pytest.approx(SHORTEST, rel=0.25)


@given(text=st.text(), reference=st.text(), seconds=st.floats())
def test_any_input_gives_a_length(text: str, reference: str, seconds: float) -> None:
    told = Pace(reference, seconds).seconds(text)
    assert SHORTEST <= told <= 2.5 * (1.5 + len(text))


def test_real_speech_is_told_better_than_by_bytes() -> None:
    spoken = [(text, trim(say(text, speed=1.2)).duration) for text in SENTENCES]
    reference, seconds = spoken[0]
    pace = Pace(reference, seconds)
    ours = [abs(pace.seconds(text) / length - 1) for text, length in spoken[1:]]
    theirs = [
        abs(seconds * len(text) / len(reference) / (0.3 if len(text) < 10 else 1) / length - 1)
        for text, length in spoken[1:]
    ]
    assert statistics.mean(ours) < 0.12
    assert statistics.mean(ours) < statistics.mean(theirs) / 2
