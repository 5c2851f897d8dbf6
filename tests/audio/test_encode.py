"""Streams of audio: appended only, and whole to every decoder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voxcue
from voxcue.audio.encode import FORMATS, StreamEncoder, pcm
from voxcue.audio.read import read
from voxcue.errors import UsageError
from voxcue.ffmpeg import executable
from voxcue.types import Clip

RATE = 24_000


def tone(seconds: float) -> Clip:
    """A sine wave at half of full scale."""
    times = np.arange(round(seconds * RATE)) / RATE
    return Clip((0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), RATE)


def streamed(name: str, clips: list[Clip]) -> list[bytes]:
    """The pieces of a stream."""
    encoder = StreamEncoder(name, RATE)
    return [*(encoder.encode(clip) for clip in clips), encoder.finish()]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "pcm"])
def test_a_stream_is_a_file_that_plays_to_its_end(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"stream.{name}"
    path.write_bytes(b"".join(streamed(name, [tone(1.0), tone(0.5), tone(1.5)])))
    heard = read(path)
    assert heard.duration == pytest.approx(3.0, abs=0.1)
    middle = heard.samples[heard.sample_rate : 2 * heard.sample_rate]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    done = subprocess.run(
        [executable(), "-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"],
        capture_output=True,
    )
    assert done.returncode == 0
    assert len(done.stdout) / 2 / RATE == pytest.approx(3.0, abs=0.1)


def test_the_pieces_leave_early() -> None:
    for name in set(FORMATS) - {"flac"}:
        first, *_ = streamed(name, [tone(2.0), tone(2.0)])
        assert len(first) > 500, name


def test_pcm_is_the_samples() -> None:
    clip = Clip(np.array([0.0, 1.0, -1.0, 2.0, 0.5], np.float32), RATE)
    assert np.frombuffer(pcm(clip), "<i2").tolist() == [0, 32767, -32767, 32767, 16384]


def test_an_mp3_stream_begins_in_silence(tmp_path: Path, time_machine: voxcue.Speech) -> None:
    path = tmp_path / "stream.mp3"
    path.write_bytes(b"".join(streamed("mp3", [time_machine.clip])))
    samples, rate = soundfile.read(path, dtype="float32")
    assert len(samples) / rate == pytest.approx(time_machine.clip.duration, abs=0.15)
    assert np.abs(samples[: rate // 50]).max() < 0.02


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="aac"):
        StreamEncoder("aac", RATE)
