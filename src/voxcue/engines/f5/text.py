"""Text as the models were trained on it: characters, and pinyin with tones for Chinese.

Jieba finds the words of Chinese text, and pypinyin their readings (tone sandhi included), as in the training.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from voxcue.errors import UnavailableError

_STRAIGHT = str.maketrans({";": ",", "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})


class Vocabulary:
    """The characters and syllables that a model knows; others are read as a space, its first entry."""

    def __init__(self, entries: list[str]) -> None:
        self._ids = {entry: index for index, entry in enumerate(entries)}

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self, text: str) -> list[int]:
        """The entries that a text is read as."""
        return [self._ids.get(symbol, 0) for symbol in symbols(text)]

    def unknown(self, text: str) -> str:
        """The letters and digits of a text that would not be read, each once, in order."""
        composed = dict.fromkeys(unicodedata.normalize("NFC", text))
        return "".join(char for char in composed if char.isalnum() and not self._knows(char))

    def _knows(self, char: str) -> bool:
        return all(symbol in self._ids for symbol in symbols(char) if symbol != " ")


def read_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary file: one entry a line, the first a space.

    Raises:
        UnavailableError: ``vocabulary-unfit``.
    """
    try:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unfit(path, f"cannot be read: {error}") from error
    if lines[0] != " ":
        raise _unfit(path, f"begins with {lines[0][:20]!r}, not with the entry for a space")
    entry, count = Counter(lines).most_common(1)[0]
    if count > 1:
        raise _unfit(path, f"has the entry {entry[:20]!r} {count} times")
    return Vocabulary(lines)


def symbols(text: str) -> list[str]:
    """The characters and syllables of a text, as they stood in the training data."""
    found: list[str] = []
    for word in _words(unicodedata.normalize("NFC", text).translate(_STRAIGHT)):
        if word.isascii():
            if len(word) > 1 and found and found[-1] not in " :'\"":
                found.append(" ")
            found += word
        else:
            found += _syllables(word)
    return found


def _words(text: str) -> list[str]:
    import rjieba

    words: list[str] = rjieba.cut(text)
    return words


def _syllables(word: str) -> Iterator[str]:
    """The pinyin of Chinese characters, each with a space before; other characters as they are."""
    together = all("\u0800" <= char <= "\uffff" for char in word)  # three bytes each in UTF-8
    readings = _readings(word) if together else []
    if len(readings) != len(word):  # characters that are not Chinese, side by side, have one reading together
        readings = [_readings(char)[0] if _is_chinese(char) else char for char in word]
    for char, reading in zip(word, readings, strict=True):
        if _is_chinese(char):
            yield " "
        yield reading


def _readings(word: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(word, style=Style.TONE3, tone_sandhi=True)


def _is_chinese(char: str) -> bool:
    return "\u3100" <= char <= "\u9fff"


def _unfit(path: Path, what: str) -> UnavailableError:
    return UnavailableError(
        "vocabulary-unfit",
        f"The vocabulary '{path}' {what}.",
        "Use the vocab.txt that was published with the model.",
    )
