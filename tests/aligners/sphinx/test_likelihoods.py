"""Log likelihoods of senones, from their definition, and beside those of PocketSphinx."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.aligners.sphinx import reference
from voxcue.aligners.sphinx.features import features
from voxcue.aligners.sphinx.likelihoods import log_likelihoods
from voxcue.aligners.sphinx.model import STREAMS, load
from voxcue.types import Clip

MODEL = load()
ALL = np.arange(reference.SENONES)


def test_they_are_sums_over_streams_of_weighed_gaussians(clip: Clip) -> None:
    heard = features(clip.samples)[100:104]
    senones = np.array([97, 500, 2534, 4193])
    found = log_likelihoods(MODEL, heard, senones)
    for frame, streams in enumerate(heard.astype(np.float64)):
        for column, senone in enumerate(senones):
            total = 0.0
            for stream in range(STREAMS):
                terms = np.concatenate((streams[stream] ** 2, streams[stream], [1.0]))
                densities = MODEL.gaussians[stream, MODEL.codebook[senone]] @ terms
                weights = -1024 * np.log(1.0001) * MODEL.weights[stream][:, senone]
                total += np.logaddexp.reduce(densities + weights)
            if total > found[frame].max() - 30:  # worse ones are cut off
                assert found[frame, column] == pytest.approx(total, abs=0.02)


def test_they_agree_with_pocketsphinx(clip: Clip, tmp_path: Path) -> None:
    theirs = reference.scores(clip, tmp_path)
    ours = log_likelihoods(MODEL, features(clip.samples), ALL)
    assert abs(len(ours) - len(theirs)) <= 1
    count = min(len(ours), len(theirs))
    ours, theirs = ours[:count] - ours[:count].max(axis=1, keepdims=True), theirs[:count]
    near = (ours > -5) & (theirs > -5)
    assert near.sum() > 20 * count
    assert abs(ours - theirs)[near].mean() < 0.4  # it keeps four densities, in 8 bits
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.94
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.8


def test_they_do_not_depend_on_the_other_senones_or_frames(clip: Clip) -> None:
    heard = features(np.tile(clip.samples, 2))
    assert len(heard) > 2 * 256  # more than are worked on at once
    found = log_likelihoods(MODEL, heard, ALL)
    some = ALL[5::97]
    np.testing.assert_allclose(log_likelihoods(MODEL, heard, some), found[:, some], atol=1e-3)
    np.testing.assert_allclose(log_likelihoods(MODEL, heard[250:260], ALL), found[250:260], atol=1e-3)


def test_senones_may_come_in_any_order(clip: Clip) -> None:
    heard = features(clip.samples)[:20]
    mixed = np.random.default_rng(0).permutation(ALL)[:200]
    found = log_likelihoods(MODEL, heard, mixed)
    np.testing.assert_allclose(
        found, log_likelihoods(MODEL, heard, np.sort(mixed))[:, np.argsort(np.argsort(mixed))], atol=1e-3
    )


def test_features_far_from_all_that_the_model_knows_have_finite_likelihoods() -> None:
    far = np.full((3, STREAMS, 13), 1e4, np.float32)
    assert np.isfinite(log_likelihoods(MODEL, far, ALL)).all()
