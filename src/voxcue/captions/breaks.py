# ruff: noqa: RUF001
"""How good a place the gap between two words is to break a line or a cue.

Knows punctuation, pauses and the little words that must not be left hanging at the end of a line; knows
nothing of widths, durations or files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from voxcue.captions.cues import CueLimits
from voxcue.types import Word

# Costs of breaking, from 0 (the best place) to about 100 (never, when it can be avoided).
SENTENCE = 0.0
CLAUSE = 10.0
COMMA = 20.0
PLAIN = 50.0
HANGING = 40.0
GLUED = 90.0

_CLOSERS = "\"'\u2019\u201d\u00bb)]}\u203a」』）】〕》〉"
_SENTENCE_END = re.compile(rf"[.!?\u2026\u3002\uff01\uff1f][{re.escape(_CLOSERS)}]*$")
_CLAUSE_END = re.compile(rf"[;:\u2014\u2013\uff1b\uff1a][{re.escape(_CLOSERS)}]*$")
_COMMA_END = re.compile(rf"[,\u3001\uff0c\u060c][{re.escape(_CLOSERS)}]*$")
_BREAKABLE_END = re.compile(r"[-\u2010\u2012-\u2015/\u2026\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]$")
_CJK_START = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af「『（【〔《〈]")
_OPENER = re.compile(r"[(\[{\u00ab\u2039\u201c\u2018\u00bf\u00a1\u2022#*>「『（【〔《〈-]+$")
# Kinsoku shori, the rules of Japanese typesetting that Chinese shares: what no line begins with (closing
# punctuation, small kana, the long vowel), and what none ends with (opening brackets).
_NO_LINE_START = re.compile(
    "[、。，．！？：；…％・｡､･”’」』）】〕》〉｝］｣々ーゝゞヽヾ゛゜ｰﾞﾟぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ]"
)
_NO_LINE_END = re.compile("[“‘「『（【〔《〈｛［｢]$")
# A line reads badly that begins with a particle: a Chinese one, or hiragana alone.
_PARTICLE = re.compile(r"(?:[的了着著过過地得们們吗嗎呢吧啊]|[\u3041-\u309f]+)\W*")
_ABBREVIATION = re.compile(
    r"^\W*(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Rev|Gen|Sen|Rep|Capt|Sgt|St|Mt|No|Nos|vs|etc|e\.g|i\.e|cf|approx"
    r"|Fig|Vol|pp?|Sr|Sra|Hr|Fr|Mme|Mlle|bzw|z\.B)\.$"
)

_LIST_MARK = re.compile(r"\d{1,2}[.)、]|[-\u2013\u2022*]")
_MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?")

# Articles, prepositions, conjunctions and the like: a line that ends with one reads badly.
_HANGING_WORDS = """
    a an the this that these those my your his her its our their some any no every each
    about above across after against along among around as at before behind below beneath beside between
    beyond by despite down during for from in inside into like near of off on onto out outside over past
    per since than through throughout to toward towards under until up upon via with within without
    and but or nor so yet if because although though while when where whereas whether unless which who whose
    is are was were be been am will would shall should can could may might must has have had not very
    i he she we they i'm i've i'll you're we're they're it's mr mrs ms dr
    le la les un une des du de et ou mais dans sur avec pour par sans que qui au aux
    der die das dem den ein eine einen einem einer und oder aber mit von zu auf für im am
    el los las una unos unas y o pero con por para sin del al en il lo gli uno e di da nel della
    het een en of van voor os um uma com em na no
"""
# Words that open a phrase: breaking just before one reads well.
_OPENING_WORDS = """
    and but or nor so yet because although though while when where whereas whether unless which who that
    if before after until since with without from into about through as than to for in on at by
    y o pero que et ou mais und oder aber dass
"""
_HANGING = frozenset(_HANGING_WORDS.split())
_OPENING = frozenset(_OPENING_WORDS.split())


@dataclass(frozen=True, slots=True)
class Breaks:
    """The boundaries of ``n`` words; index ``b`` is the boundary before word ``b``, 0 to ``n``.

    ``cost`` is the cost of a break there, ``forced`` whether a cue must end there, ``sentence`` whether a
    sentence does, ``pause`` the silence there in seconds.
    """

    cost: list[float]
    forced: list[bool]
    sentence: list[bool]
    pause: list[float]


def find_breaks(words: Sequence[Word], limits: CueLimits) -> Breaks:
    """Judge every boundary of ``words``."""
    count = len(words)
    judged = [_judge(before, after) for before, after in pairwise(words)]
    cost = [SENTENCE, *judged, SENTENCE]
    sentence = [True, *(_ends_sentence(before, after) for before, after in pairwise(words)), True]
    pause = [0.0] * (count + 1)
    forced = [False] * (count + 1)
    spoken = [index for index, word in enumerate(words) if word.spoken]
    for before, after in pairwise(spoken):
        # A silence that holds silent words (a dash, an emoji) has several boundaries; it counts at one
        # of them only, so that no silent word is ever cut off on both sides.
        boundary = _best_boundary(words, cost, before, after)
        silence = words[after].start - words[before].end
        paragraph = any(_is_paragraph(words[index]) for index in range(before, after))
        pause[boundary] = max(silence, 0.0)
        forced[boundary] = silence >= limits.long_pause - 1e-9 or paragraph
        cost[boundary] *= max(0.0, 1 - pause[boundary] / (2 * limits.pause))
        if forced[boundary]:
            cost[boundary] = SENTENCE
    for mark in _list_marks(words):  # an item begins with its mark, on a cue of its own
        cost[mark], forced[mark] = SENTENCE, True
        cost[mark + 1], forced[mark + 1], sentence[mark + 1] = GLUED, False, False
    return Breaks(cost, forced, sentence, pause)


def _list_marks(words: Sequence[Word]) -> list[int]:
    """The words that open an item of a list: "1.", "2)", "-" at the start of a line."""
    return [
        index
        for index, word in enumerate(words[:-1])
        if _LIST_MARK.fullmatch(word.text) and (index == 0 or "\n" in words[index - 1].space)
    ]


def _best_boundary(words: Sequence[Word], cost: list[float], before: int, after: int) -> int:
    return min(
        range(before + 1, after + 1),
        key=lambda boundary: (not _is_paragraph(words[boundary - 1]), cost[boundary], -boundary),
    )


def _is_paragraph(word: Word) -> bool:
    return word.space.count("\n") >= 2


def _bare(text: str) -> str:
    return (
        text.strip("\"'\u2018\u2019\u201c\u201d()[]\u00ab\u00bb\u00bf\u00a1").lower().replace("\u2019", "'")
    )


def _ends_sentence(before: Word, after: Word) -> bool:
    if not _SENTENCE_END.search(before.text) or _ABBREVIATION.match(before.text):
        return False
    return not after.text[:1].islower()


def _judge(before: Word, after: Word) -> float:
    """The cost of a break between two words, from their texts alone."""
    if _OPENER.search(before.text) and not before.spoken:
        return GLUED
    if not after.spoken and not _OPENER.search(after.text):
        return GLUED  # a dash or an emoji stays with what it follows
    if not before.space and (_NO_LINE_START.match(after.text) or _NO_LINE_END.search(before.text)):
        return GLUED
    if not before.space and not _BREAKABLE_END.search(before.text) and not _CJK_START.match(after.text):
        return GLUED
    return _judge_punctuation(before, after)


def _is_one_number(before: str, after: str) -> bool:
    """Whether two words are a date or a number that was written in two: "Jan. 5", "(555) 0100", "2 1/2"."""
    if not after[:1].isdigit():
        return False
    return bool(_MONTH.fullmatch(before)) or before[-1:].isdigit() or before.strip("()").isdigit()


def _clings(before: str, after: str) -> bool:
    """Whether a word that touches the one before leans on it: a particle, or what a figure counts."""
    if before.endswith("を"):  # the object of a verb is complete
        return False
    return bool(_PARTICLE.fullmatch(after)) or before[-1:].isdigit() or before == "第"


def _judge_punctuation(before: Word, after: Word) -> float:
    text = before.text
    if _ends_sentence(before, after) or _is_paragraph(before):
        return SENTENCE
    if _ABBREVIATION.match(text) or _is_one_number(text, after.text):
        return PLAIN + HANGING
    if _CLAUSE_END.search(text) or _SENTENCE_END.search(text):
        return CLAUSE
    if _COMMA_END.search(text):
        return COMMA
    cost = PLAIN
    if _bare(text) in _HANGING or (not before.space and _clings(text, after.text)):
        cost += HANGING
    elif _bare(after.text) in _OPENING:
        cost -= 15
    if "\n" in before.space:
        cost -= 15  # a verse, or just a hard-wrapped text: a hint, no more
    if text[:1].isupper() and after.text[:1].isupper():
        cost += 10  # probably one name
    return cost
