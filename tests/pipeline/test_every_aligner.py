"""The text with all that is hard to time, numbers to emoji, with every aligner that needs no download."""

from __future__ import annotations

from pathlib import Path

import pytest

import voxcue
from tests.aligners.ctc.conftest import Use
from tests.aligners.ctc.conftest import use as use_model  # noqa: F401 - a fixture
from tests.aligners.ctc.models import LAYER, random_model
from tests.aligners.promise import assert_kept
from voxcue.captions import render, style
from voxcue.text import parse


@pytest.fixture(scope="module")
def numbers(examples: Path) -> voxcue.Speech:
    return voxcue.speak((examples / "numbers.txt").read_text(encoding="utf-8"))


def check(speech: voxcue.Speech, text: str) -> None:
    """Every token has a time, and every caption format shows it."""
    tokens = [token for utterance in parse(text).utterances for token in utterance.tokens]
    assert_kept(speech.words, tokens, speech.clip.duration)
    track = speech.track()
    for name in ("ass", "srt", "vtt", "json", "csv"):
        shown = render(name, track, style("karaoke"))
        assert all(token.text in shown for token in tokens if token.text.isalnum()), name
    assert "$3.50" in render("srt", track, style("karaoke"))
    assert "☀️" in render("srt", track, style("karaoke"))


@pytest.mark.parametrize("aligner", ["native", "sphinx"])
def test_our_own_speech(aligner: str, examples: Path) -> None:
    text = (examples / "numbers.txt").read_text(encoding="utf-8")
    check(voxcue.speak(text, aligner=aligner, verify="off"), text)


def test_a_recording_timed_by_sphinx(numbers: voxcue.Speech, tmp_path: Path) -> None:
    made = numbers.save(tmp_path)
    speech = voxcue.align(made["audio"], numbers.text, aligner="sphinx")
    check(speech, numbers.text)
    off = sorted(abs(a.start - b.start) for a, b in zip(speech.words, numbers.words, strict=True) if a.spoken)
    assert off[len(off) // 2] < 0.03
    assert off[int(0.9 * len(off))] < 0.2


def test_our_own_speech_timed_by_ctc(use_model: Use, numbers: voxcue.Speech, tmp_path: Path) -> None:  # noqa: F811
    """A random model times nothing right, but everything."""
    use_model(random_model(tmp_path, LAYER))
    check(voxcue.speak(numbers.text, aligner="ctc", verify="off"), numbers.text)
