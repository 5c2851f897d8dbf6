"""Recordings whose text is another one: what differs is flagged, and the rest is timed right."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voxcue
from tests.aligners import flite
from tests.conftest import Run, require
from voxcue.pipeline.mismatches import mismatches
from voxcue.types import Clip, Span, Word

SENTENCES = (
    "if a specific method is not defined the assignment falls back to the normal one",
    "presence of this method indicates that the number is a whole one",
    "programs are strongly recommended to close such objects",
    "examples of containers are lists and dictionaries",
    "which approach is better depends on what you want to do",
    "the old man walked slowly down to the harbour",
)
PAUSE = 0.4


@pytest.fixture(scope="module", params=["slt", "awb"])
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[flite.Spoken]:
    folder = tmp_path_factory.mktemp("flite")
    return [flite.speak(text, request.param, folder) for text in SENTENCES]


def music(seconds: float, rate: int) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 277, 330, 440))
    return np.asarray(0.08 * chord * (np.sin(4 * np.pi * time) > -0.8), np.float32)


def recorded(
    spoken: list[flite.Spoken], order: list[int], before: np.ndarray | None = None
) -> tuple[np.ndarray, int, dict[int, list[Span]]]:
    """Sentences in that order with pauses, their rate, and when the words of each are said last."""
    rate = spoken[0][0].sample_rate
    parts = [] if before is None else [before]
    times = {}
    for number in order:
        clip, spans = spoken[number]
        shift = sum(map(len, parts)) / rate
        times[number] = [Span(span.start + shift, span.end + shift) for span in spans]
        parts += [clip.samples, np.zeros(round(PAUSE * rate), np.float32)]
    return np.concatenate(parts), rate, times


def text_of(numbers: list[int]) -> str:
    return " ".join(f"{SENTENCES[number].capitalize()}." for number in numbers)


def off(words: tuple[Word, ...], numbers: list[int], times: dict[int, list[Span]]) -> float:
    """The largest difference of a start of the sentences that are said, in seconds."""
    owners = [number for number in numbers for _ in SENTENCES[number].split()]
    places = [at for number in numbers for at in range(len(SENTENCES[number].split()))]
    return max(
        abs(word.start - times[number][at].start)
        for word, number, at in zip(words, owners, places, strict=True)
        if number in times
    )


CASES = {
    "right": ([0, 1, 2, 3], [0, 1, 2, 3], []),
    "skipped": ([0, 1, 3], [0, 1, 2, 3], [("not-said", 2)]),
    "first skipped": ([1, 2, 3], [0, 1, 2, 3], [("not-said", 0)]),
    "last skipped": ([0, 1, 2], [0, 1, 2, 3], [("not-said", 3)]),
    "added": ([0, 1, 4, 2, 3], [0, 1, 2, 3], [("not-in-text", 4)]),
    "changed": ([0, 4, 2, 3], [0, 1, 2, 3], [("not-said", 1), ("not-in-text", 4)]),
    "a wrong take": ([0, 1, 4, 1, 2, 3], [0, 1, 2, 3], [("not-in-text", 4)]),
}


@pytest.mark.parametrize("case", CASES)
def test_sentences_that_differ_are_flagged_and_the_others_timed(
    spoken: list[flite.Spoken], case: str, tmp_path: Path
) -> None:
    order, text, expected = CASES[case]
    samples, rate, times = recorded(spoken, order)
    soundfile.write(tmp_path / "recording.wav", samples, rate)
    speech = voxcue.align(tmp_path / "recording.wav", text_of(text))
    assert off(speech.words, text, times) < 0.15
    found = {(each.kind, each.first) for each in speech.mismatches if each.kind == "not-said"}
    starts = {number: sum(len(SENTENCES[n].split()) for n in text[: text.index(number)]) for number in text}
    assert found == {(kind, starts[number]) for kind, number in expected if kind == "not-said"}
    beside = [each for each in speech.mismatches if each.kind == "not-in-text"]
    for number in [number for kind, number in expected if kind == "not-in-text"]:
        span = times[number]
        assert any(each.start < span[0].start + 0.3 and each.end > span[-1].end - 0.3 for each in beside)
    assert bool(beside) == any(kind == "not-in-text" for kind, _ in expected)
    if case != "right":
        return
    assert speech.mismatches == ()
    assert all(word.confidence for word in speech.words)


def test_a_changed_sentence_is_found_in_noise(spoken: list[flite.Spoken], tmp_path: Path) -> None:
    samples, rate, _ = recorded(spoken, [0, 1, 4, 2, 3])
    level = np.sqrt((samples**2).mean()) * 10 ** (-15 / 20)
    noise = level * np.random.default_rng(0).standard_normal(len(samples))
    soundfile.write(tmp_path / "recording.wav", samples + noise, rate)
    speech = voxcue.align(tmp_path / "recording.wav", text_of([0, 1, 5, 2, 3]))
    missing = [each for each in speech.mismatches if each.kind == "not-said"]
    assert [(each.first, each.last) for each in missing] == [(27, 35)]
    assert sum(not word.confidence for word in speech.words) == 9


def test_a_changed_sentence_is_found_in_the_speech_of_a_robot(tmp_path: Path) -> None:
    """The acoustic model knows no such voice: right words have far less than those of people."""
    said, rate = [], 0
    for number in (0, 1, 4, 2, 3):
        subprocess.run([require("espeak-ng"), "-w", tmp_path / "one.wav", SENTENCES[number]], check=True)
        samples, rate = soundfile.read(tmp_path / "one.wav")
        said.append(samples)
    soundfile.write(tmp_path / "recording.wav", np.concatenate(said), rate)
    speech = voxcue.align(tmp_path / "recording.wav", text_of([0, 1, 5, 2, 3]))
    missing = [each for each in speech.mismatches if each.kind == "not-said"]
    assert [(each.first, each.last) for each in missing] == [(27, 35)]
    assert sum(not word.confidence for word in speech.words) == 9


@pytest.mark.parametrize("seconds", [5.0, 45.0])
def test_music_before_and_after_is_flagged(
    spoken: list[flite.Spoken], seconds: float, tmp_path: Path
) -> None:
    rate = spoken[0][0].sample_rate
    intro = music(seconds, rate)
    samples, rate, times = recorded(spoken, [0, 1, 2, 3], before=intro)
    soundfile.write(tmp_path / "recording.wav", np.concatenate([samples, intro]), rate)
    speech = voxcue.align(tmp_path / "recording.wav", text_of([0, 1, 2, 3]))
    assert off(speech.words, [0, 1, 2, 3], times) < 0.15
    before, after = speech.mismatches
    assert before.kind == after.kind == "not-in-text"
    assert before.start < 0.2
    assert abs(before.end - seconds) < 0.5
    assert after.end > speech.clip.duration - 0.2


def test_a_long_recording_with_a_wrong_take_and_a_skipped_sentence(
    spoken: list[flite.Spoken], tmp_path: Path
) -> None:
    order = [0, 1, 2, 4, 3, 5, 0, 1, 2, 3]
    samples, rate, _ = recorded(spoken, order)
    text = text_of([0, 1, 2, 3, 5, 0, 1, 4, 2, 3])
    soundfile.write(tmp_path / "recording.wav", samples, rate)
    assert len(samples) > 30 * rate
    speech = voxcue.align(tmp_path / "recording.wav", text)
    said = [each for each in speech.mismatches if each.kind == "not-said"]
    (missing,) = said
    assert missing.first is not None
    assert speech.words[missing.first].text == "Which"
    (added,) = [each for each in speech.mismatches if each.kind == "not-in-text"]
    begin = sum(len(spoken[number][0].samples) / rate + PAUSE for number in order[:3])
    assert abs(added.start - begin) < 0.5


def test_the_command_names_what_differs(spoken: list[flite.Spoken], run: Run, tmp_path: Path) -> None:
    samples, rate, _ = recorded(spoken, [0, 4, 2, 3])
    soundfile.write(tmp_path / "recording.wav", samples, rate)
    (tmp_path / "text.txt").write_text(text_of([0, 1, 2, 3]), encoding="utf-8")
    done = run("align", "recording.wav", "text.txt", "-o", "made", "--captions", "json")
    assert done.returncode == 0
    assert "not said, near" in done.stderr
    assert "'Presence of this method" in done.stderr
    assert "s of the recording is not in the text" in done.stderr
    document = json.loads((tmp_path / "made" / "words.json").read_text(encoding="utf-8"))
    assert {each["kind"] for each in document["mismatches"]} == {"not-said", "not-in-text"}


def test_a_soft_bed_of_music_is_no_mismatch() -> None:
    rate = 16_000
    chance = np.random.default_rng(0)
    loud = chance.normal(0, 0.2, 2 * rate)
    bed = chance.normal(0, 0.01, 3 * rate)
    clip = Clip(np.concatenate([loud, bed, loud]).astype(np.float32), rate)
    words = [Word("a", "a", 0.0, 2.0, 0.9), Word("b", "b", 5.0, 7.0, 0.9)]
    assert mismatches(words, clip) == ()
    assert [each.kind for each in mismatches([words[0]], clip)] == ["not-in-text"]
