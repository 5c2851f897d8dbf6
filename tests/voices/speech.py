"""Recordings of speakers for the tests, made by the embedded engine and by flite."""

from __future__ import annotations

import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

import voxcue
from tests.conftest import ROOT, require
from voxcue.types import Clip

RATE = 24_000
TEXT = "This is a recording of my own voice, for you to imitate as well as you can."


@cache
def spoken(text: str = TEXT) -> NDArray[np.float32]:
    """A text in the voice of the embedded engine, at 24 kHz."""
    return voxcue.speak(text).clip.samples


@cache
def page() -> voxcue.Speech:
    """A minute and a half of a book."""
    text = (ROOT / "examples" / "time-machine.txt").read_text(encoding="utf-8")[:1000]
    return voxcue.speak(text[: text.rindex(".") + 1])


def flite(text: str, voice: str, folder: Path) -> NDArray[np.float32]:
    """A text in another voice, at 24 kHz."""
    path = folder / f"{voice}.wav"
    subprocess.run([require("flite"), "-voice", voice, "-t", text, "-o", str(path)], check=True)
    samples, rate = soundfile.read(path, dtype="float32")
    return np.asarray(soxr.resample(samples, rate, RATE), np.float32)


def clip(samples: NDArray[np.float32]) -> Clip:
    return Clip(np.asarray(samples, np.float32), RATE)


def wav(samples: NDArray[np.float32], rate: int = RATE, subtype: str = "PCM_16") -> bytes:
    """A WAV file."""
    file = BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    return file.getvalue()


def save(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    """A file of whatever format its name says."""
    soundfile.write(path, samples, rate)
    return path
