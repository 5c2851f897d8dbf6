"""The text that belongs to a recording: whether it fits, and which of its words lie in a stretch.

English is listened to by an aligner; of other languages only the pace is checked, as syllables a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from voxcue.aligners import fitting_aligners
from voxcue.errors import AlignmentError
from voxcue.text import parse
from voxcue.types import Clip, Span, Token, Word

_SLOWEST, _FASTEST = 1.0, 10.0
"""Syllables a second of sound that a person says: three to seven as a rule."""

_DOUBTFUL = 0.05
_MOST_DOUBTFUL = 0.4
"""Share of the words that an aligner may hear with less confidence than that (``bench/voices.py``)."""

_MOST_UNSAID = 0.2
"""Share of the sound in which the aligner may find no word of the text."""

_VOWELS = re.compile(
    "[aeiouy\u00e6\u00f8\u0153\u0131\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0456\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9]+"
)
_PER_LETTER = 0.45
"""Syllables for each letter of scripts that write no vowels, or write them as marks."""

_COMMON = frozenset(
    """a all and are as at be but by can do for from had have he her his i if in is it my no not of on one or
    our so that the their there they this to up was we were what when which who will with would you""".split()  # noqa: SIM905
)
_ENGLISH = 0.12
"""A text in plain letters with that share of common English words is taken for English."""


def is_english(text: str) -> bool:
    """A guess, for texts that nobody said the language of."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or not "".join(words).isascii():
        return False
    return sum(word in _COMMON for word in words) >= _ENGLISH * len(words)


def listen(clip: Clip, text: str, language: str | None) -> list[Word] | None:
    """The words of a text timed in a recording, by an aligner that knows the language; ``None``: none does.

    Args:
        clip: the recording.
        text: what is said in all of it.
        language: BCP 47 tag; if ``None``, a text that looks like English is taken for it.

    Raises:
        AlignmentError: ``text-mismatch``.
        TextError: there are no words in the text.
    """
    known = language.partition("-")[0].lower() if language else "en" if is_english(text) else ""
    aligner = next(fitting_aligners(known, marked=False), None)
    if aligner is None:
        return None
    tokens: list[Token] = [token for utterance in parse(text).utterances for token in utterance.tokens]
    return aligner().align(clip, tokens)


def check_heard(words: Sequence[Word], sound: Sequence[Span]) -> None:
    """Refuse a text when an aligner hears its words with doubt, or other words between them.

    Args:
        words: what an aligner found.
        sound: where there is sound, in seconds.

    Raises:
        AlignmentError: ``text-mismatch``.
    """
    scores = [word.confidence for word in words if word.spoken and word.confidence is not None]
    if 0.0 in scores:
        raise _mismatch(f"{scores.count(0.0)} of its words are not said")
    doubtful = sum(score < _DOUBTFUL for score in scores) / max(1, len(scores))
    if doubtful > _MOST_DOUBTFUL:
        raise _mismatch(f"{doubtful:.0%} of its words are not heard ({_MOST_DOUBTFUL:.0%} at most)")
    unsaid = _unsaid(words, sound)
    if unsaid > _MOST_UNSAID:
        raise _mismatch(f"{unsaid:.0%} of what is heard is not in it ({_MOST_UNSAID:.0%} at most)")


def _mismatch(why: str) -> AlignmentError:
    return AlignmentError(
        "text-mismatch",
        f"The text is not what is said in the recording: {why}.",
        "Give the words that are said, all of them and in order.",
    )


def _unsaid(words: Sequence[Word], sound: Sequence[Span]) -> float:
    """The share of the sound in which no word was found."""
    said = sum(
        max(0.0, min(word.end, span.end) - max(word.start, span.start))
        for word in words
        if word.spoken
        for span in sound
    )
    return 1 - said / sum(span.end - span.start for span in sound)


def check_pace(text: str, seconds: float, language: str | None) -> None:
    """Refuse a text that nobody can have said in so many seconds of sound.

    Raises:
        AlignmentError: ``text-pace``.
        TextError: there are no words in the text.
    """
    english = is_english(text) if language is None else language.lower().startswith("en")
    said = " ".join(each.spoken for each in parse(text).utterances) if english else text
    rate = syllables(said) / seconds
    if _SLOWEST <= rate <= _FASTEST:
        return
    few = "few" if rate < _SLOWEST else "many"
    raise AlignmentError(
        "text-pace",
        f"The text cannot be what is said in the recording: it has too {few} words for it, {rate:.1f} "
        f"syllables a second ({_SLOWEST:.0f} to {_FASTEST:.0f} at most).",
        "Give the words that are said in the recording, all of them and no others.",
    )


def syllables(text: str) -> float:
    """About how many syllables a text has, in any script; digits count two each."""
    count = 0.0
    plain = unicodedata.normalize("NFD", text.lower())
    for word in re.findall(r"[^\W\d_]+|\d", plain):
        if word.isdigit():
            count += 2
            continue
        whole = [char for char in word if _is_syllable(char)]
        vowels = len(_VOWELS.findall(word))
        letters = len(word) - len(whole)
        count += len(whole) + (vowels or (_PER_LETTER * letters if not word.isascii() else min(1, letters)))
    return count


def within(words: Sequence[Word], span: Span) -> str:
    """The text of the words in a stretch, as it was written."""
    return "".join(word.text + word.space for word in inside(words, span)).strip()


def inside(words: Sequence[Word], span: Span) -> list[Word]:
    """The words of which at least half lies in a stretch."""
    return [word for word in words if span.start <= (word.start + word.end) / 2 < span.end]


def _is_syllable(char: str) -> bool:
    """Chinese characters, kana and Hangul: a sound each."""
    name = unicodedata.name(char, "")
    return name.startswith(("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL CHOSEONG"))
