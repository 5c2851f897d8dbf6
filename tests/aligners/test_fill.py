"""Whatever an aligner found, every token gets a time, and the times make sense."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.aligners.promise import assert_kept
from voxcue.aligners import fill
from voxcue.types import Span, Token

SECONDS = st.floats(-5, 60, allow_subnormal=False)
DURATIONS = st.one_of(st.floats(0, 60, allow_subnormal=False), st.sampled_from([0.0, 1e-9, 1e-4, 0.02, 1e5]))
TOKENS = st.builds(
    Token,
    st.text(max_size=5),
    st.sampled_from(["", "…", "—", "a", "word", "three dollars, fifty", "x" * 60]),
    st.integers(0, 1000),
    st.sampled_from(["", " ", "\n\n"]),
)
SPANS = st.builds(lambda a, b: Span(min(a, b), max(a, b)), SECONDS, st.one_of(SECONDS, st.just(1.0)))
FOUND = st.lists(st.tuples(TOKENS, st.none() | SPANS), max_size=30)
SILENT = Token("—", "", 0)


def said(*words: str) -> list[Token]:
    return [Token(word, word, 0) for word in words]


@given(found=FOUND, duration=DURATIONS)
def test_the_promise_is_kept_whatever_was_found(
    found: list[tuple[Token, Span | None]], duration: float
) -> None:
    tokens, spans = [token for token, _ in found], [span for _, span in found]
    assert_kept(fill.words(tokens, spans, duration), tokens, duration)


@given(found=st.lists(st.tuples(st.floats(0.02, 2), st.floats(0, 1)), min_size=1, max_size=20))
def test_times_that_are_right_already_are_left_alone(found: list[tuple[float, float]]) -> None:
    place, spans = 0.0, []
    for length, gap in found:
        spans.append(Span(place + gap, place + gap + length))
        place = spans[-1].end
    words = fill.words(said(*["word"] * len(spans)), spans, place)
    for word, span in zip(words, spans, strict=True):
        assert abs(word.start - span.start) < 1e-6
        assert abs(word.end - span.end) < 1e-6


def test_a_silent_token_takes_the_gap_it_stands_in() -> None:
    tokens = [SILENT, *said("one"), SILENT, *said("two"), SILENT]
    words = fill.words(tokens, [None, Span(0.5, 1.0), None, Span(1.5, 2.0), None], 3.0)
    times = [(word.start, word.end) for word in words]
    assert times == [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5), (1.5, 2.0), (2.0, 3.0)]


def test_spoken_tokens_without_a_time_share_their_gap_by_length() -> None:
    words = fill.words(said("one", "a", "abc", "two"), [Span(0, 1), None, None, Span(3, 4)], 4.0)
    assert [(word.start, word.end) for word in words] == [(0, 1), (1, 1.5), (1.5, 3), (3, 4)]


def test_a_gap_too_small_to_be_spoken_in_is_widened_by_the_word_before() -> None:
    words = fill.words(said("three", "fifty", "now"), [Span(0, 1), None, Span(1.01, 2)], 2.0)
    assert words[0].end == words[1].start
    assert words[1].end - words[1].start > 0.4
    assert (words[2].start, words[2].end) == (1.01, 2)


def test_a_clip_in_which_nothing_was_found_is_shared_by_all() -> None:
    words = fill.words(said("ab", "cd", "efgh"), [None] * 3, 4.0)
    assert [(word.start, word.end) for word in words] == [(0, 1), (1, 2), (2, 4)]


def test_confidences_stay_with_their_words() -> None:
    words = fill.words(said("one", "two"), [Span(0, 1), None], 2.0, [0.75, None])
    assert [word.confidence for word in words] == [0.75, None]
