"""What is looked for when a word is spelt in a model's letters."""

from __future__ import annotations

import sys

import pytest

from voxcue.aligners.ctc.alphabet import ANY, Alphabet, read_alphabet
from voxcue.errors import UnavailableError

UPPER = {entry: at for at, entry in enumerate(["<pad>", "<unk>", "|", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ'"])}
GERMAN = {entry: at for at, entry in enumerate(["[PAD]", "|", *"abcdefghijklmnopqrstuvwxyzäöüß"])}


def alphabet(vocabulary: dict[str, int]) -> Alphabet:
    found = read_alphabet(vocabulary, [None])
    assert found is not None
    return found


def spelt(vocabulary: dict[str, int], word: str) -> str:
    known = alphabet(vocabulary)
    return "".join("*" if each == ANY else known.letters[each] for each in known.spell(word))


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("Hello,", "HELLO"),
        ("don\u2019t", "DON'T"),
        ("'tis'", "TIS"),
        ("well-known", "WELLKNOWN"),
        ("café", "CAFE"),
        ("cafe\u0301", "CAFE"),
        ("Straße", "STRASSE"),
        ("ﬁn", "FIN"),
        ("Привет", "PRIVET"),
        ("北京", "BEIJING"),
        ("안녕", "ANNYEONG"),
        ("\u2014", ""),
        ("😀", ""),
        ("x7", "X*"),
    ],
)
def test_english_letters(word: str, letters: str) -> None:
    assert spelt(UPPER, word) == letters


def test_letters_that_the_model_knows_stay() -> None:
    assert spelt(GERMAN, "Grüße") == "grüße"
    assert spelt(GERMAN, "Gru\u0308ße") == "grüße"


def test_letters_without_a_likeness_may_be_anything() -> None:
    assert spelt({"<pad>": 0, "a": 1}, "abba") == "a**a"


@pytest.mark.parametrize(
    ("vocabulary", "pads", "blank"),
    [
        ({"a": 0, "<pad>": 1}, [], 1),
        ({"a": 0, "[PAD]": 1}, [None, None], 1),
        ({"a": 0, "_": 1}, ["_"], 1),
        ({"a": 0, "b": 1}, [None, 1], 1),
        ({"<blank>": 0, "<pad>": 1, "a": 2}, ["<pad>", 1], 0),
    ],
)
def test_the_blank(vocabulary: dict[str, int], pads: list[object], blank: int) -> None:
    found = read_alphabet(vocabulary, pads)
    assert found is not None
    assert found.blank == blank
    assert blank not in found.classes.values()


def test_a_vocabulary_without_a_blank_is_none() -> None:
    assert read_alphabet({"a": 0, "b": 1}, [None, 7]) is None


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anyascii", None)
    with pytest.raises(UnavailableError, match="needs the package 'anyascii' for the letter '京'"):
        alphabet(UPPER).spell("京")
    assert spelt(UPPER, "café") == "CAFE"
