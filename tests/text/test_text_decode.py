"""Files become text when they are text, and a clear error when they are not."""

from __future__ import annotations

import pytest

from voxcue.errors import TextError
from voxcue.text import decode


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read(encoding: str) -> None:
    assert decode("Zoë pays £5 🎉".encode(encoding), "a.txt") == "Zoë pays £5 🎉"


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"", "a.txt") == ""


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 9)) * 20, b"PK\x03\x04\x14\0"]
)
def test_a_binary_file_is_refused(data: bytes) -> None:
    with pytest.raises(TextError) as caught:
        decode(data, "song.mp3")
    assert caught.value.code == "text-binary"
    assert "song.mp3" in caught.value.message


def test_another_encoding_is_refused_with_the_place_and_a_way_out() -> None:
    with pytest.raises(TextError) as caught:
        decode("Zo\u00eb".encode("cp1252"), "old.txt")
    assert caught.value.code == "text-encoding"
    assert "byte 2" in caught.value.message
    assert "iconv -f cp1252 -t utf-8 old.txt" in caught.value.hint


def test_a_cut_off_utf16_file_is_refused() -> None:
    with pytest.raises(TextError) as caught:
        decode(b"\xff\xfea", "old.txt")
    assert caught.value.code == "text-encoding"
