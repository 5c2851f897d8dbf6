"""Captions of Chinese and Japanese: no blanks between words, lines that break where they may."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from voxcue.captions import CueLimits, Track, layout, render, style
from voxcue.captions.cues import columns, line_text
from voxcue.text import parse
from voxcue.types import Word

CHINESE = (
    "清晨，老渔夫推着小船离开了岸边。他在海上已经漂了八十四天，却没有捕到一条鱼。“今天一定会不一样的！”"
    "他对自己说（声音很轻）。2014年，他的孙子用iPhone拍下了那片《安静的海》，照片卖了$3.50；后来，很多人问他："
    "真的只有这么一点钱吗？他笑了笑，什么也没有说……海风吹过空荡荡的码头，远处的灯塔一闪一闪地亮着。"
)
JAPANESE = (
    "昨日の朝、祖母は庭で古い桜の木を見上げながら、静かに話してくれた。「この木はね、わたしが生まれる前から"
    "ここにあるのよ。」と祖母は言った。２０１４年の台風で枝が三本も折れてしまったけれど、春になるとまたきれいな"
    "花を咲かせるそうだ。父は、『それはすごいな！』とつぶやいて、スマートフォンで写真を撮り始めた。"
)
TEXTS = pytest.mark.parametrize("text", [CHINESE, JAPANESE], ids=["Chinese", "Japanese"])


def said(text: str, pace: float = 6.0) -> Track:
    """The words of a text, each as long as its characters at ``pace`` a second."""
    words: list[Word] = []
    clock = 0.2
    for utterance in parse(text).utterances:
        for token in utterance.tokens:
            end = clock + (len(token.text) / pace if token.words else 0.0)
            words.append(Word(token.text, " ".join(token.words), clock, end, 0.9, token.offset, token.space))
            clock = end
        clock += utterance.pause
    return Track(text, clock, 24000, tuple(words), "engine", "voice", "aligner")


@TEXTS
@pytest.mark.parametrize("width", [42, 30, 18])
def test_lines_are_full_and_keep_the_rules_of_kinsoku(text: str, width: int) -> None:
    cues = layout(said(text).words, CueLimits(columns=width))
    lines = [line_text(line) for cue in cues for line in cue.lines]
    assert "".join(lines) == text
    assert all(columns(line_text(line)) <= width or len(line) == 1 for cue in cues for line in cue.lines)
    assert not [line for line in lines if line[0] in "，。！？；：、…」』）】》〉”’ーっゃゅょ"]
    assert not [line for line in lines if line[-1] in "「『（【《〈“‘"]
    assert sum(map(columns, lines)) / len(lines) > 0.35 * width


def test_a_chinese_line_holds_half_as_many_characters_as_a_latin_one() -> None:
    lines = [line_text(line) for cue in layout(said(CHINESE).words) for line in cue.lines]
    assert 16 < max(map(len, lines)) <= 24


def test_no_line_begins_with_a_particle_or_what_a_figure_counts_where_another_place_is_near() -> None:
    words = said("那本书里的故事发生在很久以前的一个小村庄里面第3章讲的是2014年的事情").words
    for width in (30, 24, 18):
        lines = [line_text(line) for cue in layout(words, CueLimits(columns=width)) for line in cue.lines]
        assert not [line for line in lines if line[0] in "的年章3"]


def test_brackets_that_stand_alone_stay_with_their_words() -> None:
    texts = ["你好你好", "「", "再见再见", "」", "谢谢谢谢"]
    words = [
        Word(text, text if len(text) > 1 else "", at, at + (1 if len(text) > 1 else 0), space="")
        for at, text in enumerate(texts)
    ]
    for width in (12, 14, 16):
        lines = [line_text(line) for cue in layout(words, CueLimits(columns=width)) for line in cue.lines]
        assert not [line for line in lines if line.startswith("」") or line.endswith("「")], lines


@TEXTS
def test_every_format_shows_the_text_without_blanks(text: str) -> None:
    track = said(text)
    tags = {"srt": "", "vtt": r"<[^>]*>", "ass": r"\{[^}]*\}|\\N"}
    for name, tag in tags.items():
        rendered = render(name, track, style("karaoke"))
        bodies = (
            re.findall(r"^Dialogue: (?:[^,]*,){9}(.*)$", rendered, re.MULTILINE)
            if name == "ass"
            else [line for line in rendered.split("\n") if not re.search(r"-->|^\d*$|^WEBVTT$", line)]
        )
        assert re.sub(tag, "", "".join(bodies)) == text
        if name == "ass":
            assert len(re.findall(r"\\kf\d+", rendered)) == len(track.words)


@TEXTS
def test_the_text_can_be_rebuilt_from_json_and_csv(text: str) -> None:
    track = said(text)
    words = json.loads(render("json", track, style("karaoke")))["words"]
    assert "".join(word["text"] + word["space"] for word in words) == text
    rows = list(csv.DictReader(io.StringIO(render("csv", track, style("karaoke")))))
    assert "".join(row["text"] for row in rows) == text
