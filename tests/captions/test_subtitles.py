"""SubRip and WebVTT: every reader shows the text as written, at the right time."""

from __future__ import annotations

import html
import re
import subprocess
from itertools import pairwise

import imageio_ffmpeg
import pysubs2
import pytest
from hypothesis import given

from voxcue.captions import FORMATS, layout, render, style
from voxcue.captions.escape import JOINER, printable
from voxcue.captions.srt import srt
from voxcue.captions.vtt import vtt
from voxcue.errors import UsageError
from voxcue.types import Word

from .libass import parse, squeezed
from .speech import DICKENS, HOSTILE, say, timed_words, track

STAMP = r"(\d\d+):(\d\d):(\d\d)[.,](\d\d\d)"


def source(words: list[Word]) -> str:
    return squeezed("".join(printable(word.text) for word in words))


def narrow(text: str) -> str:
    """Full-width braces, which stand for braces in SubRip, as plain ones."""
    return text.translate({0xFF5B: "{", 0xFF5D: "}"})


def milliseconds(stamp: tuple[str, ...]) -> int:
    hours, minutes, seconds, rest = map(int, stamp)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def blocks(text: str) -> list[tuple[int, int, str]]:
    """(start, end, payload) of every cue, by the common rules of both formats."""
    found = []
    for block in re.split(r"\n\n+", text.strip()):
        match = re.search(rf"(?m)^{STAMP} --> {STAMP}\n", block)
        if match:
            groups = match.groups()
            found.append((milliseconds(groups[:4]), milliseconds(groups[4:]), block[match.end() :]))
    return found


def through_ffmpeg(text: str, source_format: str, target: str) -> str:
    """What ffmpeg's demuxer and decoder of the format make of a file."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        source_format,
        "-i",
        "pipe:0",
        "-f",
        target,
        "-",
    ]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout.decode()


@given(timed_words(hostile=True))
def test_a_webvtt_payload_holds_nothing_but_our_timestamps_and_the_text(words: list[Word]) -> None:
    cues = blocks(vtt(layout(words)))
    shown = ""
    for start, end, payload in cues:
        inner = [milliseconds(stamp) for stamp in re.findall(f"<{STAMP}>", payload)]
        assert all(a < b for a, b in pairwise([start, *inner, end]))
        shown += html.unescape(re.sub(f"<{STAMP}>", "", payload))
        assert not re.search("[<>]", re.sub(f"<{STAMP}>", "", payload))
        assert all(line.strip() for line in payload.split("\n"))
    assert squeezed(shown) == source(words)


@given(timed_words(hostile=True))
def test_subrip_text_cannot_be_taken_for_markup(words: list[Word]) -> None:
    cues = blocks(srt(layout(words)))
    for _, _, payload in cues:
        assert not re.search(rf"[<\\](?!{JOINER})|[{{}}]", payload)
        assert "-->" not in payload
        assert all(line.strip() for line in payload.split("\n"))
    assert squeezed(narrow("".join(payload for _, _, payload in cues))) == narrow(source(words))


@given(timed_words())
def test_cues_of_both_formats_do_not_overlap(words: list[Word]) -> None:
    for text in (srt(layout(words)), vtt(layout(words))):
        cues = blocks(text)
        assert all(start < end for start, end, _ in cues)
        assert all(before[1] <= after[0] for before, after in pairwise(cues))


@pytest.mark.filterwarnings("ignore:Possible missed subtitle")  # words with times look like a cue to it
@pytest.mark.parametrize("name", ["srt", "vtt"])
@pytest.mark.parametrize("text", [DICKENS, "One, two. Then three! And four more?"])
def test_pysubs2_reads_back_the_text_and_the_times(name: str, text: str) -> None:
    words = say(text)
    read = pysubs2.SSAFile.from_string(render(name, track(words), style("karaoke")), format_=name)
    cues = layout(words, duration=track(words).duration)
    assert [re.sub(f"<{STAMP}>", "", event.plaintext) for event in read] == [cue.text for cue in cues]
    assert [event.start for event in read] == [round(cue.start * 1000) for cue in cues]


@pytest.mark.parametrize(("name", "demuxer"), [("srt", "srt"), ("vtt", "webvtt")])
def test_ffmpeg_shows_hostile_text_as_written(name: str, demuxer: str) -> None:
    words = [Word(text, "said", n, n + 0.9) for n, text in enumerate(HOSTILE)]
    decoded = through_ffmpeg(render(name, track(words), style("karaoke")), demuxer, "ass")
    shown = ""
    for event in pysubs2.SSAFile.from_string(decoded, format_="ass"):
        tags, text = parse(event.text)
        assert all(re.fullmatch(r"(\\kf\d+)?" if name == "vtt" else "", tag) for tag in tags), tags
        shown += text
    assert squeezed(narrow(shown)) == source(words)


@pytest.mark.parametrize(("name", "demuxer"), [("srt", "srt"), ("vtt", "webvtt")])
def test_ffmpeg_reads_every_cue_at_its_time(name: str, demuxer: str) -> None:
    text = render(name, track(say(DICKENS)), style("karaoke"))
    read = blocks(through_ffmpeg(text, demuxer, "srt"))
    assert [cue[:2] for cue in read] == [cue[:2] for cue in blocks(text)]


def test_plain_formats_keep_to_landscape_lines_whatever_the_style() -> None:
    speech = track(say(DICKENS))
    for name in ("srt", "vtt"):
        assert render(name, speech, style("karaoke-vertical")) == render(name, speech, style("plain"))


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        render("sub", track(say("Hello.")), style("plain"))
    assert caught.value.code == "captions-unknown"
    assert all(name in caught.value.message for name in FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written_as_utf_8_and_copes_with_no_words(name: str) -> None:
    words = [Word(text, "said", n, n + 0.9) for n, text in enumerate(HOSTILE)]
    assert render(name, track(words), style("highlight")).encode("utf-8")
    assert isinstance(render(name, track([], 1.0), style("highlight")), str)
