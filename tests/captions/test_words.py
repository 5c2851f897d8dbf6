"""words.json and words.csv: exact texts, and times that stay in order when rounded."""

from __future__ import annotations

import csv
import io
import json
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from voxcue.captions import render, style, track_from_json
from voxcue.captions.escape import encodable
from voxcue.captions.words import rounded_times, words_json
from voxcue.errors import UsageError
from voxcue.types import Word

from .speech import DICKENS, HOSTILE, say, timed_words, track

SCHEMA = json.loads((resources.files("voxcue.captions") / "words.schema.json").read_text("utf-8"))


@given(timed_words(hostile=True))
def test_the_document_fits_its_schema(words: list[Word]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(words_json(track(words))))


def test_the_document_of_a_speech_without_words_fits_its_schema() -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(words_json(track([], 1.0))))


@given(timed_words(hostile=True))
def test_reading_back_gives_the_same_words(words: list[Word]) -> None:
    written = words_json(track(words))
    read = track_from_json(written)
    assert [word.text for word in read.words] == [encodable(word.text) for word in words]
    assert words_json(read) == written


@st.composite
def crowded(draw: st.DrawFn) -> list[Word]:
    """Words much shorter than a millisecond, spoken ones longer than nothing."""
    clock = draw(st.floats(0, 1))
    words = []
    for spoken in draw(st.lists(st.booleans(), min_size=1, max_size=20)):
        start = clock + draw(st.sampled_from([0.0, 0.0, 0.0004]))
        clock = start + (draw(st.floats(1e-5, 2e-3)) if spoken else 0.0)
        words.append(Word("w", "w" if spoken else "", start, clock))
    return words


@given(crowded())
def test_rounding_keeps_order_and_length(words: list[Word]) -> None:
    duration = words[-1].end + 0.0003
    times = rounded_times(words, duration)
    for word, (start, end) in zip(words, times, strict=True):
        assert 0 <= start <= end
        assert end > start or not word.spoken
    for before, after in pairwise(times):
        assert before[1] <= after[0]
    assert times[-1][1] <= max(round(duration * 1000), sum(1 for word in words if word.spoken))


@given(timed_words())
def test_rounding_moves_no_ordinary_time_by_more_than_half_a_millisecond(words: list[Word]) -> None:
    for word, (start, end) in zip(words, rounded_times(words, words[-1].end + 1), strict=True):
        assert abs(word.start * 1000 - start) <= 0.5 + 1e-6
        assert abs(word.end * 1000 - end) <= 0.5 + 1e-6


def test_texts_are_exact_in_json_and_csv() -> None:
    words = [Word(text, "said", n, n + 0.9) for n, text in enumerate(HOSTILE)]
    speech = track(words)
    document = json.loads(render("json", speech, style("plain")))
    assert [entry["text"] for entry in document["words"]] == [encodable(text) for text in HOSTILE]
    table = render("csv", speech, style("plain"))
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert rows[0] == ["index", "text", "spoken", "start", "end", "confidence"]
    assert [row[1] for row in rows[1:]] == [encodable(text) for text in HOSTILE]
    assert rows[2][3:] == ["1.000", "1.900", ""]


def test_the_document_says_where_it_came_from() -> None:
    read = track_from_json(words_json(track(say(DICKENS))))
    assert (read.engine, read.voice, read.aligner, read.sample_rate) == ("hibari", "test", "native", 24000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"version": 2}',
        "[" * 100_000,
        '{"version": 1, "text": "", "duration": 1, "sample_rate": 1, "words": [1]}',
        '{"version": 1, "text": "", "duration": NaN, "sample_rate": 1, "words": []}',
        '{"version": 1, "text": 3, "duration": 1, "sample_rate": 1, "words": []}',
    ],
)
def test_anything_else_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        track_from_json(text)
    assert caught.value.code == "words-invalid"
    assert "\n" not in caught.value.message


def test_words_out_of_order_are_refused() -> None:
    words = [Word("b", "b", 1.0, 2.0), Word("a", "a", 0.0, 0.5)]
    document = json.loads(words_json(track(words, 3.0)))
    document["words"][1]["start"] = 0.0
    with pytest.raises(UsageError, match="out of order"):
        track_from_json(json.dumps(document))
