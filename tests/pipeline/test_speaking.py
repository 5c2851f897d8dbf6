"""Text to speech over the Python API: streaming, saving, determinism, errors before any work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import voxcue
from voxcue.aligners.sphinx.aligner import SphinxAligner
from voxcue.engines import SynthesisRequest
from voxcue.engines.hibari import HibariEngine
from voxcue.pipeline import SaveOptions, SpeakOptions, plan, speak_to

SENTENCES = "One is here. Two is there. Three is nowhere. Four is everywhere. Five is enough. Six is plenty."


def test_importing_voxcue_loads_nothing_heavy() -> None:
    program = (
        "import sys, voxcue; assert not {'numpy', 'onnxruntime', 'pydantic', 'hibari'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_stream_is_the_same_speech_in_segments() -> None:
    whole = voxcue.speak(SENTENCES)
    segments = list(voxcue.stream(SENTENCES))
    assert [segment.index for segment in segments] == list(range(6))
    assert {segment.count for segment in segments} == {6}
    np.testing.assert_array_equal(np.concatenate([s.clip.samples for s in segments]), whole.clip.samples)
    assert tuple(word for segment in segments for word in segment.words) == whole.words
    assert all(a.end == pytest.approx(b.start) for a, b in pairwise(segments))
    assert all(s.start <= w.start <= w.end <= s.end for s in segments for w in s.words)


def test_the_first_segment_leaves_before_the_last_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = []
    speak_all = HibariEngine.synthesize

    def watched(self: HibariEngine, batch: Sequence[SynthesisRequest]) -> Iterator[voxcue.Clip]:
        for clip in speak_all(self, batch):
            spoken.append(clip)
            yield clip

    monkeypatch.setattr(HibariEngine, "synthesize", watched)
    segments = voxcue.stream(" ".join([SENTENCES] * 5))
    next(segments)
    assert len(spoken) < 12
    segments.close()


def test_the_same_call_gives_the_same_audio_and_another_seed_does_not() -> None:
    first, again, other = (voxcue.speak(SENTENCES, seed=seed).clip.samples for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_slower_speech_is_longer() -> None:
    slow, fast = (voxcue.speak(SENTENCES, speed=speed).clip.duration for speed in (0.7, 1.4))
    assert slow > 1.5 * fast


def test_words_are_silent_before_and_loud_inside(time_machine: voxcue.Speech) -> None:
    """Across the whole page, sound is where words are."""
    rate = time_machine.clip.sample_rate
    inside = np.zeros(len(time_machine.clip.samples), bool)
    for word in time_machine.words:
        if word.spoken:
            inside[round(word.start * rate) : round(word.end * rate)] = True
    energy = time_machine.clip.samples**2
    assert energy[~inside].sum() < 0.01 * energy.sum()
    assert inside.mean() < 0.95


def test_saving_gives_every_file_and_only_those(tmp_path: Path) -> None:
    files = voxcue.speak("Hello there.").save(tmp_path / "new" / "folder", format="flac")
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {
        "speech.flac", "captions.ass", "captions.srt", "captions.vtt", "words.json", "words.csv",
    }  # fmt: skip
    assert set(files) == {"audio", "ass", "srt", "vtt", "json", "csv"}
    document = json.loads(files["json"].read_text(encoding="utf-8"))
    assert document["duration"] == pytest.approx(soundfile.info(files["audio"]).duration, abs=0.001)
    assert (document["engine"], document["voice"], document["aligner"]) == ("hibari", "heart", "native")


def test_streaming_into_files_gives_the_same_files(tmp_path: Path) -> None:
    voxcue.speak(SENTENCES).save(tmp_path / "whole")
    speak_to(tmp_path / "streamed", plan(SENTENCES, SpeakOptions()), SaveOptions().checked())
    names = {path.name for path in (tmp_path / "whole").iterdir()}
    assert names == {path.name for path in (tmp_path / "streamed").iterdir()}
    for name in names:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "streamed" / name).read_bytes()


def test_a_failure_half_way_leaves_nothing_new_and_what_was_there(tmp_path: Path) -> None:
    voxcue.speak("Hello there.").save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupt(segment: voxcue.Segment) -> None:
        if segment.index == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        speak_to(tmp_path, plan(SENTENCES, SpeakOptions()), SaveOptions().checked(), interrupt)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_utterance_that_the_aligner_cannot_follow_is_still_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise voxcue.AlignmentError("text-mismatch", "lost")

    monkeypatch.setattr(SphinxAligner, "align", lost)
    words = voxcue.speak("Hello there, you.", aligner="sphinx").words
    assert [word.confidence for word in words] == [0.0] * 3
    assert all(word.end > word.start for word in words)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"engine": "nope"}, "engine-unknown"),
        ({"voice": "nope"}, "voice-unknown"),
        ({"aligner": "nope"}, "aligner-unknown"),
        ({"speed": 0.1}, "speed-range"),
        ({"speed": float("nan")}, "speed-range"),
        ({"seed": -1}, "seed-range"),
    ],
)
def test_wrong_options_are_named_at_the_call(options: dict[str, Any], code: str) -> None:
    with pytest.raises(voxcue.UsageError) as caught:
        voxcue.stream("Hello.", **options)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text-empty"),
        (" \n\t ", "text-empty"),
        ("... \u2014 !!! \U0001f680", "text-silent"),
        ("Hello \u4f60\u597d.", "text-unspeakable"),
        ("Stop [pause] now.", "markup-pause"),
    ],
)
def test_wrong_texts_are_named_before_any_work(text: str, code: str) -> None:
    with pytest.raises(voxcue.TextError) as caught:
        voxcue.stream(text)
    assert caught.value.code == code


def test_characters_that_cannot_be_said_are_named() -> None:
    with pytest.raises(voxcue.TextError, match="'\u4f60' '\u597d'"):
        voxcue.stream("Hello \u4f60\u597d.")
