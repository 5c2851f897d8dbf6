"""How words are pronounced: CMU's dictionary, which comes with PocketSphinx, and rules for words it lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from voxcue.aligners.sphinx.arpabet import pronounce
from voxcue.aligners.sphinx.model import folder

_LITTLE = 2
"""Phones of a little word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word: its ``spelling``, its ``pronunciations`` as names of phones, and whether those are a guess."""

    spelling: str
    pronunciations: tuple[tuple[str, ...], ...]
    guessed: bool = False

    @property
    def is_little(self) -> bool:
        """Whether it has no more than two phones, as "a", "the" and "of": such words are often slurred."""
        return min(map(len, self.pronunciations)) <= _LITTLE


def entry(word: str) -> Entry | None:
    """The entry of a word, ``None`` if it has no sound."""
    spelling = word.lower().replace("\u2019", "'")
    known = _lexicon().get(spelling)
    if known:
        return Entry(spelling, tuple(tuple(each.split()) for each in known))
    guess = _guess(word)
    return Entry(spelling, (guess,), guessed=True) if guess else None


def broad_entry(word: str) -> Entry | None:
    """The same with the pronunciation by the rules added: dictionaries are wrong at times."""
    found = entry(word)
    if found is None or found.guessed:
        return found
    every = dict.fromkeys([*found.pronunciations, _guess(word)])
    return replace(found, pronunciations=tuple(each for each in every if each))


@lru_cache(maxsize=100_000)
def _guess(word: str) -> tuple[str, ...]:
    """The phones of a word by the rules, none if they cannot read it."""
    return tuple(pronounce(word))


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, list[str]]:
    """Spellings to pronunciations; a line of the file has one, and "the(2)" is another one of "the"."""
    found: dict[str, list[str]] = {}
    for line in (folder() / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
        spelling, _, phones = line.partition(" ")
        found.setdefault(spelling.partition("(")[0], []).append(phones)
    return found
