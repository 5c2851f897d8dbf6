"""Characters and pinyin, and vocabularies that do not fit; the reference tests compare more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.f5.published import ENTRIES
from voxcue.engines.f5.text import Vocabulary, read_vocabulary, symbols
from voxcue.errors import UnavailableError


def test_english_is_read_by_characters() -> None:
    assert symbols("It\u2019s \u201chere\u201d; now.") == list('It\'s "here", now.')


def test_chinese_is_read_by_syllables() -> None:
    assert symbols("你好，世界") == [" ", "ni2", " ", "hao3", "，", " ", "shi4", " ", "jie4"]


def test_the_sandhi_of_tones_and_readings_in_words() -> None:
    assert "hang2" in symbols("银行")
    assert "xing2" in symbols("行人")


@pytest.mark.parametrize("text", ["あいう", "한국어", "漢字かな交じり", "🎉", "", "aбв"])
def test_any_text_has_symbols(text: str) -> None:
    assert "".join(symbols(text)).strip() or not text


def test_what_a_vocabulary_lacks() -> None:
    vocabulary = Vocabulary(ENTRIES)
    assert vocabulary.unknown("Caf\u00e9, cafe\u0301 — 你好世界。") == ""
    assert vocabulary.unknown("Straße, Жизнь 银行 ß") == "ßЖизнь银行"


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(ENTRIES), encoding="utf-8")  # no line feed behind the last
    assert len(read_vocabulary(path)) == len(ENTRIES)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a\nb\n", "space"), (b" \na\na\n", "'a' 2 times"), (b" \n\xff\n", "cannot be read"), (b"", "space")],
)
def test_a_file_that_is_none(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_bytes(content)
    with pytest.raises(UnavailableError, match=said) as caught:
        read_vocabulary(path)
    assert (caught.value.code, str(path) in caught.value.message) == ("vocabulary-unfit", True)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be read"):
        read_vocabulary(tmp_path / "vocab.txt")
