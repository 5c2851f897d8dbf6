"""The best path of a text through posteriors: against every path there is, and what holds of any."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from numpy.typing import NDArray

from voxcue.aligners.ctc.viterbi import forced_path
from voxcue.cancel import cancellable
from voxcue.errors import AlignmentError


def noise(frames: int, classes: int, seed: int = 0) -> NDArray[np.float32]:
    logits = np.random.default_rng(seed).normal(0, 3, (frames, classes))
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)


def best(log_probs: NDArray[np.float32], labels: list[int], blanks: list[int], wildcard: int | None) -> float:
    """The score of the best of all sequences of states that spell the labels."""
    classes = [each for pair in zip(blanks, [*labels, 0], strict=True) for each in pair][:-1]
    found = -np.inf
    for steps in product(range(3), repeat=len(log_probs)):
        state, score = 0, 0.0
        for frame, step in enumerate(steps):
            target = state + step
            if frame == 0 and step == 2:
                break
            again = target // 2 < len(labels) and labels[target // 2] == labels[state // 2] != wildcard
            skips = step == 2 and (target % 2 == 0 or again)
            if target >= len(classes) or skips:
                break
            state, score = target, score + float(log_probs[frame, classes[target]])
        else:
            if state >= len(classes) - 2:
                found = max(found, score)
    return found


@pytest.mark.parametrize(
    ("labels", "blanks", "wildcard"),
    [
        ([1], [0, 0], None),
        ([1, 2], [0, 0, 0], None),
        ([1, 1], [0, 0, 0], None),
        ([3, 3], [0, 0, 0], 3),
        ([2, 1, 1], [4, 0, 4, 0], None),
        ([3, 3, 3], [4, 4, 0, 4], 3),
    ],
)
def test_no_path_is_better(labels: list[int], blanks: list[int], wildcard: int | None) -> None:
    for seed in range(5):
        log_probs = noise(7, 5, seed)
        path = forced_path(log_probs, labels, blanks, wildcard=wildcard)
        assert path.score == pytest.approx(best(log_probs, labels, blanks, wildcard), abs=1e-4)


@limits(max_examples=60, deadline=None)
@given(st.integers(1, 120), st.lists(st.integers(1, 4), max_size=30), st.integers(0, 9))
def test_labels_are_in_order_and_their_scores_are_those_of_their_frames(
    frames: int, labels: list[int], seed: int
) -> None:
    log_probs = noise(frames, 5, seed)
    again = [at for at in range(1, len(labels)) if labels[at] == labels[at - 1]]
    if frames < len(labels) + len(again):
        with pytest.raises(AlignmentError) as caught:
            forced_path(log_probs, labels)
        assert caught.value.code == "audio-too-short"
        return
    path = forced_path(log_probs, labels)
    assert (path.starts < path.ends).all()
    assert (path.ends[:-1] <= path.starts[1:]).all()
    assert all(path.ends[at - 1] < path.starts[at] for at in again)
    rest = np.ones(frames, bool)
    for start, end, label, score in zip(path.starts, path.ends, labels, path.scores, strict=True):
        rest[start:end] = False
        assert score == pytest.approx(log_probs[start:end, label].sum(), abs=1e-3)
    assert path.score == pytest.approx(path.scores.sum() + log_probs[rest, 0].sum(), abs=1e-3)


def test_peaks_are_found_in_a_long_recording() -> None:
    truth = np.sort(np.random.default_rng(1).choice(5000, 900, replace=False)) * 2
    labels = np.random.default_rng(2).integers(1, 20, 900)
    log_probs = np.full((10_000, 20), -12.0, np.float32)
    log_probs[:, 0] = -0.01
    log_probs[truth, 0], log_probs[truth, labels] = -12.0, -0.01
    assert (forced_path(log_probs, labels.tolist()).starts == truth).all()


def test_it_can_be_cancelled() -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), cancellable(stop):
        forced_path(noise(50, 5), [1, 2])
