"""Pronunciations: those that are known, and guesses for the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voxcue.aligners.sphinx import dictionary
from voxcue.aligners.sphinx.arpabet import PHONES
from voxcue.aligners.sphinx.model import folder


def test_a_word_has_all_its_pronunciations() -> None:
    entry = dictionary.entry("the")
    assert entry is not None
    assert set(entry.pronunciations) == {("DH", "AH"), ("DH", "IY")}
    assert not entry.guessed


def test_listening_knows_weak_forms_and_the_rules_too() -> None:
    entry, broad = dictionary.entry("Have"), dictionary.broad_entry("Have")
    assert entry is not None
    assert broad is not None
    assert entry.pronunciations == (("HH", "AE", "V"),)
    assert set(broad.pronunciations) == {("HH", "AE", "V"), ("HH", "AH", "V"), ("AH", "V")}
    assert (entry.phones, broad.phones) == (3, 2)
    assert dictionary.broad_entry("voxcues") == dictionary.entry("voxcues")


@pytest.mark.parametrize("word", ["Don't", "don’t", "DON’T"])
def test_case_and_the_form_of_an_apostrophe_do_not_matter(word: str) -> None:
    entry = dictionary.entry(word)
    assert entry == dictionary.entry("don't")
    assert entry is not None
    assert entry.spelling == "don't"
    assert ("D", "OW", "N", "T") in entry.pronunciations
    assert not entry.guessed


@pytest.mark.parametrize("word", ["Voxcue", "smørrebrød", "y'all’d’ve", "the(2)"])
def test_a_word_that_is_not_known_is_guessed_and_says_so(word: str) -> None:
    entry = dictionary.entry(word)
    assert entry is not None
    assert entry.guessed
    assert len(entry.pronunciations) == 1
    assert entry == dictionary.entry(word)


def test_a_guess_sounds_like_the_word() -> None:
    entry = dictionary.entry("voxcues")
    assert entry is not None
    assert entry.pronunciations[0][0] == "V"
    assert entry.pronunciations[0][-1] == "Z"


@pytest.mark.parametrize("word", ["中文", "…", "—", "", "'"])
def test_a_word_without_sound_has_no_entry(word: str) -> None:
    assert dictionary.entry(word) is None


def test_all_words_of_the_dictionary_can_be_said() -> None:
    lines = (folder() / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines()
    spellings = [line.split()[0].partition("(")[0] for line in lines[::40]]
    assert len(spellings) > 3000
    entries = [dictionary.entry(spelling) for spelling in spellings]
    assert not any(entry is None or entry.guessed for entry in entries)
    pronunciations = {phones for entry in entries if entry for phones in entry.pronunciations}
    assert all(pronunciations)
    assert {phone for phones in pronunciations for phone in phones} == set(PHONES)


WITHOUT_DIGITS = st.characters(exclude_categories=("Cs", "Nd", "Nl", "No"))
"""What is said for a token is written in letters."""


@given(st.one_of(st.text(WITHOUT_DIGITS, max_size=12), st.from_regex(r"[a-z'’]{1,12}", fullmatch=True)))
@settings(max_examples=150, deadline=None)
def test_whatever_the_word_its_phones_are_those_of_the_model(word: str) -> None:
    entry = dictionary.broad_entry(word)
    if entry is not None:
        assert entry.pronunciations
        assert all(entry.pronunciations)
        assert {phone for phones in entry.pronunciations for phone in phones} <= set(PHONES)
