"""What a reference voice may be called: a name in any script that is safe as a file name everywhere."""

from __future__ import annotations

import unicodedata

from voxcue.errors import UsageError

MAX_CHARACTERS = 64
_MAX_BYTES = 200
"""In UTF-8: file systems take names of 255 bytes, and the extension has to fit."""

_MARKS = " _-."


def check_name(name: str) -> str:
    """The name in Unicode's composed form (NFC), if it may be used.

    Letters, digits, inner spaces, "_", "-" and ".", which may not be first.

    Raises:
        UsageError: ``voice-name-invalid``.
    """
    composed = unicodedata.normalize("NFC", name)
    sized = 1 <= len(composed) <= MAX_CHARACTERS
    # "M": vowel signs and accents, which many scripts cannot do without.
    plain = all(char in _MARKS or unicodedata.category(char)[0] in "LNM" for char in composed)
    if sized and plain and composed == composed.strip(" ") and not composed.startswith("."):  # noqa: SIM102
        if len(composed.encode()) <= _MAX_BYTES:  # apart: what is not plain may have no UTF-8
            return composed
    raise UsageError(
        "voice-name-invalid",
        f"A voice cannot be called {name[:MAX_CHARACTERS]!r}.",
        f"Use 1 to {MAX_CHARACTERS} letters and digits; inside, also spaces, '_', '-' and '.'.",
    )
