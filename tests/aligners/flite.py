"""Speech whose word times are known exactly: Debian's flite says when each of its segments ends."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from tests.conftest import require
from voxcue.types import Clip, Span

Spoken = tuple[Clip, list[Span]]
"""Audio, and the exact span of each word."""


def speak(words: str, voice: str, folder: Path) -> Spoken:
    """Plain words spoken by flite: the audio, and the exact span of each word."""
    path = folder / "flite.wav"
    segments = _segments(words, voice, str(path))
    spans = [
        Span(before[1], after[1]) for before, after in pairwise([("", 0.0), *segments]) if after[0] != "pau"
    ]
    edges = np.cumsum([0, *(_phones(word, voice) for word in words.split())])
    assert edges[-1] == len(spans), "flite says a word differently alone: choose other words"
    samples, rate = soundfile.read(path, dtype="float32")
    return Clip(samples, rate), [Span(spans[a].start, spans[b - 1].end) for a, b in pairwise(edges)]


@cache
def _phones(word: str, voice: str) -> int:
    return sum(name != "pau" for name, _ in _segments(word, voice, "none"))


def _segments(text: str, voice: str, path: str) -> list[tuple[str, float]]:
    """The name of each segment and when it ends, in seconds."""
    command = [require("flite"), "-voice", voice, "-psdur", "-t", text, "-o", path]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [(name, float(end)) for name, end in re.findall(r"(\S+):([\d.]+)", shown)]
