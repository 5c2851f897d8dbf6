"""The hidden Markov model of a text."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voxcue.aligners.sphinx import dictionary
from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.model import BEGIN, END, INSIDE, SINGLE, STATES, load
from voxcue.aligners.sphinx.network import Network, network

MODEL = load()
WORDS = ("a", "the", "i", "cat", "eye", "abkhazian", "don't", "was", "hibari", "strengths", "read")


def entries(text: str) -> list[Entry]:
    found = [dictionary.entry(word) for word in text.split()]
    assert None not in found
    return [entry for entry in found if entry]


def senones(name: str, left: str, right: str, position: int) -> list[int]:
    number = MODEL.number
    found: list[int] = MODEL.phone(number[name], number[left], number[right], position).senones.tolist()
    return found


def states(net: Network, pronunciation: int) -> list[list[int]]:
    """The senones of a pronunciation, phone by phone."""
    first, last = net.first[pronunciation], net.last[pronunciation]
    found: list[list[int]] = net.senones[first : last + 1].reshape(-1, STATES).tolist()
    return found


@given(st.lists(st.sampled_from(WORDS), max_size=8))
@settings(max_examples=50, deadline=None)
def test_every_pronunciation_of_every_word_has_three_states_a_phone(words: list[str]) -> None:
    text = entries(" ".join(words))
    net = network(MODEL, text)
    said = [(at, phones) for at, entry in enumerate(text) for phones in entry.pronunciations]
    assert net.words == len(words)
    assert net.word.tolist() == [at for at, _ in said]
    assert (net.last - net.first + 1).tolist() == [STATES * len(phones) for _, phones in said]
    assert len(net.senones) == len(net.stay) == len(net.leave) == sum(net.last - net.first + 1)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_pronunciations_follow_one_another_and_words_begin_with_their_first(words: list[str]) -> None:
    net = network(MODEL, entries(" ".join(words)))
    assert net.first[0] == 0
    assert net.first[1:].tolist() == (net.last[:-1] + 1).tolist()
    assert net.last[-1] == len(net.senones) - 1
    assert net.begins.tolist() == [net.word.tolist().index(word) for word in range(len(words))]


def test_phones_stand_between_those_of_the_words_around_and_silence_at_both_ends() -> None:
    net = network(MODEL, entries("cat cat"))
    assert states(net, 0) == [
        senones("K", "SIL", "AE", BEGIN),
        senones("AE", "K", "T", INSIDE),
        senones("T", "AE", "K", END),
    ]
    assert states(net, 1) == [
        senones("K", "T", "AE", BEGIN),
        senones("AE", "K", "T", INSIDE),
        senones("T", "AE", "SIL", END),
    ]


def test_a_word_of_one_phone_stands_alone() -> None:
    net = network(MODEL, [Entry("eye", (("AY",),)), Entry("two", (("T", "UW"),))])
    assert states(net, 0) == [senones("AY", "SIL", "T", SINGLE)]
    assert states(net, 1) == [senones("T", "AY", "UW", BEGIN), senones("UW", "T", "SIL", END)]


def test_transitions_are_those_of_the_phones() -> None:
    net = network(MODEL, entries("cat"))
    rows = [MODEL.number[name] for name in ("K", "AE", "T")]
    np.testing.assert_array_equal(net.stay.reshape(-1, STATES), MODEL.stay[rows])
    np.testing.assert_array_equal(net.leave.reshape(-1, STATES), MODEL.leave[rows])


def test_no_words_are_a_network_without_states() -> None:
    net = network(MODEL, [])
    assert net.words == len(net.senones) == len(net.first) == len(net.word) == 0
