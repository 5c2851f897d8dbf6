"""Any common recording is read; whatever is not one is refused in one sentence."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.audio.ffmpeg import convert
from voxcue.audio.read import read
from voxcue.errors import AudioError
from voxcue.types import Clip

RATE = 24_000
SECONDS = 1.5
TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE * SECONDS) / RATE)).astype(np.float32)
VIDEO = ("-f", "lavfi", "-i", "color=c=black:s=64x64:d=1.5", "-shortest")


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    soundfile.write(path, TONE, RATE)
    return path


def assert_is_the_tone(clip: Clip, slack: float = 0.06) -> None:
    """440 Hz, mono float32, of the right length and level."""
    assert clip.samples.dtype == np.float32
    assert clip.samples.ndim == 1
    assert abs(clip.duration - SECONDS) <= slack
    middle = clip.samples[len(clip.samples) // 4 : len(clip.samples) * 3 // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    pitch = spectrum.argmax() * clip.sample_rate / len(middle)
    assert abs(pitch - 440) < 3
    assert abs(np.abs(middle).max() - 0.3) < 0.05


def refusal(path: Path) -> AudioError:
    """The error for a file: one sentence that names it, and a hint."""
    with pytest.raises(AudioError) as caught:
        read(path)
    error = caught.value
    assert str(path) in error.message
    assert error.message.endswith(".")
    assert "\n" not in error.message + error.hint
    assert error.hint
    return error


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT"])
def test_wav_of_any_depth_and_rate_is_read_at_its_own_rate(subtype: str, rate: int, tmp_path: Path) -> None:
    samples = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(rate * SECONDS)) / rate)
    soundfile.write(tmp_path / "a.wav", samples, rate, subtype=subtype)
    clip = read(tmp_path / "a.wav")
    assert clip.sample_rate == rate
    assert_is_the_tone(clip, slack=0.001)


def test_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.stack([TONE, 0 * TONE, TONE], axis=1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(read(tmp_path / "a.wav").samples, TONE * 2 / 3, atol=1e-6)


@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.ogg", "a.opus", "a.m4a", "a.aiff", "a.webm", "a.wma"])
def test_common_formats_are_read(name: str, tone: Path, tmp_path: Path) -> None:
    assert_is_the_tone(read(convert(tone, tmp_path / name)))


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_the_sound_of_a_video_is_read(name: str, tone: Path, tmp_path: Path) -> None:
    assert_is_the_tone(read(convert(tone, tmp_path / name, *VIDEO)))


@pytest.mark.parametrize("kind", ["wav", "m4a"])
@pytest.mark.parametrize(
    "name",
    [
        "-y",
        "-i a.txt",
        'it\'s "a" b',
        "söng ♥ 歌",
        "%d %03d",
        "http:x",
        "a\nb",
        "x.raw",
        "a?*[b]",
    ],
)
def test_odd_names_are_only_names(
    name: str, kind: str, tone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = convert(tone, tmp_path / f"made.{kind}")
    path = made.rename(tmp_path / (name if name.endswith(".raw") else f"{name}.{kind}"))
    assert_is_the_tone(read(Path(path.name)))


def test_a_name_is_no_promise_of_a_format(tone: Path, tmp_path: Path) -> None:
    assert_is_the_tone(read(convert(tone, tmp_path / "a.flac").rename(tmp_path / "a.txt")))


@pytest.mark.parametrize("path", ["nothing.wav", ".", "/dev/null"])
def test_what_is_no_file_is_missing(path: str, tmp_path: Path) -> None:
    assert refusal(tmp_path / path).code == "audio-missing"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("empty.raw", b""),
        ("notes.txt", b"This is not a recording.\n" * 40),
        ("notes.mp3", b"This is not a recording.\n" * 40),
        ("notes.raw", b"This is not a recording.\n" * 40),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:2,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"),
        ("random.m4a", np.random.default_rng(0).bytes(20_000)),
        ("riff.wav", b"RIFF\x24\x00\x00\x00WAVE"),
    ],
)
def test_what_is_not_audio_is_unreadable(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).code == "audio-unreadable"


def test_a_video_without_sound_is_unreadable_and_the_hint_says_why(tone: Path, tmp_path: Path) -> None:
    path = convert(tone, tmp_path / "mute.mp4", *VIDEO[:-1], "-map", "1:v")
    error = refusal(path)
    assert error.code == "audio-unreadable"
    assert "does not contain any stream" in error.hint


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "ogg", "opus", "m4a"])
@pytest.mark.parametrize("share", [0.002, 0.05, 0.5, 0.95])
def test_a_truncated_file_is_read_as_far_as_it_goes_or_refused(
    kind: str, share: float, tone: Path, tmp_path: Path
) -> None:
    whole = convert(tone, tmp_path / f"whole.{kind}").read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])
    with suppress(AudioError):
        assert 0 < read(path).duration <= SECONDS + 0.06


def test_a_header_without_sound_is_empty(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", TONE[:0], RATE)
    assert refusal(tmp_path / "a.wav").code == "audio-empty"


@pytest.mark.parametrize("level", [0.0, 1e-4])
def test_a_silent_recording_is_refused(level: float, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", level * TONE, RATE, subtype="PCM_24")
    assert refusal(tmp_path / "a.wav").code == "audio-silent"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_numbers_are_refused(value: float, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.append(TONE, np.float32(value)), RATE, subtype="FLOAT")
    assert refusal(tmp_path / "a.wav").code == "audio-corrupt"
