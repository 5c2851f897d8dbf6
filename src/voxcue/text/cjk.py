# ruff: noqa: RUF001
"""Where the words of Chinese and Japanese lie, which are written without white space between them.

Given a run of characters without white space, it says where to cut; what the words mean, and how they are
said, is not known here. Hangul is not cut: Korean has spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate, cycle

_HAN = "\u2e80-\u2fdf々-〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = "\uac00-\ud7a3"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_VOICING = "\u3099\u309a"
_LETTERS = _HAN + _HIRAGANA + _KATAKANA
_OPENERS = "「『【〔〖《〈（［｛｢〝"
_CLOSERS = "」』】〕〗》〉）］｝｣〞〟，。！？；：、．～〜％／・･｡､"

CJK = re.compile(f"[{_LETTERS}{_OPENERS}{_CLOSERS}]")
"""A character that only Chinese and Japanese have: of their scripts, or of their punctuation."""

NEVER_FIRST = frozenset("ぁぃぅぇぉっゃゅょゎんーァィゥェォッャュョヮン々ゝゞヽヾ゛゜ﾞﾟｰ" + _VOICING + _CLOSERS)
"""What no word begins with, if another touches it: it belongs to that one."""

_IN_URL = r"[!#-;=?-Z\\_a-z~]"
# Han or kana belongs to a URL where it begins a part of it: "https://ja.example.org/wiki/日本語".
_ADDRESS = (
    rf"(?:https?://|www\.){_IN_URL}*(?:(?<=[/=?&#_-])[{_LETTERS}]+{_IN_URL}*)*"
    r"|(?<![0-9A-Za-z&])(?:[#＃]\w*[^\W\d_]\w*[#＃]?|[@＠](?:[0-9A-Za-z_.-]*[0-9A-Za-z_]|\w+))"
)
# The patterns below are compiled where they are first used: most texts need none of them.
_ATOM = (
    rf"(?P<address>{_ADDRESS})"
    # Other scripts and numbers; a few Hanja before Hangul are a Korean word with it.
    rf"|(?P<other>(?:(?!{_ADDRESS})[^{_LETTERS}{_OPENERS}{_CLOSERS}]|[{_HAN}]{{1,4}}(?=[{_HANGUL}])"
    r"|(?<=\d)(?:[．：／～〜](?=\d)|％)|(?<=[０-９])，(?=[０-９]{3}))+)"
    rf"|(?P<letters>[{_LETTERS}]+)|(?P<open>[{_OPENERS}]+)|(?P<close>[{_CLOSERS}]+)"
)
# What another script begins and ends with that belongs to the words beside it.
_CLOSING = re.compile(r"(?:[,;:!?)\]}”’…—―]|\.(?!\d)|-{2,})+")
_OPENING = "([{“‘"

_NEIGHBOURHOOD = 40
"""Characters on each side that tell Japanese from Chinese."""
_HAN_PER_KANA = 7
"""Han for each kana there at most, in Japanese; a Chinese text that quotes a Japanese word has more."""

# Dictionaries know nothing of one character four times and more, "哈哈哈哈", nor of a zero, "二〇一四".
_WHOLE = (
    rf"([{_HAN}])\1{{3,}}|(?<![一二三四五六七八九])[一二三四五六七八九]*+〇[〇一二三四五六七八九]*"
    rf"|[{_HIRAGANA}{_KATAKANA}]+"
)
# Kanji and the hiragana after them, inflections and particles; お and ご before kanji are prefixes of theirs.
_TAIL = rf"(?:(?![おご][{_HAN}])[{_HIRAGANA}ー])"
_JAPANESE = rf"[おご]?[{_HAN}ヶヵ]+{_TAIL}*|[{_KATAKANA}{_VOICING}]+|{_TAIL}+"
_AFTER_OBJECT = re.compile("(?<=を)(?=.)")
_PARTICLES = frozenset("はがをにでともてへ")
_LONGEST = 8
"""Characters in a Japanese word at most: with its punctuation, a line of vertical video holds it."""


def cuts(source: str, start: int, end: int) -> list[int]:
    """Return where the words of ``source[start:end]``, which holds no white space, are parted.

    Punctuation stays with the word before it, an opening bracket or quotation mark with the word after.
    Words and numbers in other scripts, addresses and hashtags stay whole. Chinese is cut by ``rjieba``,
    or character by character where that is not installed; Japanese where the script changes.
    """
    run = _directed(source[start:end])
    around = source[max(0, start - _NEIGHBOURHOOD) : end + _NEIGHBOURHOOD]
    lead = min(start, _NEIGHBOURHOOD)
    found: list[int] = []
    opened = True  # nothing is cut off before the first word, nor after an opening bracket
    for kind, first, last in _atoms(run):
        if kind != "close" and not opened:
            found.append(first)
        if kind == "letters":
            nearby = around[max(0, lead + first - _NEIGHBOURHOOD) : lead + last + _NEIGHBOURHOOD]
            words = _japanese(run[first:last]) if _is_japanese(nearby) else _chinese(run[first:last])
            found += [first + length for length in accumulate(map(len, words))][:-1]
        opened = kind == "open"
    if opened and found:  # a bracket at the very end has no word after it
        found.pop()
    return [start + cut for cut in found if run[cut] not in NEVER_FIRST]


def _directed(run: str) -> str:
    """Tell the straight quotation marks that open from those that close, by turns."""
    marks = cycle("“”")
    return re.sub('"', lambda _: next(marks), run) if '"' in run else run


def _atoms(run: str) -> Iterator[tuple[str, int, int]]:
    """Yield stretches as (kind, start, end): "open" and "close" are punctuation, "letters" Han and kana."""
    for match in re.finditer(_ATOM, run):
        first, last = match.span()
        if match.lastgroup != "other":
            yield str(match.lastgroup), first, last
            continue
        closing = _CLOSING.match(run, first, last) if first else None
        if closing is not None:
            yield "close", first, closing.end()
            first = closing.end()
        body = run[first:last].rstrip(_OPENING)
        if body:
            silent = "close" if first else "open"  # an emoji stays with what it follows
            yield ("word" if any(map(str.isalnum, body)) else silent), first, first + len(body)
        if first + len(body) < last:
            yield "open", first + len(body), last


def _is_japanese(text: str) -> bool:
    kana = len(re.findall(f"[{_HIRAGANA}{_KATAKANA}]", text))
    return kana > 0 and len(re.findall(f"[{_HAN}]", text)) <= _HAN_PER_KANA * kana


def _chinese(text: str) -> Iterator[str]:
    at = 0
    for match in re.finditer(_WHOLE, text):
        yield from _segmented(text[at : match.start()])
        yield match[0]
        at = match.end()
    yield from _segmented(text[at:])


def _segmented(text: str) -> list[str]:
    words = _segmenter()(text) if len(text) > 1 else list(text)
    return words if "".join(words) == text else list(text)


@cache
def _segmenter() -> Callable[[str], list[str]]:
    try:
        import rjieba
    except ImportError:
        return list
    cut: Callable[[str], list[str]] = rjieba.cut
    return cut


def _japanese(text: str) -> Iterator[str]:
    for match in re.finditer(_JAPANESE, text):
        for word in _AFTER_OBJECT.split(match[0]):
            yield from _shortened(word)


def _shortened(word: str) -> Iterator[str]:
    """Cut a long word into about even parts: a phrase after a particle if it can be, else anywhere."""
    phrase = re.match(f"[{_HIRAGANA}{_KATAKANA}]", word) is None
    start = 0
    while (left := len(word) - start) > _LONGEST:
        even = start + left // -(-left // _LONGEST)
        places = range(max(even - 2, start + 1), min(even + 2, start + _LONGEST) + 1)
        cut = min(places, key=lambda at: _badness(word, at, phrase) + abs(at - even))
        yield word[start:cut]
        start = cut
    yield word[start:]


def _badness(word: str, at: int, phrase: bool) -> int:
    return 20 * (word[at] in NEVER_FIRST) + 10 * (not phrase or word[at - 1] not in _PARTICLES)
