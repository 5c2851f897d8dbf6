"""Timing the words of an existing recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import voxcue

TEXT = "Peter came at 7:30 p.m., but nobody cared. It cost $3.50 to enter the old museum."


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, voxcue.Speech]:
    speech = voxcue.speak(TEXT)
    return speech.save(tmp_path_factory.mktemp("recording"), format="mp3")["audio"], speech


def test_a_recording_is_timed_like_the_speech_it_was(recording: tuple[Path, voxcue.Speech]) -> None:
    audio, spoken = recording
    heard = voxcue.align(audio, TEXT)
    assert [word.text for word in heard.words] == [word.text for word in spoken.words]
    away = [abs(a.start - b.start) for a, b in zip(heard.words, spoken.words, strict=True)]
    assert np.median(away) < 0.06
    assert heard.aligner == "sphinx"
    assert heard.engine is None


def test_a_page_in_one_piece_is_timed(time_machine: voxcue.Speech, tmp_path: Path) -> None:
    audio = time_machine.save(tmp_path, captions=[])["audio"]
    heard = voxcue.align(audio, time_machine.text)
    away = [abs(a.start - b.start) for a, b in zip(heard.words, time_machine.words, strict=True) if a.spoken]
    assert np.median(away) < 0.05
    assert np.quantile(away, 0.95) < 0.2


def test_another_text_is_refused(recording: tuple[Path, voxcue.Speech]) -> None:
    with pytest.raises(voxcue.AlignmentError) as caught:
        voxcue.align(
            recording[0], "The quick brown fox jumps over the lazy dog and runs off to the green hills."
        )
    assert caught.value.code == "text-mismatch"


def test_a_truncated_recording_is_refused(recording: tuple[Path, voxcue.Speech], tmp_path: Path) -> None:
    samples, rate = soundfile.read(recording[0])
    soundfile.write(tmp_path / "cut.wav", samples[: len(samples) // 3], rate)
    with pytest.raises(voxcue.AlignmentError):
        voxcue.align(tmp_path / "cut.wav", TEXT)


def test_a_second_is_too_short_for_a_page(
    time_machine: voxcue.Speech, recording: tuple[Path, voxcue.Speech], tmp_path: Path
) -> None:
    samples, rate = soundfile.read(recording[0])
    soundfile.write(tmp_path / "second.wav", samples[:rate], rate)
    with pytest.raises(voxcue.AlignmentError) as caught:
        voxcue.align(tmp_path / "second.wav", time_machine.text)
    assert caught.value.code == "audio-too-short"


def test_the_native_aligner_cannot_time_a_recording(recording: tuple[Path, voxcue.Speech]) -> None:
    with pytest.raises(voxcue.UsageError) as caught:
        voxcue.align(recording[0], TEXT, aligner="native")
    assert caught.value.code == "aligner-unfit"
