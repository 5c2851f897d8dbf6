"""The embedded engine: repeatable audio, in order, untouched by how its word times are got out."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hibari import Hibari
from hibari.voices import VOICES

from tests.engines.speech import ENGINE, SENTENCES, request, say, say_all
from voxcue.errors import UnavailableError, UsageError


def test_a_seed_gives_the_same_audio_alone_and_in_a_batch_of_others() -> None:
    alone = say(SENTENCES[3], seed=7)
    batch = [request(each, seed=index) for index, each in enumerate(SENTENCES)]
    among_others = say_all([*batch[:5], request(SENTENCES[3], seed=7), *batch[5:]])[5]
    np.testing.assert_array_equal(alone.samples, among_others.samples)
    assert alone.marks == among_others.marks


def test_another_seed_gives_other_audio_at_the_same_times() -> None:
    one, other = say(SENTENCES[0], seed=1), say(SENTENCES[0], seed=2)
    assert len(one.samples) == len(other.samples)
    assert not np.array_equal(one.samples, other.samples)


def test_clips_come_in_the_order_of_their_requests() -> None:
    texts = [text for pair in zip(SENTENCES, reversed(SENTENCES), strict=True) for text in pair]
    together = say_all([request(text) for text in texts])
    assert len(together) == len(texts)
    for text, clip in zip(texts, together, strict=True):
        np.testing.assert_array_equal(clip.samples, say(text).samples)


def test_an_empty_batch_gives_nothing() -> None:
    assert say_all([]) == []


@pytest.mark.parametrize("speed", [0.5, 1.0, 1.7])
def test_the_waveform_is_that_of_the_package_itself(speed: float) -> None:
    text = "The quick brown fox jumps over the lazy dog, and then it sleeps."
    clip = say(text, speed, seed=7)
    assert clip.sample_rate == Hibari.sample_rate
    np.testing.assert_array_equal(clip.samples, Hibari()(text, speed=speed, seed=7))


def test_closing_early_stops_the_work_and_its_threads() -> None:
    clips = ENGINE.synthesize([request(SENTENCES[0], seed=seed) for seed in range(400)])
    next(iter(clips))
    begun = time.monotonic()
    clips.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 2
    assert not [each for each in threading.enumerate() if each.name.startswith("hibari")]


def test_the_first_voice_needs_no_download() -> None:
    first, *others = ENGINE.voices()
    assert first.ready
    assert {each.name for each in others} >= {"emma"}


def test_an_unknown_voice_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no voice called 'nobody'; known: heart, .*emma") as caught:
        ENGINE.prepare("nobody")
    assert caught.value.code == "voice-unknown"


def test_a_voice_that_cannot_be_fetched_is_unavailable_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "voices"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # a port where nobody listens: no network
    monkeypatch.setenv("no_proxy", "")
    begun = time.monotonic()
    with pytest.raises(UnavailableError, match="'emma'") as caught:
        ENGINE.prepare("emma")
    assert time.monotonic() - begun < 5
    assert caught.value.code == "voice-unavailable"
    assert "Check the connection" in caught.value.hint
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert not next(each for each in ENGINE.voices() if each.name == "emma").ready


def test_a_voice_whose_file_is_damaged_says_which_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    (tmp_path / VOICES["emma"]["file"]).write_bytes(b"half a model")
    with pytest.raises(UnavailableError, match=r"'emma' .* is damaged") as caught:
        ENGINE.prepare("emma")
    assert caught.value.code == "voice-unavailable"
    assert str(tmp_path) in caught.value.hint
