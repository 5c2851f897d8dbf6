"""The acoustic model, as PocketSphinx itself reads it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.aligners.sphinx import reference
from voxcue.aligners.sphinx.arpabet import PHONES
from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.model import BEGIN, END, INSIDE, SINGLE, STATES, STREAMS, Phone, load
from voxcue.aligners.sphinx.network import network
from voxcue.types import Clip

MODEL = load()


def alone(name: str) -> Phone:
    """A phone without context."""
    spoken = [each for each in MODEL.names if not each.startswith("+")]
    return MODEL.speech[spoken.index(name)]


def test_it_has_the_phones_senones_and_gaussians_of_the_files() -> None:
    assert len(MODEL.names) == 42
    assert {*PHONES, "SIL"} == {name for name in MODEL.names if not name.startswith("+")}
    assert len(MODEL.codebook) == reference.SENONES
    assert MODEL.gaussians.shape == (STREAMS, 42, 128, 27)
    assert MODEL.weights.shape == (STREAMS, 128, reference.SENONES)


def test_it_is_read_once() -> None:
    assert load() is MODEL


def test_transitions_are_probabilities_and_states_only_stay_or_go_on() -> None:
    stay, leave = np.exp(MODEL.stay), np.exp(MODEL.leave)
    assert stay.shape == leave.shape == (42, STATES)
    assert stay.min() > 0
    assert leave.min() > 0
    np.testing.assert_allclose(stay + leave, 1, atol=1e-6)


def test_the_weights_of_a_senone_add_up_to_one() -> None:
    for stream in range(STREAMS):
        sums = MODEL.mixtures(np.arange(reference.SENONES), stream).sum(axis=1)
        assert np.median(sums) == pytest.approx(1, abs=0.1)  # they are rounded to 8 bits


def test_senones_of_a_phone_share_its_codebook_whatever_the_context() -> None:
    for name in ("AA", "K", "ZH"):
        number = MODEL.number[name]
        for left, right in (("SIL", "SIL"), ("T", "AE"), ("IY", "S")):
            phone = MODEL.phone(number, MODEL.number[left], MODEL.number[right], INSIDE)
            assert set(MODEL.codebook[phone.senones]) == {number}


def test_a_phone_sounds_different_between_other_phones_and_elsewhere_in_a_word() -> None:
    t, s, aa, iy = (MODEL.number[name] for name in ("T", "S", "AA", "IY"))
    places = [(s, aa, INSIDE), (s, iy, INSIDE), (aa, s, END), (aa, s, BEGIN)]
    found = {tuple(MODEL.phone(t, *place).senones.tolist()) for place in places}
    assert len(found) == len(places)


@pytest.mark.parametrize("position", [INSIDE, BEGIN, END, SINGLE])
def test_a_phone_in_a_context_that_the_model_lacks_is_the_phone_without_context(position: int) -> None:
    noise = MODEL.number["+NSN+"]
    for name in PHONES:
        found = MODEL.phone(MODEL.number[name], noise, noise, position)
        assert found.senones.tolist() == alone(name).senones.tolist()
        assert found.matrix == alone(name).matrix


def test_silence_is_the_same_in_any_context() -> None:
    silence, k = MODEL.number["SIL"], MODEL.number["K"]
    assert MODEL.phone(silence, k, k, SINGLE).senones.tolist() == MODEL.silence.senones.tolist()


def test_a_text_has_the_states_that_pocketsphinx_gives_it(clip: Clip, text: str) -> None:
    words = reference.alignment(clip, text)
    assert [word.spelling for word in words] == text.split()
    ours = network(MODEL, [Entry(word.spelling, (word.phones,)) for word in words])
    theirs = [state.senone for word in words for state in word.states]
    assert ours.senones.tolist() == theirs
