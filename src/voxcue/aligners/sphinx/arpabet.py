"""Pronunciations in ARPAbet for words that a dictionary lacks, from hibari's rules for English."""

from __future__ import annotations

from voxcue.g2p import rules

_PHONES = {
    "A": "EY", "I": "AY", "O": "OW", "Q": "OW", "W": "AW", "Y": "OY", "a": "AE", "i": "IY", "u": "UW",
    "æ": "AE", "ɑ": "AA", "ɒ": "AA", "ɐ": "AH", "ɔ": "AO", "ə": "AH", "ɚ": "ER", "ɛ": "EH",
    "ɜ": "ER", "ɪ": "IH", "ʊ": "UH", "ʌ": "AH", "ᵊ": "AH", "ᵻ": "IH", "b": "B", "d": "D", "f": "F",
    "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "v": "V",
    "w": "W", "z": "Z", "ð": "DH", "ŋ": "NG", "ɡ": "G", "ɹ": "R", "ɾ": "D", "T": "D", "ʃ": "SH",
    "ʒ": "ZH", "ʤ": "JH", "ʧ": "CH", "θ": "TH", "x": "K", "r": "R", "g": "G", "e": "EY", "o": "OW",
}  # fmt: skip
"""Phonemes in the alphabet of hibari (misaki's) to the phone set of PocketSphinx (CMU's)."""

PHONES = sorted({*_PHONES.values(), "OY"})
"""That phone set."""


def pronounce(word: str) -> list[str]:
    """The phones of one word; empty if the rules cannot read it."""
    phonemes = rules(british=False)(word, normalize_text=False)
    phones = [_PHONES[symbol] for symbol in phonemes if symbol in _PHONES]
    merged: list[str] = []
    for phone in phones:  # CMU writes "bird" with one phone, hibari with a vowel and an r
        if phone == "R" and merged and merged[-1] == "ER":
            continue
        merged.append(phone)
    return merged
