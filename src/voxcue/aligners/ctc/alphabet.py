"""The letters that a CTC model knows, and those of a word among them.

A letter that the model lacks is looked for without its accents, then in the Latin alphabet (the package
``anyascii``); where that fails too, it may sound like anything. Knows nothing of audio.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from voxcue.errors import UnavailableError

ANY = -1
"""The class of a letter that the model has no class for."""

_SPECIAL = re.compile(r"<.*>|\[.*\]|\|| ?")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\uff07", "'"))


@dataclass(frozen=True)
class Alphabet:
    """``classes`` are letters to classes, without the special ones; all are single characters.

    ``blank`` is the class for no letter, ``delimiter`` that of the gap between words, if there is one.
    """

    classes: Mapping[str, int]
    blank: int
    delimiter: int | None = None
    _read: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def spell(self, word: str) -> list[int]:
        """The classes of a word as it is said, `ANY` for a letter that has none.

        Empty only for a word without letters and digits. Signs at its edges do not count; those inside do
        where the model knows them, as in "don't".

        Raises:
            UnavailableError: ``ctc-package-missing``, for letters that have to be romanised.
        """
        bare = _EDGES.sub("", unicodedata.normalize("NFC", word.translate(_APOSTROPHES)))
        found = [each for char in bare for each in self._letter(char)]
        return found or [ANY] * bool(bare)

    @cached_property
    def letters(self) -> Mapping[int, str]:
        """Classes to letters."""
        return {number: letter for letter, number in self.classes.items()}

    def _letter(self, char: str) -> tuple[int, ...]:
        if char not in self._read:
            self._read[char] = self._found(char)
        return self._read[char]

    def _found(self, char: str) -> tuple[int, ...]:
        if exact := self._known(char):
            return exact
        if not char.isalnum():  # a sign, or a mark on the letter before
            return ()
        plain = "".join(each for each in unicodedata.normalize("NFKD", char) if each.isalnum())
        if plain and all(map(self._known, plain)):
            return tuple(number for each in plain for number in self._known(each))
        return tuple(number for each in _latin(char) for number in self._known(each)) or (ANY,)

    def _known(self, char: str) -> tuple[int, ...]:
        """The class of a character, in the case that the model is written in."""
        for each in (char, char.lower(), char.upper()):
            if each in self.classes:
                return (self.classes[each],)
        return ()


def read_alphabet(
    vocabulary: Mapping[str, int], pads: Sequence[object], delimiter: str = "|"
) -> Alphabet | None:
    """The alphabet in a ``vocab.json``; ``None`` if it says not which class is the blank.

    Args:
        vocabulary: entries to classes.
        pads: what the model's configuration says of the blank: entries of the vocabulary or classes; the
            first that there is counts. An entry "<blank>" goes before.
        delimiter: the entry between words.
    """
    named = ["<blank>", *pads, "<pad>", "[PAD]"]
    blanks = [vocabulary[each] if isinstance(each, str) else each for each in named if _is(vocabulary, each)]
    if not blanks:
        return None
    blank = blanks[0]
    assert isinstance(blank, int)
    classes = {
        unicodedata.normalize("NFC", entry): number
        for entry, number in vocabulary.items()
        if number != blank and entry != delimiter and not _SPECIAL.fullmatch(entry)
    }
    letters = {entry: number for entry, number in classes.items() if len(entry) == 1}
    return Alphabet(letters, blank, vocabulary.get(delimiter))


def _is(vocabulary: Mapping[str, int], named: object) -> bool:
    if isinstance(named, str):
        return named in vocabulary
    return isinstance(named, int) and named in vocabulary.values()


def _latin(char: str) -> str:
    try:
        from anyascii import anyascii
    except ImportError as error:
        raise UnavailableError(
            "ctc-package-missing",
            f"The aligner 'ctc' needs the package 'anyascii' for the letter '{char}', which its model lacks.",
            "Install it: pip install 'voxcue[align]'",
        ) from error
    return "".join(filter(str.isalnum, anyascii(char)))
