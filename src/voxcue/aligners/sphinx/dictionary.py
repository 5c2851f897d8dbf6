"""How words are pronounced: CMU's dictionary, which comes with PocketSphinx, and rules for words it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from voxcue.aligners.sphinx.arpabet import Pronouncer
from voxcue.aligners.sphinx.model import folder


@dataclass(frozen=True, slots=True)
class Entry:
    """A word: its ``spelling``, its ``pronunciations`` as names of phones, and whether those are a guess."""

    spelling: str
    pronunciations: tuple[tuple[str, ...], ...]
    guessed: bool = False


@dataclass
class Dictionary:
    """Words to entries."""

    _rules: Pronouncer = field(default_factory=Pronouncer)
    _guesses: dict[str, Entry | None] = field(default_factory=dict)

    def entry(self, word: str) -> Entry | None:
        """The entry of a word, ``None`` if it has no sound."""
        spelling = word.lower().replace("\u2019", "'")
        known = self._known.get(spelling)
        if known:
            return Entry(spelling, tuple(tuple(each.split()) for each in known))
        if spelling not in self._guesses:
            phones = self._rules(word)
            self._guesses[spelling] = Entry(spelling, (tuple(phones),), guessed=True) if phones else None
        return self._guesses[spelling]

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        """Spellings to pronunciations; a line has one, and "the(2)" is another one of "the"."""
        found: dict[str, list[str]] = {}
        for line in (folder() / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
            spelling, _, phones = line.partition(" ")
            found.setdefault(spelling.partition("(")[0], []).append(phones)
        return found
