"""Any common recording is read; whatever is not one is refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.audio.ffmpeg import convert
from voxcue.audio import read as module
from voxcue.audio.read import read
from voxcue.errors import AudioError, LimitError
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


def too_long(path: Path, max_seconds: float) -> LimitError:
    """The error for a recording longer than allowed, which names what is allowed."""
    with pytest.raises(LimitError) as caught:
        read(path, max_seconds=max_seconds)
    assert caught.value.code == "audio-too-long"
    assert f"{max_seconds:g} seconds" in caught.value.message
    return caught.value


def declaring(samples: int, tone: Path, tmp_path: Path) -> Path:
    """A FLAC file of the tone whose header declares another number of samples."""
    data = bytearray(convert(tone, tmp_path / "a.flac").read_bytes())
    fields = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = (fields | samples).to_bytes(8, "big")
    (tmp_path / "b.flac").write_bytes(data)
    return tmp_path / "b.flac"


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "ogg", "opus", "m4a", "webm"])
def test_a_recording_longer_than_allowed_is_refused(kind: str, tone: Path, tmp_path: Path) -> None:
    path = convert(tone, tmp_path / f"a.{kind}")
    too_long(path, SECONDS - 0.2)
    assert_is_the_tone(read(path, max_seconds=SECONDS + 0.1))


def test_above_48_khz_the_limit_counts_samples(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(96_000, 0.3), 96_000)
    assert read(tmp_path / "a.wav", max_seconds=2).duration == 1
    with pytest.raises(LimitError) as caught:
        read(tmp_path / "a.wav", max_seconds=1.9)
    assert "0.95 seconds, the longest that is read at 96,000 Hz" in caught.value.message


def test_a_header_that_declares_days_is_refused_by_it(tone: Path, tmp_path: Path) -> None:
    too_long(declaring(2**36 - 1, tone, tmp_path), 3600)


@pytest.mark.parametrize("samples", [0, 2**36 - 1])
def test_a_length_that_is_not_known_or_not_true_does_not_matter(
    samples: int, tone: Path, tmp_path: Path
) -> None:
    assert_is_the_tone(read(declaring(samples, tone, tmp_path)))


def test_a_wav_header_that_declares_too_much_is_not_believed(tone: Path, tmp_path: Path) -> None:
    data = bytearray(tone.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    assert_is_the_tone(read(tmp_path / "a.wav", max_seconds=2))


@pytest.mark.parametrize("rate", [1, 100, 3_999, 384_001, 2_000_000_000])
def test_absurd_sample_rates_are_refused(rate: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", TONE, rate)
    error = refusal(tmp_path / "a.wav")
    assert error.code == "audio-rate"
    assert f"{rate:,}" in error.message


@pytest.mark.parametrize("rate", [4_000, 384_000])
def test_unusual_sample_rates_are_read(rate: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", TONE, rate)
    assert read(tmp_path / "a.wav", max_seconds=100).sample_rate == rate


def test_many_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.repeat(TONE[:, None], 255, axis=1), RATE)
    assert_is_the_tone(read(tmp_path / "a.wav"))


def test_a_playlist_does_not_lead_to_other_files(tone: Path, tmp_path: Path) -> None:
    target = convert(tone, tmp_path / "private.aac")
    playlists = {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{target.name}\n#EXT-X-ENDLIST\n",
        "b.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{target}\n#EXT-X-ENDLIST\n",
        "c.txt": f"ffconcat version 1.0\nfile {target.name}\n",
    }
    for name, text in playlists.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert refusal(tmp_path / name).code == "audio-unreadable"


def test_a_decoder_that_takes_too_long_is_ended(
    tone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = convert(tone, tmp_path / "a.m4a")
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o700)
    monkeypatch.setattr(module, "executable", lambda: str(slow))
    monkeypatch.setattr(module, "_FFMPEG_SECONDS", 0.3)
    begun = time.monotonic()
    assert refusal(path).code == "audio-unreadable"
    assert time.monotonic() - begun < 10


GROWTH = """
import sys
from pathlib import Path
import numpy, soundfile
from voxcue.audio.read import read
from voxcue.errors import LimitError

def peak():
    [kib] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(kib) / 1000

before = peak()
try:
    print(read(Path(sys.argv[1]), max_seconds=float(sys.argv[2])).duration)
except LimitError as error:
    print(error.code)
print(peak() - before)
"""


def growth(path: Path, max_seconds: float) -> tuple[str, float]:
    """What reading a file in a fresh process ends with, and the MB that its memory grew by."""
    command = [sys.executable, "-c", GROWTH, str(path), str(max_seconds)]
    outcome, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return outcome, float(megabytes)


@pytest.mark.parametrize(
    ("kind", "codec"), [("flac", "flac"), ("mp3", "libmp3lame"), ("opus", "libopus"), ("mka", "flac")]
)
def test_an_hour_of_silence_takes_no_memory(kind: str, codec: str, tone: Path, tmp_path: Path) -> None:
    """It is a small file, and 346 MB as samples."""
    options = ("-af", "apad=whole_dur=3600", "-ar", "24000", "-c:a", codec)
    outcome, megabytes = growth(convert(tone, tmp_path / f"a.{kind}", *options), max_seconds=60)
    assert outcome == "audio-too-long"
    assert megabytes < 60


@pytest.mark.parametrize("kind", ["flac", "mka"])
def test_samples_are_held_once(kind: str, tmp_path: Path) -> None:
    """Ten minutes, 57.6 MB as samples."""
    soundfile.write(tmp_path / "a.flac", np.tile(TONE, 400), RATE)
    path = convert(tmp_path / "a.flac", tmp_path / f"b.{kind}", "-c:a", "flac")
    outcome, megabytes = growth(path, max_seconds=601)
    assert float(outcome) == pytest.approx(600, abs=0.1)
    assert megabytes < 57.6 * 1.5
