"""The embedded engine has phonemes for every word that the tables of readings and the example say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hibari.g2p import G2P

from tests.text.script_claims import tokens_of
from tests.text.test_text_readings import TABLES
from voxcue.text import parse

EXAMPLE = Path(__file__).parents[2] / "examples" / "numbers.txt"


@pytest.fixture(scope="module")
def g2p() -> G2P:
    return G2P()


def unsaid(g2p: G2P, text: str) -> list[str]:
    """Return the Latin words of a text that the engine would leave out."""
    words = [word for token in tokens_of(parse(text)) for word in token.spoken.split()]
    latin = [
        word for word in words if any(character.isalpha() and character < "\u0250" for character in word)
    ]
    return [word for word in latin if not any(map(str.isalpha, g2p(word, normalize_text=False)))]


@pytest.mark.parametrize("name", TABLES)
def test_every_reading_has_phonemes(g2p: G2P, name: str) -> None:
    assert [word for shown, _ in TABLES[name] for word in unsaid(g2p, shown)] == []


def test_every_word_of_the_example_has_phonemes(g2p: G2P) -> None:
    assert unsaid(g2p, EXAMPLE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("shown", "sounds"), [("at 9 a.m. today", "ˈAˌɛm"), ("A4 paper", "ˈA"), ("A. A. Milne", "ˈA ˈA")]
)
def test_a_letter_a_is_not_read_as_an_article(g2p: G2P, shown: str, sounds: str) -> None:
    spoken = " ".join(token.spoken for token in tokens_of(parse(shown)))
    assert sounds in g2p(spoken, normalize_text=False)
