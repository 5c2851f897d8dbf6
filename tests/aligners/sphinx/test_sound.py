"""Sound as the model hears it, beside the best path of any phones."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from tests.aligners.promise import assert_kept
from tests.aligners.sphinx import reference
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.aligners.sphinx.features import RATE, features
from voxcue.aligners.sphinx.likelihoods import log_likelihoods
from voxcue.aligners.sphinx.model import STATES, load
from voxcue.aligners.sphinx.sound import Sound, listen, seconds
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Token

MODEL = load()
ALL = np.arange(reference.SENONES)
WITHOUT_CONTEXT = np.unique(np.concatenate([phone.senones for phone in MODEL.speech]))
ANOTHER = -3.0
"""Nats for each phone of the free path."""

aligner = SphinxAligner()


def noise(count: int, loudness: float = 0.1) -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, loudness, count).astype(np.float32)


def free_path(likelihoods: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores of the frames on the best path of phones: Viterbi's algorithm as in a textbook.

    Args:
        likelihoods: of the states of all phones, of shape ``(frames, states)``.
    """
    phones = MODEL.speech
    states = STATES * len(phones)
    moves = np.full((states, states), -np.inf)
    for number, phone in enumerate(phones):
        for state in range(STATES):
            at = number * STATES + state
            moves[at, at] = MODEL.stay[phone.matrix, state]
            if state < STATES - 1:
                moves[at, at + 1] = MODEL.leave[phone.matrix, state]
    leave = np.array([MODEL.leave[phone.matrix, -1] for phone in phones])
    moves[STATES - 1 :: STATES, ::STATES] = np.maximum(
        moves[STATES - 1 :: STATES, ::STATES], leave[:, None] + ANOTHER
    )
    best = np.full(states, -np.inf)
    best[::STATES] = 0.0
    best += likelihoods[0]
    before = []
    for row in likelihoods[1:]:
        through = best[:, None] + moves
        before.append(through.argmax(axis=0))
        best = through.max(axis=0) + row
    path = [STATES * int((best[STATES - 1 :: STATES] + leave).argmax()) + STATES - 1]
    for each in reversed(before):
        path.append(int(each[path[-1]]))
    return likelihoods[np.arange(len(likelihoods)), path[::-1]]


@pytest.mark.parametrize("what", ["speech", "noise"])
def test_the_free_path_is_the_best_one_of_phones_in_any_order(what: str, clip: Clip) -> None:
    samples = clip.samples if what == "speech" else noise(RATE)
    states = np.concatenate([phone.senones for phone in MODEL.speech])
    likelihoods = log_likelihoods(MODEL, features(samples), ALL)
    expected = free_path(likelihoods[:, states].astype(np.float64))
    found = likelihoods - Sound(MODEL, samples).scores(ALL)
    np.testing.assert_allclose(found, np.broadcast_to(expected[:, None], found.shape), atol=0.01)


def test_the_free_path_is_never_far_below_what_fits_a_frame_best(clip: Clip) -> None:
    for samples in (clip.samples, np.clip(50 * clip.samples, -1, 1), noise(RATE)):
        above = Sound(MODEL, samples).scores(WITHOUT_CONTEXT).max(axis=1)
        assert above.min() > -0.001
        assert above.mean() < 1.5
        assert above.max() < 12


def test_scores_do_not_depend_on_what_else_is_asked_for(clip: Clip) -> None:
    whole = Sound(MODEL, clip.samples).scores(ALL)
    sound = Sound(MODEL, clip.samples)
    for senones in (ALL[3::40], ALL[::7], WITHOUT_CONTEXT, ALL[-1:]):
        np.testing.assert_allclose(sound.scores(senones), whole[:, senones], atol=0.01)


def test_scores_do_not_depend_on_how_loud_it_is(clip: Clip) -> None:
    whole, half = (Sound(MODEL, factor * clip.samples).scores(ALL) for factor in (1.0, 0.5))
    sounding = features(clip.samples)[:, 0, 0] > 0
    assert abs(whole - half)[sounding].mean() < 0.5


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0), np.ones(1), np.ones(RATE // 50), np.zeros(RATE), noise(RATE, 30.0), noise(RATE, 1e-6)],
    ids=["nothing", "one sample", "two frames", "zeros", "clipped", "below 16 bits"],
)
def test_any_sound_has_finite_scores(samples: NDArray[np.float64]) -> None:
    sound = Sound(MODEL, samples.astype(np.float32))
    scores = sound.scores(ALL)
    assert scores.shape == (sound.frames, reference.SENONES)
    assert sound.frames >= 1
    assert np.isfinite(scores).all()


def test_audio_of_another_rate_is_heard_alike(clip: Clip) -> None:
    upsampled = soxr.resample(clip.samples, RATE, 44_100)
    found, expected = (listen(samples, rate) for samples, rate in ((upsampled, 44_100), (clip.samples, RATE)))
    assert abs(found.frames - expected.frames) <= 1
    count = min(found.frames, expected.frames)
    assert abs(found.scores(ALL)[:count] - expected.scores(ALL)[:count]).mean() < 1


def test_the_first_frame_begins_with_the_sound_and_others_follow_every_ten_milliseconds() -> None:
    assert seconds(0) == 0
    assert seconds(1) == pytest.approx(0.0178)
    assert [round(seconds(at + 1) - seconds(at), 6) for at in (1, 10, 100)] == [0.01] * 3


SHORT = [*range(6), 31, 159, 160, 161, 240, 409, 410, 411, 480, 569, 570, 571, 730, 800, 1600]


@pytest.mark.parametrize("text", ["I", "Yes.", "a a", "We were here. You left us there. They came again."])
@pytest.mark.parametrize("rate", [8_000, RATE, 44_100])
def test_next_to_no_sound_has_words_or_an_alignment_error(text: str, rate: int) -> None:
    tokens = [Token(word, word, 0) for word in text.split()]
    for count in SHORT:
        for samples in (np.zeros(count), np.ones(count), noise(count), noise(count, 30.0)):
            try:
                words = aligner.align(Clip(samples.astype(np.float32), rate), tokens)
            except AlignmentError:
                continue
            assert_kept(words, tokens, count / rate)
