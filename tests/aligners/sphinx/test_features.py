"""Features, beside those of PocketSphinx's own front end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.aligners.sphinx import reference
from voxcue.aligners.sphinx.features import HOP, features
from voxcue.types import Clip


def noise(count: int, loudness: float = 0.1) -> np.ndarray:
    return np.random.default_rng(0).normal(0, loudness, count).astype(np.float32)


def test_cepstra_are_those_of_pocketsphinx_where_there_is_sound(clip: Clip, tmp_path: Path) -> None:
    theirs = reference.cepstra(clip, tmp_path)
    ours = features(clip.samples)[:, 0]
    assert abs(len(ours) - len(theirs)) <= 1
    count = min(len(ours), len(theirs))
    difference = ours[:count] - theirs[:count]
    energy = theirs[:count, 0]
    sounding = difference[energy > np.median(energy) - 5]
    assert len(sounding) > count / 2
    apart = abs(sounding - np.median(sounding, axis=0))  # each takes off a mean of its own
    assert apart.mean() < 0.01
    assert apart.max() < 0.2


def test_derivatives_are_differences_over_four_frames_and_of_those_over_two(clip: Clip) -> None:
    cepstra, first, second = features(clip.samples).transpose(1, 0, 2)
    np.testing.assert_allclose(first[2:-2], cepstra[4:] - cepstra[:-4], atol=1e-3)
    np.testing.assert_allclose(second[3:-3], first[4:-2] - first[2:-4], atol=1e-3)


def test_loudness_does_not_matter(clip: Clip) -> None:
    whole, half = features(clip.samples), features(np.float32(0.5) * clip.samples)
    sounding = whole[:, 0, 0] > 0
    assert abs(whole - half)[sounding].mean() < 0.2


@given(count=st.integers(0, 3000))
@settings(max_examples=40)
def test_frames_begin_every_ten_milliseconds_as_long_as_there_is_sound(count: int) -> None:
    found = features(noise(count))
    assert found.shape[1:] == (3, 13)
    assert max(1, (count - 410) / HOP + 1) <= len(found) <= max(1, (count - 410) / HOP + 2)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0), np.ones(1), np.zeros(16_000), np.ones(16_000), noise(16_000, 30.0), noise(16_000, 1e-6)],
    ids=["nothing", "one sample", "zeros", "full scale", "clipped", "below 16 bits"],
)
def test_any_sound_has_finite_features(samples: np.ndarray) -> None:
    assert np.isfinite(features(samples.astype(np.float32))).all()


def test_what_is_beyond_full_scale_is_clipped() -> None:
    loud = noise(4000, 1.0)
    np.testing.assert_array_equal(features(loud), features(np.clip(loud, -1, 1)))


def test_samples_are_not_changed() -> None:
    samples = noise(4000)
    before = samples.copy()
    features(samples)
    np.testing.assert_array_equal(samples, before)
