"""The benchmarks beside the package run: on a tiny model, where their figures mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

BENCH = Path(__file__).parent.parent.parent / "bench"


def figures(script: str, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, str(BENCH / script), "--dry-run", "--runs", "1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_one_pass_is_the_same(tmp_path: Path) -> None:
    found = figures("f5_forward.py", "--frames", "60", "--weights", str(tmp_path))
    assert found[0]["largest_difference"] < 1e-4


def test_speech_on_a_gpu(tmp_path: Path) -> None:
    options = ["--steps", "2", "--batches", "1", "2", "--weights", str(tmp_path), "--out", str(tmp_path)]
    found = figures("f5_gpu.py", *options)
    speech = [(each["engine"], each["utterances"]) for each in found[1:]]
    assert sorted(speech) == [("f5 fp32", 1), ("f5 fp32", 2), ("f5-tts", 1), ("f5-tts", 2)]
    written = json.loads((tmp_path / "f5-gpu-dry-run.json").read_text())
    assert len(written["figures"]) == 4
