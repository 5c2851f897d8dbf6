"""The promise: every word spoken, every word timed, whatever the text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import voxcue
from voxcue.captions import render, style
from voxcue.types import Word

WORDS = (  # noqa: SIM905 - a table of escapes reads better than a list of them
    "$3.50 7:30 p.m. 1/2 2024-03-01 Henry VIII 5 km \u00a313.60 555-0100 ada@example.com #BookTok 9% I "
    "A.B.C. https://example.com/a?b=1 time\u2014as \u2014 "
    "\U0001f680 \U0001f468\u200d\U0001f469\u200d\U0001f467 "
    "\U0001f1eb\U0001f1f7 ... ?!?! \u201cquoted\u201d a\u200bb \u200f \u202eabc\u202c {\\b1} <i> --> &amp; "
    "\\N [sic] caf\u00e9 na\u0308ive \u00bd \u0665 \uff15 x\u00b2 \ufb01n"
).split()
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from([*WORDS, "a" * 60, "9" * 40]),
        st.text(st.characters(codec="utf-8", max_codepoint=0x24F), min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=12,
)
SPACE = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\n\n", "\u00a0", " [pause 0.2s] "])


def held(source: str, words: tuple[Word, ...], duration: float) -> None:
    """Assert the promise for one finished speech."""
    assert words
    shown = re.sub(r"\[pause [^]]*\]", "", source)
    given_back = "".join(word.text + word.space for word in words)
    assert given_back.split() == shown.split()
    assert all(source[word.offset : word.offset + len(word.text)] == word.text for word in words)
    end = 0.0
    for word in words:
        assert end <= word.start <= word.end <= duration
        assert word.end > word.start or not word.spoken
        end = word.end


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(SPACE, HOSTILE), min_size=1, max_size=3))
def test_hostile_text_is_spoken_and_timed_whole(parts: list[tuple[str, list[str]]]) -> None:
    source = "".join(space.join(words) + space for space, words in parts)
    try:
        speech = voxcue.speak(source)
    except voxcue.TextError:  # a text that cannot be said is refused whole
        return
    held(source, speech.words, speech.clip.duration)
    document = json.loads(render("json", speech.track(), style("karaoke")))
    written = tuple(
        Word(w["text"], w["spoken"], w["start"], w["end"], w["confidence"], w["offset"], w["space"])
        for w in document["words"]
    )
    held(source, written, document["duration"])


@pytest.mark.parametrize("name", ["time-machine", "numbers"])
@pytest.mark.parametrize("aligner", ["native", "sphinx"])
def test_the_examples_are_timed_whole_by_every_aligner(examples: Path, name: str, aligner: str) -> None:
    source = (examples / f"{name}.txt").read_text(encoding="utf-8")
    speech = voxcue.speak(source, aligner=aligner)
    held(source, speech.words, speech.clip.duration)
    assert speech.aligner == aligner


def test_numbers_get_a_time_of_their_own() -> None:
    speech = voxcue.speak("In 2014. it cost \u00a313.60 or $3.50, at 7:30 p.m.")
    timed = {word.text: word for word in speech.words}
    assert timed["2014."].spoken == "twenty fourteen"
    assert all(
        timed[text].end - timed[text].start > 0.3 for text in ("2014.", "\u00a313.60", "$3.50,", "7:30")
    )


def test_a_pause_lasts_as_long_as_asked() -> None:
    short, long = (voxcue.speak(f"One. [pause {seconds}s] Two.").words for seconds in (0.5, 2.5))
    assert (long[1].start - long[0].end) - (short[1].start - short[0].end) == pytest.approx(2.0, abs=0.01)
