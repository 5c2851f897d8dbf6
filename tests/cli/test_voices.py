"""Reference voices on the command line: adding, looking, removing, and speaking with one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.voices.fake_engine import install
from tests.voices.speech import TEXT, save, spoken


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An empty storage, and an engine that clones beside the embedded one."""
    path = [str(install(tmp_path / "site")), str(ROOT), os.environ.get("PYTHONPATH", "")]
    save(tmp_path / "me.wav", spoken())
    (tmp_path / "me.txt").write_text(TEXT)
    return {
        "VOXCUE_STORAGE": (tmp_path / "storage").as_uri(),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }


def test_a_voice_is_added_shown_used_and_removed(run: Run, env: dict[str, str]) -> None:
    added = json.loads(run("voices", "add", "Ada", "me.wav", "--text", TEXT, "--json", **env).stdout)
    assert added["transcript"] == TEXT
    assert added["end"] - added["start"] == pytest.approx(added["duration"], abs=0.01)
    assert not added["recognised"]
    shown = json.loads(run("voices", "show", "Ada", "--json", **env).stdout)
    assert shown == {key: added[key] for key in ("name", "duration", "sample_rate", "transcript")}
    assert TEXT in run("voices", "show", "Ada", **env).stdout
    listed = {row["name"]: row["kind"] for row in json.loads(run("voices", "list", "--json", **env).stdout)}
    assert listed["heart"] == "built-in"
    assert listed["Ada"] == "reference"
    assert "Ada" not in run("voices", "list", "--engine", "hibari", **env).stdout
    assert "Ada" in run("voices", "list", "--engine", "parrot", **env).stdout
    said = run(
        "speak", "Hello there.", "--engine", "parrot", "--voice", "Ada", "--duration", "3", "--json", **env
    )
    assert json.loads(said.stdout)["voice"] == "Ada"
    assert json.loads(said.stdout)["duration"] == 3.0
    assert run("voices", "remove", "Ada", **env).returncode == 0
    assert run("voices", "show", "Ada", **env).returncode == 11


def test_the_text_comes_from_a_file_and_people_are_told(run: Run, env: dict[str, str]) -> None:
    done = run("voices", "add", "Ada", "me.wav", "--text-file", "me.txt", **env)
    assert done.returncode == 0
    assert "'Ada' is kept" in done.stdout
    assert TEXT in done.stdout
    both = run("voices", "add", "Ben", "me.wav", "--text-file", "me.txt", "--text", TEXT, **env)
    assert (both.returncode, "[text-source]" in both.stderr) == (2, True)
    missing = run("voices", "add", "Ben", "me.wav", "--text-file", "none.txt", **env)
    assert (missing.returncode, "[text-unreadable]" in missing.stderr) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("voices", "add", "Ada", "me.wav", "--text", "Nobody has ever said this in the recording here."), 5, "text-mismatch"),  # noqa: E501
        (("voices", "add", "Ada", "none.wav"), 4, "audio-missing"),
        (("voices", "add", "../Ada", "me.wav"), 2, "voice-name-invalid"),
        (("voices", "add", "heart", "me.wav"), 2, "voice-exists"),
        (("voices", "remove", "Ada"), 11, "voice-missing"),
        (("speak", "Hi.", "--engine", "parrot"), 2, "voice-needed"),
        (("speak", "Hi.", "--engine", "parrot", "--voice", "Eve"), 2, "voice-unknown"),
        (("speak", "Hi.", "--voice", "me.wav"), 2, "voice-uncloned"),
        (("speak", "Hi.", "--duration", "3"), 2, "duration-unfit"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(
    run: Run, env: dict[str, str], arguments: tuple[str, ...], status: int, code: str
) -> None:
    done = run(*arguments, **env)
    assert done.returncode == status
    assert f"[{code}]" in done.stderr
    assert "hint: " in done.stderr


def test_a_recording_is_spoken_with_as_it_lies_there(run: Run, env: dict[str, str]) -> None:
    done = run("speak", "Hello there.", "--engine", "parrot", "--voice", "me.wav", "--json", **env)
    assert json.loads(done.stdout)["voice"] == "me"
    done = run("speak", "Hi.", "--engine", "parrot", "--voice", "me.wav", "--voice-text", "Other.", **env)
    assert "[text-pace]" in done.stderr
