"""ASS files: exact karaoke sums, and text that is shown as written whatever it says."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxcue.captions import Cue, layout, render, style, style_names
from voxcue.captions.ass import ass
from voxcue.captions.escape import printable
from voxcue.captions.fitting import fit, text_width
from voxcue.errors import UsageError
from voxcue.types import Word

from .libass import parse, squeezed
from .speech import DICKENS, HOSTILE, say, timed_words, track

COLOUR = r"&H[0-9A-F]{6}&"
OUR_TAGS = re.compile(
    r"(\\k\d+|\\kf\d+|\\fs\d+\.\d|\\fn(Noto Emoji|Montserrat|Montserrat ExtraBold)|\\1c" + COLOUR + r"|"
    r"\\alpha&H(00|FF)&|\\4a&H78&|\\fsc[xy]100|\\t\(0,90,\\fscx\d+\\fscy\d+\))+"
)
EVERY_STYLE = st.sampled_from(style_names())


def events(text: str) -> list[pysubs2.SSAEvent]:
    return list(pysubs2.SSAFile.from_string(text, format_="ass"))


@given(timed_words(hostile=True), EVERY_STYLE)
def test_hostile_text_is_shown_as_written_and_brings_no_tags(words: list[Word], name: str) -> None:
    look = style(name)
    cues = layout(words, look.limits)
    shown = events(ass(cues, look))
    for event in shown:
        tags, text = parse(event.text)
        assert all(OUR_TAGS.fullmatch(tag) for tag in tags), tags
        cue = next(
            cue for cue in cues if squeezed(text) == squeezed("".join(printable(w.text) for w in cue.words))
        )
        assert cue
    bottom = {squeezed(parse(event.text)[1]) for event in shown}
    assert bottom == {squeezed("".join(printable(word.text) for word in cue.words)) for cue in cues}


@given(timed_words(), st.sampled_from(["karaoke", "karaoke-vertical"]))
def test_karaoke_durations_add_up_exactly_to_the_event(words: list[Word], name: str) -> None:
    look = style(name)
    for event in events(ass(layout(words, look.limits), look)):
        total = sum(int(value) for value in re.findall(r"\\kf?(\d+)", event.text))
        assert total * 10 == event.duration


def test_karaoke_does_not_drift_from_the_words() -> None:
    words = [Word(f"w{n}", "w", n / 3, (n + 1) / 3 - 0.004) for n in range(300)]
    (first, *_), look = layout(words), style("karaoke")
    for event in events(ass(layout(words), look)):
        clock = event.start // 10
        for tag, duration, text in re.findall(r"\{\\(kf?)(\d+)\}\s*(?:\\N)?(w?\d*)", event.text):
            if tag == "kf":
                assert abs(clock - int(text[1:]) * 100 / 3) <= 0.5 + 1e-9
            clock += int(duration)
    assert first


@given(timed_words(), EVERY_STYLE)
def test_events_of_a_layer_follow_each_other_without_overlap(words: list[Word], name: str) -> None:
    look = style(name)
    shown = events(ass(layout(words, look.limits), look))
    assert all(event.start < event.end for event in shown)
    for layer in (0, 1):
        for before, after in pairwise([event for event in shown if event.layer == layer]):
            assert before.end <= after.start


def test_a_highlight_has_one_lit_word_at_a_time_and_skips_none() -> None:
    words = say(DICKENS)
    shown = events(ass(layout(words), style("boxed")))
    lit = re.findall(r"\{\\1c&H1FD2FF&\}(.*?)\{", "".join(event.text for event in shown))
    assert lit == [word.text for word in words]


def test_a_cut_word_is_swept_row_by_row() -> None:
    (event,) = events(ass(layout([Word("a" * 200, "a", 0.0, 5.0)]), style("karaoke")))
    rows = [int(value) for value in re.findall(r"\\kf(\d+)\}a", event.text)]
    assert len(rows) > 1
    assert sum(rows) == 500
    assert max(rows) - min(rows) < 30


def test_crowded_cues_keep_their_order_when_rounded() -> None:
    cues = [Cue(n / 1000, (n + 1) / 1000, ((Word("x", "x", n / 1000, (n + 1) / 1000),),)) for n in range(5)]
    shown = events(ass(cues, style("plain")))
    assert [(event.start, event.end) for event in shown] == [(10 * n, 10 * n + 10) for n in range(5)]


def test_a_speech_of_more_than_ten_hours_keeps_its_times() -> None:
    cue = Cue(40_000.5, 40_002.0, ((Word("late", "late", 40_000.5, 40_001.0),),))
    assert "11:06:40.50,11:06:42.00" in ass([cue], style("plain"))


@pytest.mark.parametrize("name", style_names())
def test_the_file_fixes_size_wrapping_and_colours(name: str) -> None:
    look = style(name)
    file = pysubs2.SSAFile.from_string(render("ass", track(say(DICKENS)), look))
    assert file.info["PlayResX"] == str(look.width)
    assert file.info["PlayResY"] == str(look.height)
    assert file.info["WrapStyle"] == "2"
    assert file.info["ScaledBorderAndShadow"] == "yes"
    assert file.info["YCbCr Matrix"] == "TV.709"


@pytest.mark.parametrize("name", style_names())
@pytest.mark.parametrize(
    "word", ["https://example.com/a/very/long/path?with=query&and=more", "W" * 42, "a" * 5000, "\u6f22" * 60]
)
def test_long_words_stay_on_the_screen(name: str, word: str) -> None:
    look = style(name)
    for cue in layout(say(f"see {word} here"), look.limits):
        fitted = fit(cue, look)
        rows = sum(len(piece.parts) - 1 for line in fitted.lines for piece in line) + len(fitted.lines)
        assert rows * fitted.size <= 0.75 * look.height
        for line in fitted.lines:
            for piece in line:
                assert "".join(piece.parts) == piece.word.text
                assert all(
                    text_width(part, look) * fitted.size <= look.line_width + 1 for part in piece.parts
                )


def test_an_ordinary_line_is_never_shrunk() -> None:
    for name in style_names():
        look = style(name)
        assert all(fit(cue, look).size == look.size for cue in layout(say(DICKENS), look.limits))


def test_the_type_size_may_be_chosen() -> None:
    look = replace(style("plain"), size=60)
    assert "Style: Voxcue,Montserrat,60," in ass(layout(say("Hello there.")), look)


def test_an_unknown_style_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        style("neon")
    assert caught.value.code == "style-unknown"
    assert "karaoke-vertical" in caught.value.message


def test_every_hostile_sample_is_escaped() -> None:
    words = [Word(text, "said", n, n + 0.9) for n, text in enumerate(HOSTILE)]
    assert ass(layout(words), style("karaoke")).encode("utf-8")
