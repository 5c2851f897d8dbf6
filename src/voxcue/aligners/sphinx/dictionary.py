"""How words are pronounced: CMU's dictionary, which comes with PocketSphinx, and rules for words it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from voxcue.aligners.sphinx.arpabet import pronounce
from voxcue.aligners.sphinx.model import folder

_WEAK = {
    "as": "AH Z",
    "at": "AH T",
    "could": "K AH D",
    "do": "D AH",
    "had": "HH AH D, AH D",
    "has": "AH Z",
    "have": "HH AH V, AH V",
    "must": "M AH S T",
    "shall": "SH AH L",
    "should": "SH AH D",
    "them": "AH M",
    "there": "DH ER",
    "they're": "DH ER",
    "were": "W AH",
    "where": "W ER",
    "will": "AH L",
    "would": "W AH D, AH D",
    "you": "Y AH",
    "you'll": "Y AH L",
    "you're": "Y ER",
    "your": "Y ER",
}
"""Weak forms of English words that CMU's dictionary lacks (Cruttenden, Gimson's Pronunciation of English)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word: its ``spelling``, its ``pronunciations`` as names of phones, and whether those are a guess."""

    spelling: str
    pronunciations: tuple[tuple[str, ...], ...]
    guessed: bool = False

    @property
    def phones(self) -> int:
        """Those of its shortest pronunciation."""
        return min(map(len, self.pronunciations))


def entry(word: str) -> Entry | None:
    """The entry of a word, ``None`` if it has no sound."""
    spelling = word.lower().replace("\u2019", "'")
    known = tuple(_known(spelling))
    if known:
        return Entry(spelling, known)
    guess = _guess(word)
    return Entry(spelling, (guess,), guessed=True) if guess else None


def broad_entry(word: str) -> Entry | None:
    """The same with weak forms and the pronunciation by the rules added: dictionaries are wrong at times."""
    found = entry(word)
    if found is None or found.guessed:
        return found
    weak = _WEAK.get(found.spelling, "").split(",")
    every = dict.fromkeys([*found.pronunciations, _guess(word), *(tuple(form.split()) for form in weak)])
    return replace(found, pronunciations=tuple(each for each in every if each))


@lru_cache(maxsize=100_000)
def _guess(word: str) -> tuple[str, ...]:
    """The phones of a word by the rules, none if they cannot read it."""
    return tuple(pronounce(word))


def _known(spelling: str) -> Iterator[tuple[str, ...]]:
    """The pronunciations in the dictionary, whose second one of "the" is that of "the(2)"."""
    number, key = 1, "" if "(" in spelling else spelling
    while phones := _lexicon().get(key):
        yield tuple(phones.split())
        number += 1
        key = f"{spelling}({number})"


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, str]:
    """The lines of the dictionary: what comes before the first space, and the phones after it."""
    lines = (folder() / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)
