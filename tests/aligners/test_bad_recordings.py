"""Recordings that are not what their text says: refused for what is wrong with them, or timed right."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import voxcue
from tests.aligners import flite
from tests.conftest import Run, require
from voxcue.types import Clip, Span

TEXT = "the quick brown fox jumps over the lazy dog and then he sleeps"
RATE = 16_000
PATIENCE = 30.0
"""Seconds within which a recording of ten minutes is done with; it takes a few, where nothing else runs."""

Signal = Callable[[int], NDArray[np.float64]]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, list[Span]]:
    """`TEXT` by a voice of flite, and when each word is said."""
    return flite.speak(TEXT, "slt", tmp_path_factory.mktemp("flite"))


def written(folder: Path, samples: NDArray[np.floating], rate: int = RATE) -> Path:
    """A WAV that keeps any value of a float."""
    soundfile.write(folder / "recording.wav", samples, rate, subtype="FLOAT")
    return folder / "recording.wav"


def assert_right(speech: voxcue.Speech, spans: list[Span], most: float = 0.2) -> None:
    """Every word begins where it is said, and all are in order and inside the audio."""
    for word, span in zip(speech.words, spans, strict=True):
        assert abs(word.start - span.start) < most, word
        assert 0 <= word.start < word.end <= speech.clip.duration
    assert all(before.end <= after.start for before, after in pairwise(speech.words))


def assert_refused(audio: Path, text: str, code: str) -> voxcue.VoxcueError:
    """An error that says what is wrong with which recording, and what to do; not a crash."""
    with pytest.raises(voxcue.VoxcueError) as caught:
        voxcue.align(audio, text)
    assert caught.value.code == code
    assert "recording" in caught.value.message
    assert len(caught.value.hint) > 10
    return caught.value


SIGNALS: dict[str, tuple[Signal, str]] = {
    "silence": (np.zeros, "audio-silent"),
    "less than can be heard": (lambda n: 5e-4 * np.sin(np.arange(n) / 20), "audio-silent"),
    "a constant": (lambda n: np.full(n, 0.3), "text-mismatch"),
    "hiss": (lambda n: np.random.default_rng(0).normal(0, 0.002, n), "text-mismatch"),
    "noise": (lambda n: np.random.default_rng(1).normal(0, 0.1, n), "text-mismatch"),
    "a tone": (lambda n: 0.3 * np.sin(2 * np.pi * 440 * np.arange(n) / RATE), "text-mismatch"),
    "clicks": (lambda n: 0.9 * (np.arange(n) % 4000 == 0), "text-mismatch"),
}


@pytest.mark.parametrize("text", [TEXT, "Thank you.", "Hello."])
@pytest.mark.parametrize("signal", SIGNALS)
def test_no_speech_at_all(signal: str, text: str, tmp_path: Path) -> None:
    make, code = SIGNALS[signal]
    assert_refused(written(tmp_path, make(5 * RATE)), text, code)


def test_audio_shorter_than_its_text_could_be(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    clip, _ = spoken
    error = assert_refused(written(tmp_path, clip.samples[:RATE]), f"{TEXT} {TEXT}", "audio-too-short")
    assert "recording.wav" in error.message
    assert "1.0 s" in error.message


@pytest.mark.parametrize("share", [0.5, 0.75])
def test_audio_that_ends_before_its_text(
    share: float, spoken: tuple[Clip, list[Span]], tmp_path: Path
) -> None:
    """Long enough to have been said in a hurry, but it was not."""
    clip, _ = spoken
    cut = clip.samples[: int(share * len(clip.samples))]
    assert_refused(written(tmp_path, cut), TEXT, "text-mismatch")


FOREIGN = {
    "de": "Der schnelle braune Fuchs springt über den faulen Hund, und dann schläft er am Feuer.",
    "fr": "Le rapide renard brun saute par-dessus le chien paresseux, et puis il dort près du feu.",
    "es": "El rápido zorro marrón salta sobre el perro perezoso y luego duerme junto al fuego.",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_another_language_than_that_of_the_text(language: str, tmp_path: Path) -> None:
    audio = tmp_path / "recording.wav"
    subprocess.run([require("espeak-ng"), "-v", language, "-w", audio, FOREIGN[language]], check=True)
    assert_refused(audio, TEXT, "text-mismatch")


def test_a_language_that_no_aligner_knows(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    with pytest.raises(voxcue.UsageError, match="'xx'") as caught:
        voxcue.align(written(tmp_path, spoken[0].samples), TEXT, language="xx")
    assert caught.value.code == "aligner-none"


def test_two_speakers_one_after_the_other(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    clip, spans = spoken
    text = "she had your dark suit in greasy wash water all year"
    other, others = flite.speak(text, "rms", tmp_path)
    assert other.sample_rate == clip.sample_rate
    joined = written(tmp_path, np.concatenate([clip.samples, other.samples]), clip.sample_rate)
    later = [Span(span.start + clip.duration, span.end + clip.duration) for span in others]
    assert_right(voxcue.align(joined, f"{TEXT} {text}"), [*spans, *later])


def both_at_once(clip: Clip, share: float, folder: Path) -> Path:
    """Another speaker, in the same place, at a share of his loudness."""
    other, _ = flite.speak("she had your dark suit in greasy wash water all year", "rms", folder)
    samples = clip.samples.copy()
    count = min(len(samples), len(other.samples))
    samples[:count] += share * other.samples[:count]
    return written(folder, np.clip(samples, -1, 1), clip.sample_rate)


def test_a_softer_speaker_behind(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    clip, spans = spoken
    assert_right(voxcue.align(both_at_once(clip, 0.3, tmp_path), TEXT), spans)


def test_two_speakers_as_loud_as_each_other(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    """The words are found or the text is refused; no time lies outside the audio."""
    clip, spans = spoken
    recording = both_at_once(clip, 1.0, tmp_path)
    with suppress(voxcue.AlignmentError):
        assert_right(voxcue.align(recording, TEXT), spans, clip.duration)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("values", [(np.nan,), (np.inf,), (-np.inf,), (np.inf, -np.inf), (3e38, 3e38)])
def test_samples_that_are_not_numbers(
    values: tuple[float, ...], channels: int, spoken: tuple[Clip, list[Span]], tmp_path: Path
) -> None:
    samples = np.repeat(spoken[0].samples[:, None], channels, axis=1)
    samples[1000].flat[: len(values)] = values[:channels]
    samples[2000, 0] = values[-1]
    error = assert_refused(written(tmp_path, samples), TEXT, "audio-corrupt")
    assert "recording.wav" in error.message


def test_integers_written_as_floats(spoken: tuple[Clip, list[Span]], tmp_path: Path) -> None:
    """A common slip: samples up to 32768 where 1 is full scale."""
    error = assert_refused(written(tmp_path, spoken[0].samples * 32768), TEXT, "audio-corrupt")
    assert "full scale" in error.message


@pytest.mark.parametrize("kind", ["over full scale", "clipped", "one spike"])
def test_samples_beyond_full_scale_are_timed_right(
    kind: str, spoken: tuple[Clip, list[Span]], tmp_path: Path
) -> None:
    clip, spans = spoken
    samples = clip.samples * (1 if kind == "one spike" else 8)
    if kind == "clipped":
        samples = np.clip(samples, -1, 1)
    if kind == "one spike":
        samples[1000] = 30.0
    assert_right(voxcue.align(written(tmp_path, samples, clip.sample_rate), TEXT), spans)


@pytest.mark.parametrize(
    ("before", "after", "hiss"),
    [(0, 600, 0.0), (0, 600, 0.001), (120, 0, 0.0), (60, 60, 0.001)],
)
def test_speech_beside_minutes_of_silence(
    before: int, after: int, hiss: float, spoken: tuple[Clip, list[Span]], tmp_path: Path
) -> None:
    clip, spans = spoken
    samples = np.pad(clip.samples, (before * clip.sample_rate, after * clip.sample_rate))
    samples += np.random.default_rng(0).normal(0, hiss, len(samples)).astype(np.float32)
    audio = written(tmp_path, samples, clip.sample_rate)
    began = time.monotonic()
    speech = voxcue.align(audio, TEXT)
    assert time.monotonic() - began < PATIENCE
    assert_right(speech, [Span(span.start + before, span.end + before) for span in spans])
    assert speech.words[-1].end < before + clip.duration


def test_minutes_of_hiss(tmp_path: Path) -> None:
    """Each window may fit silence well; that says nothing for the few words in it."""
    samples = np.random.default_rng(0).normal(0, 0.002, 60 * RATE)
    assert_refused(written(tmp_path, samples), TEXT, "text-mismatch")


def test_ten_minutes_of_silence(run: Run, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.flac", np.zeros(600 * RATE, np.int16), RATE)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    began = time.monotonic()
    done = run("align", "silent.flac", "text.txt", "-o", "made", "--json")
    assert time.monotonic() - began < PATIENCE
    error = json.loads(done.stdout)["error"]
    assert done.returncode == 4
    assert error["code"] == "audio-silent"
    assert "silent.flac" in error["message"]
    assert error["hint"]
    assert not list(tmp_path.glob("made/*"))
