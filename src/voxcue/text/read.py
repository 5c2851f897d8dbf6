"""Bytes to text: UTF-8, or UTF-16 with a byte order mark, and a clear refusal of everything else.

It guesses no encoding, because a wrong guess is spoken aloud. It knows nothing of what the text means.
"""

from __future__ import annotations

import codecs

from voxcue.errors import TextError

_SAMPLE_BYTES = 65536
_MAX_CONTROL_SHARE = 0.02
# Control bytes that plain text files do hold: tab, line feed, form feed, carriage return, escape, and
# the end-of-file mark of old DOS editors.
_TEXT_CONTROLS = frozenset(b"\t\n\x0b\x0c\r\x1a\x1b")


def decode(data: bytes, name: str) -> str:
    """Return the text in ``data``, without its byte order mark; ``name`` is what errors call it.

    Raises ``TextError`` with code ``text-binary`` when it is no text at all and ``text-encoding`` when it
    is text in an encoding other than UTF-8 or marked UTF-16.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode(data, "utf-16", name)
    if _looks_binary(data[:_SAMPLE_BYTES]):
        raise TextError(
            "text-binary",
            f"{name} is not a text file: it holds binary data.",
            "Give a plain text file in UTF-8; export documents (Word, PDF, EPUB) as plain text first.",
        )
    return _decode(data, "utf-8-sig", name)


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        shown = "UTF-16" if encoding == "utf-16" else "UTF-8"
        raise TextError(
            "text-encoding",
            f"{name} is not valid {shown}: byte {error.start} (0x{data[error.start]:02x}) does not fit.",
            f"Convert it first, for example: iconv -f cp1252 -t utf-8 {name} > utf8.txt",
        ) from error


def _looks_binary(sample: bytes) -> bool:
    if b"\0" in sample:
        return True
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    return controls > _MAX_CONTROL_SHARE * len(sample)
