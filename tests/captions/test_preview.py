"""Previews, made with the real ffmpeg and looked at pixel by pixel."""

from __future__ import annotations

import math
import os
import re
import subprocess
import threading
import time
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import pytest

from voxcue.captions import ffmpeg as ffmpeg_runner
from voxcue.captions import layout, moments, preview_image, preview_video, render, style
from voxcue.captions.ass import ass
from voxcue.errors import OutputError, UnavailableError, UsageError
from voxcue.types import Word

from .speech import say, track

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SPEECH = say("Hello brave new world of captions, \U0001f600 {\\b1}shown{\\b0} as $3.50 said.")
LENGTH = 3.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a name that filter arguments would trip over."""
    odd = tmp_path / "it's [an], odd: folder"
    odd.mkdir()
    return odd


@pytest.fixture
def audio(folder: Path) -> Path:
    path = folder / "speech.wav"
    samples = array("h", (int(6000 * math.sin(n / 20)) for n in range(int(LENGTH * 16000))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    return path


def captions(folder: Path, name: str, words: list[Word] | None = None) -> Path:
    path = folder / "captions.ass"
    path.write_text(render("ass", track(words or SPEECH, LENGTH), style(name)), encoding="utf-8", newline="")
    return path


def pixels(path: Path) -> tuple[int, int, bytes]:
    """(width, height, RGB bytes) of the first frame."""
    shown = subprocess.run([FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, text=True).stderr
    match = re.search(r"Video:.*? (\d{2,5})x(\d{2,5})", shown)
    assert match, shown
    command = [
        FFMPEG,
        "-v",
        "error",
        "-i",
        str(path),
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-",
    ]
    return int(match[1]), int(match[2]), subprocess.run(command, capture_output=True, check=True).stdout


def columns_like(image: tuple[int, int, bytes], colour: str, left: int, right: int) -> list[int]:
    """The columns between ``left`` and ``right`` that hold a pixel close to ``colour``."""
    width, _, data = image
    want = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    found = set()
    planes = [data[n::3] for n in range(3)]
    for index, (red, green, blue) in enumerate(zip(*planes, strict=True)):
        if abs(green - want[1]) < 30 and abs(red - want[0]) < 30 and abs(blue - want[2]) < 30:
            found.add(index % width)
    return sorted(column - left for column in found if left <= column < right)


@pytest.mark.parametrize(("name", "size"), [("karaoke", "1280x720"), ("highlight-vertical", "720x1280")])
def test_a_video_has_the_captions_shape_and_the_speechs_length(
    folder: Path, audio: Path, name: str, size: str
) -> None:
    out = folder / "preview.mp4"
    shares: list[float] = []
    preview_video(captions(folder, name), audio, out, duration=LENGTH, on_progress=shares.append)
    shown = subprocess.run([FFMPEG, "-hide_banner", "-i", str(out)], capture_output=True, text=True).stderr
    assert re.search(rf"Video: h264 .*yuv420p\(tv, bt709.*{size}", shown), shown
    assert "Audio: aac" in shown
    length = re.search(r"Duration: 00:00:0(\d\.\d+)", shown)
    assert length
    assert abs(float(length[1]) - LENGTH) < 0.1
    assert out.read_bytes().find(b"moov") < out.read_bytes().find(b"mdat")  # plays before it is all there
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sorted(path.name for path in folder.iterdir()) == ["captions.ass", "preview.mp4", "speech.wav"]


def test_an_image_shows_the_lit_word_moving_from_left_to_right(folder: Path) -> None:
    words = say("left middle right")
    out = folder / "preview.png"
    preview_image(captions(folder, "boxed", words), out, [word.start + 0.05 for word in words])
    width, height, data = pixels(out)
    assert (width, height) == (3 * 640 + 2 * 4, 360)
    centres = []
    for panel in range(3):
        lit = columns_like((width, height, data), style("boxed").accent, panel * 644, panel * 644 + 640)
        assert lit
        centres.append(sum(lit) / len(lit))
    assert centres == sorted(centres)
    assert centres[2] - centres[0] > 60


def test_a_karaoke_sweep_follows_the_clock(folder: Path) -> None:
    words = [Word("sweeping", "sweeping", 0.5, 2.5)]
    out = folder / "preview.png"
    preview_image(captions(folder, "karaoke", words), out, [0.51, 1.0, 1.5, 2.0, 2.5])
    image = pixels(out)
    spans = []
    for panel in range(5):
        lit = columns_like(image, style("karaoke").accent, panel * 644, panel * 644 + 640)
        spans.append(lit[-1] - lit[0] if lit else 0)
    assert spans == sorted(spans)
    assert 0.35 < spans[2] / spans[4] < 0.65


def test_a_highlight_goes_out_in_a_silence(folder: Path) -> None:
    words = [Word("one", "one", 0.2, 0.6), Word("two", "two", 1.4, 1.9)]
    out = folder / "preview.png"
    preview_image(captions(folder, "highlight", words), out, [0.4, 1.0, 1.6])
    image = pixels(out)
    lit = [
        columns_like(image, style("highlight").accent, panel * 644, panel * 644 + 640) for panel in range(3)
    ]
    assert lit[0]
    assert not lit[1]
    assert lit[2]
    assert lit[0][-1] < lit[2][0]


def test_the_lit_word_grows_without_moving(folder: Path) -> None:
    words = say("aaa bbb ccc", pace=4)
    out = folder / "preview.png"
    look = style("highlight-vertical")
    path = folder / "captions.ass"
    path.write_text(ass(layout(words, look.limits), look), encoding="utf-8")
    middle = words[1]
    preview_image(path, out, [middle.start + 0.01, middle.end - 0.01])
    image = pixels(out)
    small, large = (columns_like(image, look.accent, panel * 364, panel * 364 + 360) for panel in range(2))
    assert large[-1] - large[0] > small[-1] - small[0]
    assert abs((large[-1] + large[0]) - (small[-1] + small[0])) <= 4


def test_letters_and_emoji_are_drawn_where_no_font_is_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg_runner, "_SYSTEM_FONTS", ())
    words = [Word("\U0001f600", "", 0.0, 0.0), Word("A", "a", 0.1, 2.0)]
    out = folder / "preview.png"
    preview_image(captions(folder, "plain", words), out, [1.0])
    lit = columns_like(pixels(out), "#FFFFFF", 0, 640)
    assert len(lit) > 20
    assert max(after - before for before, after in pairwise(lit)) > 4  # the blank between


def test_moments_are_mid_word_in_order_and_spread_over_the_speech() -> None:
    words = say("one two three four five six seven eight nine ten")
    chosen = moments(words)
    assert len(chosen) == 3
    assert chosen == sorted(chosen)
    assert all(any(word.start < moment < word.end for word in words) for moment in chosen)
    assert chosen[0] < words[4].start
    assert chosen[-1] > words[6].end
    assert moments([]) == []
    assert len(moments(words[:1])) == 1


def test_a_failure_is_one_sentence_and_leaves_nothing_behind(folder: Path) -> None:
    broken = folder / "not-audio.wav"
    broken.write_bytes(b"this is no audio")
    path = captions(folder, "plain")
    with pytest.raises(OutputError) as caught:
        preview_video(path, broken, folder / "out.mp4", duration=LENGTH)
    assert "\n" not in caught.value.message
    assert sorted(file.name for file in folder.iterdir()) == ["captions.ass", "not-audio.wav"]


def test_missing_files_and_folders_are_plain_errors(folder: Path, audio: Path) -> None:
    path = captions(folder, "plain")
    with pytest.raises(UsageError):
        preview_image(folder / "none.ass", folder / "out.png", [1.0])
    with pytest.raises(UsageError):
        preview_image(path, folder / "out.png", [])
    with pytest.raises(OutputError):
        preview_video(path, audio, path / "out.mp4", duration=LENGTH)


def test_without_ffmpeg_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(folder / "missing-ffmpeg"))
    with pytest.raises(UnavailableError) as caught:
        preview_image(captions(folder, "plain"), folder / "out.png", [1.0])
    assert caught.value.code == "ffmpeg-missing"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX process listing")
def test_an_interrupted_preview_stops_ffmpeg_and_leaves_nothing_behind(folder: Path, audio: Path) -> None:
    path = captions(folder, "karaoke")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    before = threading.active_count()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        preview_video(path, audio, folder / "out.mp4", duration=LENGTH, on_progress=interrupt)
    assert time.monotonic() - start < 10
    assert threading.active_count() == before
    assert sorted(file.name for file in folder.iterdir()) == ["captions.ass", "speech.wav"]
