"""How long a text lasts when it is spoken, from its syllables, letters, words and pauses.

The weights are seconds at a common pace, fitted by ``bench/duration.py``; a reference recording says how
much slower or faster its speaker is. Knows nothing of models or audio.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


class Content(NamedTuple):
    """What takes time in a text: counts, or the seconds of one of each.

    ``letters`` are those beyond one a syllable, ``weak`` the words that English hardly stresses. ``commas``,
    ``colons`` (and dashes) and ``stops`` are marks inside the text, less than one each between short phrases.
    """

    syllables: float
    letters: float
    words: float
    weak: float
    commas: float
    colons: float
    stops: float
    edges: float = 1.0


WEIGHTS = Content(
    syllables=0.101,
    letters=0.038,
    words=0.032,
    weak=-0.047,
    commas=0.289,
    colons=0.515,
    stops=0.269,
    edges=0.249,
)
"""Seconds. A mark adds its pause and the long syllable before it; ``edges`` is the end of the text."""

SHORTEST = 0.5
"""Seconds that a text lasts at least: what "No!" takes."""

_PHRASE = 5
"""Syllables in each phrase beside a mark from which on its pause is a whole one: "No, no!" has little."""

_DOUBT = 0.3
"""Seconds of reference that tell half of the speaker's pace; the common pace stands in for the rest."""

_FASTEST, _SLOWEST = 0.4, 2.5
"""A pace beyond these is that of a wrong transcript, not of a speaker."""

_WIDE = (
    "()\u2026\u2014\u2013\u060c\u061b\u061f\u3001\u3002\u0964\u0965\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)
_BESIDE = r'\s,.:;?!\u00b7"*\[\]\u00ab\u00bb\u2018\u201c\u201d\u201e\-'
_PIECE = re.compile(rf"([,.:;?!\u00b7]+(?!\w)|[{_WIDE}]+|--+|(?<=\s)-(?=\s))|([^{_WIDE}{_BESIDE}]+)")
"""A mark (not the stop of "3.5"), or a word; hyphens part words, quotes do not pause."""

_COMMAS = frozenset(",()\u060c\u3001\uff08\uff09\uff0c")
_COLONS = frozenset(":;-\u2014\u2013\u00b7\u061b\uff1a\uff1b")

_WEAK = frozenset(
    """a an and are as at be been but by did do for from had has have he her him his i if in is it its me my
    no not of on or our so that the their them they this to up us was we were with you your""".split()  # noqa: SIM905
)  # fmt: skip

_SILENT = re.compile(
    r"""(?<![aeiouy])(?<![^aeiouyl]l)(?:e|(?<![sxzcg])(?<![cs]h)es|(?<![td])(?<!dr)ed)$
    |(?<=..[^aeiouyl])e(?:ly|ment|less|ful|ness)s?$
    |^(?:some|nine|there|where)(?=[a-z]{2})""",
    re.VERBOSE,
)
"""An English e that is not said: made, makes (not houses), played (not wanted), lonely, something."""

_HIATUS = re.compile(
    r"[bdmrv]i[aou]|(?<![gq])ua(?!r)|[aeouy]ing$|iet|scien|creat|idea|area|real|[ds]n't$|sm$"
)
"""English vowels that meet without merging, and syllables without a vowel letter."""

_MERGING = frozenset("aeiouyæøœıəɛɔαεηιουω")  # noqa: RUF001
_APART = frozenset("аеиоуыэюяєіѣөүұ")
_SMALL = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a reference recording is spoken.

    ``reference_text`` is what is said in it, ``reference_seconds`` how long that lasts, without the silence
    around it.
    """

    reference_text: str
    reference_seconds: float
    factor: float = field(init=False)
    """Seconds of this speaker for each of the common pace; 1 where the reference does not tell."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", _factor(self.reference_text, self.reference_seconds))

    def seconds(self, text: str) -> float:
        """How long the speaker takes for a text, at least ``SHORTEST``."""
        return max(SHORTEST, self.factor * common(text))


def common(text: str) -> float:
    """Seconds of a text at the common pace, at least ``SHORTEST``."""
    return max(SHORTEST, sum(count * weight for count, weight in zip(content(text), WEIGHTS, strict=True)))


def _factor(text: str, seconds: float) -> float:
    if not content(text).words or not 0 < seconds < math.inf:
        return 1.0
    expected = common(text)
    trust = expected / (expected + _DOUBT)
    return min(max(math.pow(seconds / expected, trust), _FASTEST), _SLOWEST)


def content(text: str) -> Content:
    """Count what takes time in a text of any script."""
    total = [0.0, 0.0, 0.0, 0.0]
    phrases = [0.0]
    kinds: list[int] = []
    for mark, word in _PIECE.findall(unicodedata.normalize("NFC", text)):
        if word:
            syllables, letters, weak = _word(word)
            if syllables:
                phrases[-1] += syllables
                total[0] += syllables
                total[1] += letters
                total[2] += 1
                total[3] += weak
        elif phrases[-1]:
            phrases.append(0.0)
            kinds.append(_kind(mark))
        elif kinds:
            kinds[-1] = max(kinds[-1], _kind(mark))
    pauses = [0.0, 0.0, 0.0]
    for kind, (before, after) in zip(kinds, pairwise(phrases), strict=True):
        if after:
            pauses[kind] += min(1.0, (before + after) / (2 * _PHRASE))
    return Content(*total, *pauses)


def _kind(mark: str) -> int:
    """Which of the pauses of `Content` a mark makes: 0 commas, 1 colons, 2 stops."""
    return max(0 if char in _COMMAS else 1 if char in _COLONS else 2 for char in mark)


@lru_cache(maxsize=20_000)
def _word(word: str) -> tuple[float, float, bool]:
    """Syllables and further letters of a word, none if nothing in it is said, and whether it is weak."""
    word = word.lower().replace("\u2019", "'").strip("'")
    syllables = letters = 0.0
    merging = False
    for char in word:
        more, further, merges = _sound(char)
        if merges and merging:
            more, further = 0.0, 1.0
        merging = merges
        syllables += more
        letters += further
    if word.isascii():
        silent = syllables > 1 and len(_SILENT.findall(word))
        change = len(_HIATUS.findall(word)) - silent
        syllables, letters = syllables + change, letters - change
    if letters > 0 and syllables < 1:
        syllables, letters = 1.0, letters - 1
    return syllables, letters, word in _WEAK


@lru_cache(maxsize=20_000)
def _sound(char: str) -> tuple[float, float, bool]:
    """Syllables and further letters of a character, and whether it merges with a vowel before it."""
    code = ord(char)
    base = unicodedata.normalize("NFD", char)[0]
    if not char.isalnum():
        return (-1.0, 1.0, False) if _is_virama(code) else (0.0, 0.0, False)
    if char.isdigit():
        return 1.0, 3.0, False
    if base in _MERGING:
        return 1.0, 0.0, True
    if base in _APART and char not in "йў":
        return 1.0, 0.0, False
    if code < 0x530 or 0x1E00 <= code < 0x2000:
        return 0.0, 1.0, False
    if _is_indic(code):
        return 1.0, 1.0 if code & 0x7F >= 0x15 else 0.0, False
    if 0x3040 <= code < 0x3100:
        return (0.0 if char in _SMALL else 1.0), 0.0, False
    if 0xAC00 <= code < 0xD7A4:
        return 1.0, 1.0, False
    if 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or 0x20000 <= code < 0x40000:
        return 1.0, 2.0, False
    return 0.5, 0.5, False


def _is_indic(code: int) -> bool:
    """Scripts from Devanagari to Malayalam share one layout; their consonants imply a vowel."""
    return 0x900 <= code < 0xD80


def _is_virama(code: int) -> bool:
    """The sign that takes the implied vowel of an Indic consonant away."""
    return _is_indic(code) and code & 0x7F == 0x4D
