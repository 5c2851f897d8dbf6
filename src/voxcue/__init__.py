"""Voxcue: text and a voice in; speech and word-timed captions out.

    >>> import voxcue
    >>> speech = voxcue.speak("It costs $3.50.")
    >>> speech.words[2].spoken
    'three dollars fifty'
    >>> files = speech.save("out")

Importing this package is cheap: NumPy and the engines load at the first call.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from voxcue.errors import (
    AlignmentError,
    AudioError,
    OutputError,
    TextError,
    UnavailableError,
    UsageError,
    VoxcueError,
)
from voxcue.types import Clip, Segment, Word

if TYPE_CHECKING:
    from voxcue.pipeline import Speech, align, speak, stream

__version__ = "0.1.0"

__all__ = [
    "AlignmentError",
    "AudioError",
    "Clip",
    "OutputError",
    "Segment",
    "Speech",
    "TextError",
    "UnavailableError",
    "UsageError",
    "VoxcueError",
    "Word",
    "align",
    "speak",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name in {"Speech", "align", "speak", "stream"}:
        return getattr(import_module("voxcue.pipeline"), name)
    raise AttributeError(f"module 'voxcue' has no attribute '{name}'")
