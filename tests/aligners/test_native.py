"""The engine's own times, passed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.aligners.promise import assert_kept
from tests.engines.speech import SENTENCES, say, utterance
from voxcue.aligners.native import NativeAligner
from voxcue.errors import AlignmentError


@pytest.mark.parametrize("text", [*SENTENCES, "— well … so !"])
def test_the_marks_become_the_words(text: str) -> None:
    clip, tokens = say(text), utterance(text).tokens
    words = NativeAligner().align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    for word, mark in zip(words, clip.marks or (), strict=True):
        if mark:
            assert abs(word.start - mark.start) < 0.021
            assert word.confidence is None


def test_a_clip_without_marks_is_refused() -> None:
    clip = replace(say("Yes."), marks=None)
    with pytest.raises(AlignmentError, match="engine that times its own words") as caught:
        NativeAligner().align(clip, utterance("Yes.").tokens)
    assert caught.value.code == "marks-missing"
