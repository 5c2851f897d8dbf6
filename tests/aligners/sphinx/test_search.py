"""Texts searched for in speech: all of it, its beginning, and parts with other sounds between."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.aligners import flite
from tests.aligners.sphinx import reference
from voxcue.aligners.sphinx import dictionary
from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.search import Heard, chain, mean, parts
from voxcue.aligners.sphinx.sound import Sound, listen
from voxcue.types import Clip

RATE = 16_000
SENTENCES = (
    "the quick brown fox jumps over the lazy dog",
    "his pale face was flushed and animated",
    "we were drinking a glass of wine by the fire",
)
BEGINS = [0, 9, 16]
WORDS = " ".join(SENTENCES).split()
FIRST, SECOND, THIRD = range(9), range(9, 16), range(16, 26)
FOREIGN = "she had your dark suit in greasy wash water all year"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NDArray[np.float32]]:
    """Sentences to samples."""
    folder = tmp_path_factory.mktemp("sentences")
    return {text: flite.speak(text, "slt", folder)[0].samples for text in (*SENTENCES, FOREIGN)}


def entries(words: Sequence[str]) -> list[Entry]:
    found = [dictionary.entry(word) for word in words]
    return [entry for entry in found if entry]


def sound(*samples: NDArray[np.float32]) -> Sound:
    return listen(np.concatenate(samples), RATE)


def indices(path: Sequence[Heard]) -> list[int]:
    return [each.index for each in path if each.index is not None]


def assert_joined(path: Sequence[Heard], heard: Sound) -> None:
    assert path[0].start == 0
    assert path[-1].end == heard.frames
    assert all(before.end == after.start for before, after in pairwise(path))


def test_words_in_order_are_found_where_pocketsphinx_finds_them(clip: Clip, text: str) -> None:
    words = reference.alignment(clip, text)
    path = chain(
        listen(clip.samples, RATE), [Entry(word.spelling, (word.phones,)) for word in words], whole=True
    )
    found = [each for each in path if each.word]
    assert [each.word.spelling for each in found if each.word] == text.split()
    apart = [abs(one.start - other.states[0].start) for one, other in zip(found, words, strict=True)]
    assert statistics.mean(apart) < 1
    assert max(apart) <= 5


def test_a_path_has_all_words_in_order_and_leaves_no_gap(said: dict[str, NDArray[np.float32]]) -> None:
    heard = sound(*(said[text] for text in SENTENCES))
    path = chain(heard, entries(WORDS), whole=True)
    assert indices(path) == list(range(len(WORDS)))
    assert_joined(path, heard)
    words = [each for each in path if each.word]
    assert abs(mean(words)) < 2


def test_wrong_words_are_far_below_free_phones(said: dict[str, NDArray[np.float32]]) -> None:
    heard = sound(said[SENTENCES[0]])
    right, wrong = (chain(heard, entries(text.split()), whole=True) for text in (SENTENCES[0], FOREIGN))
    assert mean(right) - mean(wrong) > 3


def test_a_text_that_need_not_be_whole_ends_where_the_audio_does(
    said: dict[str, NDArray[np.float32]],
) -> None:
    for spoken in (SENTENCES[:1], SENTENCES[:2], SENTENCES):
        heard = sound(*(said[text] for text in spoken))
        path = chain(heard, entries(WORDS), whole=False)
        assert indices(path) == list(range(len(" ".join(spoken).split())))
        assert_joined(path, heard)


@pytest.mark.parametrize("loudness", [0.0, 0.002, 0.05])
def test_a_text_that_need_not_be_whole_has_no_words_in_hiss(loudness: float) -> None:
    hiss = np.random.default_rng(0).normal(0, loudness, 2 * RATE).astype(np.float32)
    assert indices(chain(sound(hiss), entries(WORDS), whole=False)) == []


@pytest.mark.parametrize("loudness", [0.0005, 0.002, 0.01])
def test_hiss_after_speech_is_not_the_next_word(
    loudness: float, said: dict[str, NDArray[np.float32]]
) -> None:
    hiss = np.random.default_rng(1).normal(0, loudness, 4 * RATE).astype(np.float32)
    text = f"{SENTENCES[1]} {SENTENCES[0]}".split()
    path = chain(sound(said[SENTENCES[1]], hiss), entries(text), whole=False)
    assert indices(path) == list(range(len(SENTENCES[1].split())))


def test_what_is_too_short_for_a_text_has_no_path() -> None:
    short = sound(np.full(RATE // 10, 0.1, np.float32))
    assert chain(short, entries(WORDS), whole=True) == []
    assert indices(parts(short, entries(WORDS), BEGINS, whole=True)) == []


def test_no_words_are_a_path_of_silence() -> None:
    path = chain(sound(np.zeros(RATE, np.float32)), [], whole=True)
    assert [each.word for each in path] == [None]


@pytest.mark.parametrize("whole", [True, False])
def test_parts_that_are_all_said_in_order_are_where_the_whole_text_is(
    whole: bool, said: dict[str, NDArray[np.float32]]
) -> None:
    heard = sound(*(said[text] for text in SENTENCES))
    path = parts(heard, entries(WORDS), BEGINS, whole=whole)
    expected = chain(heard, entries(WORDS), whole=True)
    assert [(each.index, each.start, each.end) for each in path] == [
        (each.index, each.start, each.end) for each in expected
    ]


ORDERS = {
    "all said": ((0, 1, 2), [*FIRST, *SECOND, *THIRD]),
    "beginning left out": ((1, 2), [*SECOND, *THIRD]),
    "middle left out": ((0, 2), [*FIRST, *THIRD]),
    "end left out": ((0, 1), [*FIRST, *SECOND]),
    "said twice": ((0, 1, 1, 2), [*FIRST, *SECOND, *THIRD]),
    "begun again": ((0, 1, 0, 1, 2), [*FIRST, *SECOND, *THIRD]),
}


@pytest.mark.parametrize(("order", "expected"), ORDERS.values(), ids=ORDERS.keys())
def test_parts_are_found_whatever_is_left_out_or_said_again(
    order: tuple[int, ...], expected: list[int], said: dict[str, NDArray[np.float32]]
) -> None:
    heard = sound(*(said[SENTENCES[at]] for at in order))
    path = parts(heard, entries(WORDS), BEGINS, whole=True)
    assert indices(path) == expected
    assert_joined(path, heard)


def test_of_a_part_that_is_said_twice_the_second_time_counts(said: dict[str, NDArray[np.float32]]) -> None:
    first, second, third = (said[text] for text in SENTENCES)
    path = parts(sound(first, second, second, third), entries(WORDS), BEGINS, whole=True)
    start = next(each.start for each in path if each.index == SECOND[0])
    assert abs(start - 100 * (len(first) + len(second)) / RATE) < 30
    again = [each for each in path if each.word is None and each.start < start and each.end - each.start > 5]
    assert sum(each.end - each.start for each in again) > 0.7 * 100 * len(second) / RATE


@pytest.mark.parametrize("place", range(4))
def test_speech_that_is_not_in_the_text_is_passed_over(
    place: int, said: dict[str, NDArray[np.float32]]
) -> None:
    spoken = [said[text] for text in SENTENCES]
    path = parts(sound(*spoken[:place], said[FOREIGN], *spoken[place:]), entries(WORDS), BEGINS, whole=True)
    assert indices(path) == list(range(len(WORDS)))
    start = 100 * sum(map(len, spoken[:place])) / RATE
    end = start + 100 * len(said[FOREIGN]) / RATE
    others = [each for each in path if each.word is None and each.end > start and each.start < end]
    assert sum(min(each.end, end) - max(each.start, start) for each in others) > 0.9 * (end - start)


def test_the_last_part_may_end_early_if_it_need_not_be_whole(said: dict[str, NDArray[np.float32]]) -> None:
    heard = sound(said[SENTENCES[0]], said[SENTENCES[2]][: round(1.2 * RATE)])
    found = indices(parts(heard, entries(WORDS), BEGINS, whole=False))
    assert found[:9] == list(FIRST)
    assert found[9:] == list(THIRD[: len(found) - 9])
    assert 2 <= len(found) - 9 <= 8
    whole = indices(parts(heard, entries(WORDS), BEGINS, whole=True))
    assert whole == list(FIRST)
