"""Tokens to hibari's phonemes, keeping track of which phoneme belongs to which token.

Knows the habits of ``hibari.g2p``; knows nothing of models or audio.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxcue.types import Token

MAX_PHONEMES = 400
"""The longest run of phonemes that the model was trained on, by its package's own limit."""

MAX_LETTERS = 24
"""Letters that the net for unknown words reads; it drops the rest of a longer word."""

_MARK_TAGS = frozenset(["$", "#", ".", ",", ":", "``", "''", '""', "-LRB-", "-RRB-", "NFP"])
"""Part-of-speech tags of punctuation marks, as hibari's tagger gives them."""

_KNOWN = frozenset(map(chr, range(0xDF, 0x100)))
"""Accented letters that the lexicon and the net for unknown words have: lower-case Latin-1."""

_SILENT = frozenset(' ;:,.!?\u2014\u2026"\u201c\u201d()')
_LONG_WORD = re.compile(rf"[^\W\d_]{{{MAX_LETTERS}}}(?=[^\W\d_])")
_NO_LINKS = str.maketrans("[]", "()")
"""``[text](/phonemes/)`` is markup to hibari and would join tokens."""

_FOLDED = str.maketrans(
    {
        "\u0131": "i", "\u0141": "L", "\u0142": "l", "\u0110": "D", "\u0111": "d", "\u0126": "H",
        "\u0127": "h", "\u0166": "T", "\u0167": "t", "\u1e9e": "SS", "\u00df": "ss", "\u00de": "Th",
        "\u00fe": "th", "\u00d0": "D", "\u00f0": "d", "\u0152": "OE", "\u0153": "oe", "\u00c6": "AE",
        "\u00e6": "ae", "\u00d8": "O", "\u00f8": "o", "\u0138": "k", "\u014a": "Ng", "\u014b": "ng",
        "\u018f": "A", "\u0259": "a", "\u0181": "B", "\u0253": "b", "\u018a": "D", "\u0257": "d",
        "\u0198": "K", "\u0199": "k", "\u01b3": "Y", "\u01b4": "y", "\u0186": "O", "\u0254": "o",
        "\u0190": "E", "\u025b": "e", "\u0189": "D", "\u0256": "d", "\u0191": "F", "\u0192": "f",
        "\u0194": "G", "\u0263": "g", "\u01b2": "V", "\u028b": "v", "\u018e": "E", "\u01dd": "e",
        "\u013f": "L", "\u0140": "l", "\u02bb": "'", "\u02bc": "'", "\u02be": "'", "\u02bf": "'",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phonemes:
    """A phoneme string and, per token, the half-open range of its phonemes; ``None`` for a silent one."""

    symbols: str
    ranges: tuple[tuple[int, int] | None, ...]

    def pieces(self) -> Iterator[str]:
        """The string in pieces that the model can take, cut at a space where there is one."""
        start = 0
        while start < len(self.symbols):
            end = start + MAX_PHONEMES
            if end < len(self.symbols):
                space = self.symbols.rfind(" ", start + 1, end)
                end = space + 1 if space > 0 else end
            yield self.symbols[start:end]
            start = end

    def starts(self, seconds: NDArray[np.floating]) -> list[tuple[float, float] | None]:
        """Per token: when its first and its last phoneme start, in seconds; ``None`` for a silent one.

        Args:
            seconds: how long each symbol lasts, the silent symbol that opens and closes every piece
                included; shape ``(len(symbols) + 2 * pieces,)``.
        """
        edges = np.concatenate([[0.0], np.cumsum(seconds)])
        sizes = [len(piece) for piece in self.pieces()]
        place = np.arange(len(self.symbols)) + 1 + 2 * np.repeat(np.arange(len(sizes)), sizes)
        begins = edges[place]
        return [each and (float(begins[each[0]]), float(begins[each[1] - 1])) for each in self.ranges]


def phonemize(g2p: Any, alphabet: Container[str], tokens: Sequence[Token]) -> Phonemes:
    """Phonemes of an utterance, read in one go so that context counts ("the" before a vowel)."""
    owners: list[int] = []
    chunks: list[str] = []
    for index, token in enumerate(tokens):
        parts = _LONG_WORD.sub(r"\g<0> ", readable(token.spoken)).split()
        chunks += parts
        owners += [index] * len(parts)
    symbols, edges = _read(g2p, alphabet, chunks)
    ranges: list[tuple[int, int] | None] = [None] * len(tokens)
    for owner, (start, end) in zip(owners, edges, strict=True):
        while end > start and symbols[end - 1] in _SILENT:
            end -= 1
        while start < end and symbols[start] in _SILENT:
            start += 1
        if start < end:
            known = ranges[owner]
            ranges[owner] = (known[0] if known else start, end)
    return Phonemes(symbols, tuple(ranges))


def _read(g2p: Any, alphabet: Container[str], chunks: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The phoneme string of white-space-free chunks, joined by spaces, and each chunk's range in it."""
    text = " ".join(chunks).translate(_NO_LINKS)
    tokens = g2p.phonemize_tokens([_sounding(token) for token in g2p.tokenize(text)])
    symbols = ""
    edges: list[tuple[int, int]] = []
    start = 0
    for token in tokens:
        symbols += "".join(symbol for symbol in token.phonemes or "" if symbol in alphabet)
        if token.whitespace:
            edges.append((start, len(symbols)))
            symbols += " "
            start = len(symbols)
    edges.append((start, len(symbols)))
    return symbols, edges


def _sounding(token: Any) -> Any:
    """The token, never taken for a punctuation mark when it has letters: hibari would leave it out."""
    if token.tag in _MARK_TAGS and any(map(str.isalpha, token.text)):
        token.tag = "NN"
    return token


def readable(text: str) -> str:
    """The text in letters that the net for unknown words has seen: accents it lacks are dropped."""
    return "".join(char if char.isascii() else _fold(char) for char in unicodedata.normalize("NFC", text))


def _fold(char: str) -> str:
    if char in _KNOWN or not char.isalpha():
        return char
    plain = unicodedata.normalize("NFKD", char.translate(_FOLDED))
    return "".join(each for each in plain if not unicodedata.combining(each)) or char


def unspeakable(text: str) -> str:
    """Letters, each once and in order, that folding does not bring to letters the net has seen."""
    foreign = (
        char for char in text if not char.isascii() and char.isalpha() and not all(map(_seen, _fold(char)))
    )
    return "".join(dict.fromkeys(foreign))


def _seen(char: str) -> bool:
    return char in _KNOWN or "!" <= char <= "~"
