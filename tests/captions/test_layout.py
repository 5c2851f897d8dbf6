"""Where cues and lines break, and when cues are shown."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxcue.captions import Cue, CueLimits, layout
from voxcue.captions.cues import columns, line_text
from voxcue.errors import UsageError
from voxcue.types import Word

from .speech import DICKENS, say, timed_words

LIMITS = [CueLimits(), CueLimits(columns=18), CueLimits(columns=24, lines=1)]


def texts(cues: list[Cue]) -> list[str]:
    return [cue.text for cue in cues]


@given(timed_words(), st.sampled_from(LIMITS))
def test_every_word_is_shown_once_in_order_and_unchanged(words: list[Word], limits: CueLimits) -> None:
    assert [word for cue in layout(words, limits) for word in cue.words] == words


@given(timed_words(), st.sampled_from(LIMITS))
def test_lines_keep_to_their_number_and_width(words: list[Word], limits: CueLimits) -> None:
    for cue in layout(words, limits):
        assert 1 <= len(cue.lines) <= limits.lines
        for line in cue.lines:
            assert line
            assert columns(line_text(line)) <= limits.columns or len(line) == 1


@given(timed_words(), st.sampled_from(LIMITS), st.floats(0, 2))
def test_cues_last_and_neither_overlap_nor_outlast_the_speech(
    words: list[Word], limits: CueLimits, tail: float
) -> None:
    duration = words[-1].end + tail
    spoken = any(word.spoken for word in words)
    cues = layout(words, limits, duration)
    for cue in cues:
        assert cue.start < cue.end
        assert cue.end <= duration + (0 if spoken else 1e-2)
    for before, after in pairwise(cues):
        assert before.end <= after.start


@given(timed_words(), st.sampled_from(LIMITS))
def test_a_gap_between_cues_is_at_least_two_frames_or_none(words: list[Word], limits: CueLimits) -> None:
    for before, after in pairwise(layout(words, limits)):
        if all(any(word.spoken for word in cue.words) for cue in (before, after)):
            gap = after.start - before.end
            assert gap == 0 or gap >= limits.gap - 1e-9


@given(timed_words(), st.sampled_from(LIMITS))
def test_speech_lies_within_its_cue(words: list[Word], limits: CueLimits) -> None:
    cues = layout(words, limits)
    if all(any(word.spoken for word in cue.words) for cue in cues):
        for cue in cues:
            for word in cue.words:
                assert not word.spoken or cue.start <= word.start <= word.end <= cue.end + 1e-9


@given(timed_words(), st.sampled_from(LIMITS))
def test_no_cue_is_longer_than_the_maximum_unless_it_is_one_word(
    words: list[Word], limits: CueLimits
) -> None:
    for cue in layout(words, limits):
        if sum(1 for word in cue.words if word.spoken) > 1:
            assert cue.end - cue.start <= limits.max_duration + limits.gap + 1e-9


@given(timed_words(), st.sampled_from(LIMITS))
def test_a_cue_is_short_only_where_the_next_or_the_end_leaves_no_room(
    words: list[Word], limits: CueLimits
) -> None:
    duration = words[-1].end + 0.1
    cues = layout(words, limits, duration)
    for cue, following in zip(cues, [*cues[1:], None], strict=True):
        limit = duration if following is None else following.start
        if cue.end - cue.start < limits.min_duration - 1e-9:
            assert cue.end >= limit - limits.gap - 1e-9


@given(timed_words())
def test_no_cue_spans_a_long_silence(words: list[Word]) -> None:
    limits = CueLimits()
    for cue in layout(words, limits):
        spoken = [word for word in cue.words if word.spoken]
        assert all(after.start - before.end < limits.long_pause for before, after in pairwise(spoken))


def test_prose_breaks_at_its_punctuation() -> None:
    assert texts(layout(say(DICKENS))) == [
        "It was the best of times,\nit was the worst of times,",
        "it was the age of wisdom,\nit was the age of foolishness,",
        "it was the epoch of belief,\nit was the epoch of incredulity,",
        "it was the season of Light,\nit was the season of Darkness.",
        "It was the spring of hope,\nand it was the winter of despair.",
    ]


def test_a_vertical_video_gets_short_lines() -> None:
    cues = layout(say(DICKENS), CueLimits(columns=18))
    assert texts(cues)[:3] == [
        "It was the best\nof times,",
        "it was the worst\nof times,",
        "it was the age\nof wisdom,",
    ]


def test_no_line_is_left_hanging_on_a_little_word() -> None:
    text = "Nobody in the town could remember a winter as long "
    text += "and as cold as the one that had just come to an end."
    for line in "\n".join(texts(layout(say(text)))).split("\n"):
        assert line.split()[-1] not in {"the", "a", "an", "as", "and", "in", "that", "to"}


def test_a_paragraph_always_ends_its_cue_and_a_hard_wrapped_line_does_not() -> None:
    assert texts(layout(say("One short line\n\nand another.", pauses=False))) == [
        "One short line",
        "and another.",
    ]
    assert texts(layout(say("One short line\nand another."))) == ["One short line and another."]


def test_a_silent_dash_and_an_emoji_stay_with_what_they_follow() -> None:
    words = say(
        "Some years ago \u2014 never mind how long precisely \u2014 I went to sea. \U0001f600 "
        "That was all I wanted to do."
    )
    assert not any(
        line.startswith(("\u2014", "\U0001f600")) for cue in texts(layout(words)) for line in cue.split("\n")
    )


def test_words_that_touch_are_shown_touching() -> None:
    words = [
        Word("time\u2014", "time", 0, 0.5, space=""),
        Word("as", "as", 0.5, 0.8),
        Word("ever", "ever", 0.8, 1.2, space=""),
    ]
    assert texts(layout(words)) == ["time\u2014as ever"]


def test_a_word_longer_than_a_line_stands_alone_on_its_line() -> None:
    cues = layout(say("see " + "a" * 100 + " for more"), CueLimits())
    assert any(line_text(line) == "a" * 100 for cue in cues for line in cue.lines)


def test_a_short_cue_lingers_until_it_can_be_read_but_not_past_the_end() -> None:
    word = [Word("Yes.", "yes", 1.0, 1.2)]
    (alone,) = layout(word, duration=10.0)
    assert alone.end == pytest.approx(1.0 + 5 / 6)
    (cut,) = layout(word, duration=1.5)
    assert cut.end == 1.5


def test_a_text_without_a_spoken_word_is_shown() -> None:
    (cue,) = layout([Word("\U0001f600", "", 0.0, 0.0)], duration=1.0)
    assert 0 <= cue.start < cue.end <= 1.0


def test_no_words_make_no_cues() -> None:
    assert layout([]) == []


def test_impossible_limits_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        CueLimits(lines=3)
    assert caught.value.code == "limits-invalid"


def test_an_hour_of_speech_takes_about_a_second() -> None:
    words = say(" ".join([DICKENS] * 180))
    assert len(words) > 10_000
    start = time.process_time()
    layout(words)
    assert time.process_time() - start < 3  # 0.8 s on an idle core; the rest is for busy machines


def test_the_items_of_a_list_begin_their_own_cues() -> None:
    cues = layout(say("Method:\n1. Mix the flour well.\n2. Add the eggs.\n- Bake it now.", pauses=False))
    assert [cue.text for cue in cues] == [
        "Method:",
        "1. Mix the flour well.",
        "2. Add the eggs.",
        "- Bake it now.",
    ]


def test_a_date_and_a_telephone_number_are_not_torn_apart() -> None:
    limits = CueLimits(columns=18)
    for text, group in (
        ("It began on January 15, at noon.", "January 15,"),
        ("Do call (555) 010-0199.", "(555) 010-0199"),
    ):
        lines = [line_text(line) for cue in layout(say(text), limits) for line in cue.lines]
        assert any(group in line for line in lines), lines
