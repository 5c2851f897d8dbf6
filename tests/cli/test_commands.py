"""The commands, run as a user runs them: what they make, print and say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

ALL = {"speech.wav", "captions.ass", "captions.srt", "captions.vtt", "words.json", "words.csv"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_speak_fills_the_folder_and_says_so(run: Run, tmp_path: Path) -> None:
    done = run("speak", "Hello, it costs $3.50.", "-o", "here")
    assert done.returncode == 0
    assert names(tmp_path / "here") == ALL
    assert "4 words timed" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_text_comes_from_a_file_or_a_pipe(run: Run, tmp_path: Path, source: str) -> None:
    (tmp_path / "text.txt").write_bytes("\ufeffHello\r\nthere.".encode())
    arguments = ("-f", "text.txt") if source == "file" else ("-",)
    done = run("speak", *arguments, "-o", "here", "--json", stdin="Hello\r\nthere.")
    assert json.loads(done.stdout)["words"] == 2


def test_json_is_one_document_and_names_the_files(run: Run, tmp_path: Path) -> None:
    done = run("speak", "Hello there.", "-o", "here", "--format", "opus", "--captions", "srt,json", "--json")
    document = json.loads(done.stdout)
    assert set(document["files"]) == {"audio", "srt", "json"}
    assert all((tmp_path / path).is_file() for path in document["files"].values())
    assert names(tmp_path / "here") == {"speech.opus", "captions.srt", "words.json"}
    assert document["real_time_factor"] == pytest.approx(
        document["seconds_taken"] / document["duration"], rel=0.01
    )


def test_align_makes_the_same_caption_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Peter came, but nobody cared.", encoding="utf-8")
    assert run("speak", "-f", "text.txt", "-o", "spoken", "--format", "mp3").returncode == 0
    done = run("align", "spoken/speech.mp3", "text.txt", "-o", "aligned", "--json")
    assert names(tmp_path / "aligned") == ALL - {"speech.wav"}
    assert json.loads(done.stdout)["aligner"] == "sphinx"


def test_preview_shows_what_was_made(run: Run, tmp_path: Path) -> None:
    run("speak", "Hello there, you.", "-o", "here", "--style", "highlight-vertical")
    done = run("preview", "here", "--json")
    assert set(json.loads(done.stdout)["files"]) == {"image", "video"}
    assert names(tmp_path / "here") == ALL | {"preview.png", "preview.mp4"}


def test_preview_finds_an_aligned_recording_or_asks_for_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Hello there, you.", encoding="utf-8")
    run("speak", "-f", "text.txt", "-o", "spoken")
    run("align", "spoken/speech.wav", "text.txt", "-o", "aligned")
    assert run("preview", "aligned").returncode == 0
    (tmp_path / "spoken" / "speech.wav").rename(tmp_path / "moved.wav")
    assert "[audio-missing]" in run("preview", "aligned").stderr
    assert run("preview", "aligned", "--audio", "moved.wav").returncode == 0


def test_a_preview_in_another_style_leaves_the_captions_alone(run: Run, tmp_path: Path) -> None:
    run("speak", "Hello there, you.", "-o", "here")
    before = (tmp_path / "here" / "captions.ass").read_bytes()
    assert run("preview", "here", "--style", "boxed-vertical").returncode == 0
    assert (tmp_path / "here" / "captions.ass").read_bytes() == before


def test_a_stretch_that_does_not_match_is_reported(run: Run, tmp_path: Path) -> None:
    run("speak", "The old museum opens early. Peter came late, but nobody cared at all.", "-o", "spoken")
    (tmp_path / "text.txt").write_text("Peter came late, but nobody cared at all.", encoding="utf-8")
    done = run("align", "spoken/speech.wav", "text.txt", "-o", "aligned")
    assert done.returncode == 0
    assert "warning: 0.1 to 1.5 s of the recording is not in the text" in done.stderr


@pytest.mark.parametrize(
    ("command", "name"),
    [("engines", "hibari"), ("aligners", "native"), ("styles", "karaoke"), ("voices list", "heart")],
)
def test_lists_are_tables_or_json(run: Run, command: str, name: str) -> None:
    assert name in run(*command.split()).stdout
    assert name in [row["name"] for row in json.loads(run(*command.split(), "--json").stdout)]


def test_help_teaches(run: Run) -> None:
    shown = run("--help").stdout
    assert "voxcue speak" in shown
    assert "Exit status" in shown
    assert "[pause 0.5s]" in run("speak", "--help").stdout


def test_a_reader_that_leaves_is_no_error_message(tmp_path: Path) -> None:
    command = f"set -o pipefail; {sys.executable} -m voxcue voices list | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == ""


def test_the_environment_sets_defaults(run: Run) -> None:
    done = run("speak", "Hello.", "-o", "here", "--json", VOXCUE_FORMAT="flac", VOXCUE_ALIGNER="sphinx")
    document = json.loads(done.stdout)
    assert document["aligner"] == "sphinx"
    assert document["files"]["audio"].endswith(".flac")
