"""What is said in a reference recording: text from a user or a file, as one line."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from voxcue.errors import LimitError, TextError
from voxcue.text.read import decode

MAX_CHARACTERS = 5_000


def check_transcript(transcript: str | None) -> str | None:
    """The transcript on one line; ``None`` if there is no text in it.

    Raises:
        LimitError: ``transcript-too-long``.
        TextError: ``transcript-invalid``, it holds control characters.
    """
    if transcript is None:
        return None
    line = " ".join(transcript.split())
    if len(line) > MAX_CHARACTERS:
        raise LimitError(
            "transcript-too-long",
            f"The transcript has {len(line):,} characters, more than {MAX_CHARACTERS:,}.",
            "Give only what is said in the recording.",
        )
    odd = next((char for char in line if unicodedata.category(char) in {"Cc", "Cs"}), None)
    if odd is not None:
        raise TextError(
            "transcript-invalid",
            f"The transcript holds the character U+{ord(odd):04X}, which is not text.",
            "Give plain text.",
        )
    return line or None


def transcript_file(path: Path) -> str:
    """The text in a file that a user named.

    Raises:
        TextError: ``text-unreadable``, ``text-binary``, ``text-encoding``.
    """
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise TextError(
            "text-unreadable",
            f"The text file '{path}' cannot be read: {error.strerror or error}.",
            "Check the path and its rights.",
        ) from error


def read_transcript(data: bytes, name: str) -> str | None:
    """The transcript in a file, with or without a byte order mark; ``name`` is what errors call it."""
    return check_transcript(decode(data, name))
