"""Bad input: one sentence, a code, a hint, a status by class, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import Run

SPEAK = ("speak", "Hello there.", "-o", "made")


def refused(done: subprocess.CompletedProcess[str], status: int, code: str, folder: Path) -> None:
    """Assert that a command refused its input well."""
    assert done.returncode == status, done.stderr
    assert f"[{code}]" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(folder.glob("made/*"))
    assert not list(folder.glob("made/.*"))


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("speak", "", "-o", "made"), 3, "text-empty"),
        (("speak", " \t ", "-o", "made"), 3, "text-empty"),
        (("speak", "?! ... \u2014", "-o", "made"), 3, "text-silent"),
        (("speak", "\u041f\u0440\u0438\u0432\u0435\u0442", "-o", "made"), 3, "text-unspeakable"),
        (("speak", "-f", "missing.txt", "-o", "made"), 3, "text-unreadable"),
        (("speak", "-f", "binary.bin", "-o", "made"), 3, "text-binary"),
        (("speak", "-f", "latin1.txt", "-o", "made"), 3, "text-encoding"),
        (("speak", "-o", "made"), 2, "text-source"),
        (("speak", "Hi", "-f", "text.txt", "-o", "made"), 2, "text-source"),
        ((*SPEAK, "--voice", "nobody"), 2, "voice-unknown"),
        ((*SPEAK, "--engine", "nothing"), 2, "engine-unknown"),
        ((*SPEAK, "--aligner", "nothing"), 2, "aligner-unknown"),
        ((*SPEAK, "--style", "ugly"), 2, "style-unknown"),
        ((*SPEAK, "--format", "aiff"), 2, "audio-format-unknown"),
        ((*SPEAK, "--captions", "ass,doc"), 2, "captions-unknown"),
        ((*SPEAK, "--speed", "9"), 2, "speed-range"),
        (("align", "missing.wav", "text.txt", "-o", "made"), 4, "audio-missing"),
        (("align", "text.txt", "text.txt", "-o", "made"), 4, "audio-unreadable"),
        (("align", "silent.wav", "text.txt", "-o", "made"), 4, "audio-silent"),
        (("align", "header.wav", "text.txt", "-o", "made"), 4, "audio-empty"),
        (("align", "noise.wav", "text.txt", "-o", "made"), 5, "text-mismatch"),
        (("align", "short.wav", "text.txt", "-o", "made"), 5, "audio-too-short"),
        (("preview", "made"), 2, "preview-empty"),
    ],
)
def test_each_is_named_and_leaves_nothing(
    run: Run, tmp_path: Path, arguments: Sequence[str], status: int, code: str
) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000)
    (tmp_path / "text.txt").write_text("Hello there, this is what was never said.", encoding="utf-8")
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "latin1.txt").write_bytes("caf\u00e9 au lait".encode("latin-1"))
    soundfile.write(tmp_path / "silent.wav", np.zeros(48_000), 16_000)
    soundfile.write(tmp_path / "header.wav", np.zeros(0), 16_000)
    soundfile.write(tmp_path / "noise.wav", noise, 16_000)
    soundfile.write(tmp_path / "short.wav", noise[:2000], 16_000)
    refused(run(*arguments), status, code, tmp_path)


@pytest.mark.parametrize("option", ["engine", "voice", "style", "format"])
def test_an_unknown_name_lists_the_known_ones(run: Run, option: str) -> None:
    known = {"engine": "hibari", "voice": "heart", "style": "karaoke", "format": "opus"}
    assert known[option] in run(*SPEAK, f"--{option}", "unheard-of").stderr


def test_with_json_the_error_is_the_document(run: Run) -> None:
    error = json.loads(run(*SPEAK, "--voice", "nobody", "--json").stdout)["error"]
    assert error["code"] == "voice-unknown"
    assert error["hint"]


def test_a_wrong_setting_names_its_variable(run: Run) -> None:
    done = run(*SPEAK, VOXCUE_LOUDNESS="loud")
    assert done.returncode == 2
    assert "VOXCUE_LOUDNESS" in done.stderr


def test_a_file_where_the_folder_should_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("mine", encoding="utf-8")
    done = run(*SPEAK)
    assert done.returncode == 6
    assert "[output-unwritable]" in done.stderr
    assert (tmp_path / "made").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
def test_a_full_disk(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: writing beyond it fails in the same way."""
    text = "This is far too long for so small a disk. " * 5
    limited = f"ulimit -f 64; exec {sys.executable} -m voxcue speak '{text}' -o made"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 6, done.stderr
    assert "[output-unwritable]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "made").iterdir())


def test_a_folder_in_the_place_of_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "made" / "captions.srt").mkdir(parents=True)
    done = run(*SPEAK)
    assert done.returncode == 6
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["captions.srt"]


@pytest.mark.parametrize("audio_format", ["wav", "mp3"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing_half_written(
    tmp_path: Path, number: int, status: int, audio_format: str
) -> None:
    (tmp_path / "long.txt").write_text("This is a sentence of a very long book. " * 3000, encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "voxcue", "speak", "-f", "long.txt", "-o", "made", "--format", audio_format],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("made/.speech*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    child.send_signal(number)
    _, errors = child.communicate(timeout=15)
    assert child.returncode == status
    assert b"Traceback" not in errors
    assert not list((tmp_path / "made").iterdir())
