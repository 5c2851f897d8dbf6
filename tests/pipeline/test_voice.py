"""What `--voice` may mean, and what an engine that clones is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import voxcue
from tests.voices.fake_engine import MAX_CHARACTERS, CloningEngine
from tests.voices.speech import TEXT, save, spoken
from voxcue.engines.hibari import HibariEngine
from voxcue.errors import AudioError, TextError, UsageError, VoxcueError
from voxcue.pipeline import SpeakOptions, plan
from voxcue.pipeline.voice import find_voice
from voxcue.settings import settings
from voxcue.storage import Storage
from voxcue.types import Reference
from voxcue.voices import Library

LONG = "One is here, and two is there, and three is nowhere, and four is everywhere, and five is enough."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty storage as the setting, and a recording in the folder."""
    monkeypatch.setattr(settings(), "storage", (tmp_path / "storage").as_uri())
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "me.wav", spoken())
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Library:
    """A library with Ada in it."""
    made = Library(Storage(settings().storage))
    made.add("Ada", folder / "me.wav", TEXT)
    return made


def code(engine: object, asked: str | Reference | None, **more: object) -> tuple[str, str]:
    with pytest.raises(VoxcueError) as caught:
        find_voice(engine, asked, **more)  # type: ignore[arg-type]
    return caught.value.code, caught.value.message


def test_an_engine_s_own_voice_is_a_name() -> None:
    assert find_voice(HibariEngine(), "heart") == "heart"
    assert find_voice(HibariEngine(), None) == "heart"


def test_an_engine_that_clones_gets_the_reference(library: Library) -> None:
    found = find_voice(CloningEngine(), "Ada")
    assert isinstance(found, Reference)
    assert found.key == library.reference("Ada").key
    assert find_voice(CloningEngine(), found) is found


def test_the_setting_names_the_voice(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(CloningEngine(), None)[0] == "voice-needed"
    monkeypatch.setattr(settings(), "voice", "Ada")
    found = find_voice(CloningEngine(), None, library=library)
    assert isinstance(found, Reference)
    assert found.name == "Ada"


def test_a_voice_that_is_not_known_is_refused_with_those_that_are(library: Library) -> None:
    assert code(CloningEngine(), "Eve")[0] == "voice-unknown"
    assert "Ada" in code(CloningEngine(), "Eve")[1]
    assert code(HibariEngine(), "Eve")[0] == "voice-unknown"
    assert "heart" in code(HibariEngine(), "Eve")[1]
    assert "Ada" not in code(HibariEngine(), "Eve", library=library)[1]


def test_an_engine_that_cannot_clone_says_so(library: Library) -> None:
    for asked in ("Ada", "me.wav", library.reference("Ada")):
        assert code(HibariEngine(), asked)[0] == "voice-uncloned"


def test_a_recording_is_prepared_with_the_text_that_is_given_or_beside_it(folder: Path) -> None:
    given = find_voice(CloningEngine(), "me.wav", text=TEXT)
    (folder / "me.txt").write_text(TEXT)
    beside = find_voice(CloningEngine(), str(folder / "me.wav"))
    assert isinstance(given, Reference)
    assert isinstance(beside, Reference)
    assert given.key == beside.key
    assert (beside.name, beside.transcript) == ("me", TEXT)


def test_a_request_opens_no_file(library: Library, folder: Path) -> None:
    (folder / "me.txt").write_text(TEXT)
    for asked in ("me.wav", str(folder / "me.wav"), "/etc/passwd", "\0", "x" * 5000):
        assert code(CloningEngine(), asked, library=library)[0] == "voice-unknown"


@pytest.mark.usefixtures("library")
def test_a_text_belongs_to_a_recording() -> None:
    assert code(CloningEngine(), "Ada", text=TEXT)[0] == "voice-text-unfit"
    assert code(HibariEngine(), "heart", text=TEXT)[0] == "voice-text-unfit"


def test_a_file_that_is_no_recording_is_named(folder: Path) -> None:
    (folder / "notes.txt").write_text("no sound")
    with pytest.raises(AudioError, match=r"notes\.txt"):
        find_voice(CloningEngine(), "notes.txt", text=TEXT)


@pytest.mark.parametrize(("speed", "most"), [(1.0, MAX_CHARACTERS), (0.5, MAX_CHARACTERS // 2), (2.0, 80)])
def test_utterances_are_as_long_as_the_voice_allows(library: Library, speed: float, most: int) -> None:
    made = plan(LONG, SpeakOptions(voice="Ada", speed=speed), CloningEngine(), library)
    assert max(len(each.spoken) for each in made.script.utterances) <= most
    spoken = [token.text for each in made.script.utterances for token in each.tokens]
    assert spoken == LONG.split()
    assert made.prompt.voice.name == "Ada"
    assert [word.text for segment in made.segments() for word in segment.words] == LONG.split()


def test_what_is_wrong_with_the_text_is_said_before_a_voice_is_loaded() -> None:
    for text in ("", "é"):
        with pytest.raises(TextError):
            plan(text, SpeakOptions(voice="Eve"), CloningEngine())


@pytest.mark.parametrize("seconds", [4.0, 12.0])
def test_the_whole_lasts_as_long_as_it_is_told(library: Library, seconds: float) -> None:
    text = "[pause 0.5s] One is here. Two is over there, or nearly so. [pause 1s] Three!"
    made = plan(text, SpeakOptions(voice="Ada", duration=seconds, speed=1.5), CloningEngine(), library)
    segments = list(made.segments())
    assert segments[-1].end == pytest.approx(seconds, abs=0.01)
    assert np.std([len(each.spoken) for each in made.script.utterances]) > 5
    assert segments[1].clip.duration > segments[2].clip.duration + 1


def test_a_duration_that_cannot_be_kept_is_refused(library: Library) -> None:
    with pytest.raises(UsageError) as caught:
        voxcue.speak("Hello.", duration=3.0)
    assert caught.value.code == "duration-unfit"
    for seconds in (0.0, -1.0, 1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError) as caught:
            plan(
                "One. [pause 1s] Two.", SpeakOptions(voice="Ada", duration=seconds), CloningEngine(), library
            )
        assert caught.value.code == "duration-range"
