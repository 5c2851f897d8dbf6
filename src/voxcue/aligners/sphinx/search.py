"""Texts in a sound: all words in order, or parts of them with foreign sounds between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.network import network
from voxcue.aligners.sphinx.parts import places
from voxcue.aligners.sphinx.sound import Sound
from voxcue.aligners.sphinx.viterbi import FOREIGN, JUMP, NEVER, Forward, Piece, score

_WORTH = -23.0
"""Nats of a word that may also be left out: hiss must not take one only because it is let in."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A word in frames, ``end`` exclusive; ``None`` as the word for all that is not in the text.

    ``score`` is the sum over its frames of what they have above the best path of any phones, in nats.
    ``index`` is that of the word among those that were searched for.
    """

    word: Entry | None
    start: int
    end: int
    score: float
    index: int | None = None


def chain(sound: Sound, entries: Sequence[Entry], *, whole: bool) -> list[Heard]:
    """The best path of the words, in order, through a sound.

    Args:
        sound: what is heard.
        entries: the words.
        whole: whether all words are said; if not, the path may end after any of them, or hold none.

    Returns:
        Words and silences without a gap; empty if there is no path.
    """
    forward = Forward(score(sound, network(sound.model, entries)), worth=0.0 if whole else _WORTH)
    last = len(entries) if whole else int(forward.node[-1].argmax())
    return [_heard(piece, entries) for piece in forward.path(last)]


def parts(
    sound: Sound, entries: Sequence[Entry], begins: Sequence[int], *, whole: bool, usual: float = 0.0
) -> list[Heard]:
    """The best path of any parts of the words, with foreign sounds between them.

    Args:
        sound: what is heard.
        entries: the words.
        begins: where parts begin, of `voxcue.aligners.sphinx.parts.beginnings`.
        whole: whether the last part that is said is said to its end.
        usual: nats of a frame of the words; in noise, or from an unusual voice, less than 0.

    Returns:
        As `chain`; a part may be missing, and what is not in the text has no word.
    """
    nodes = [*begins, len(entries)]
    forward = Forward(score(sound, network(sound.model, entries)), nodes, foreign=FOREIGN + usual)
    ends = np.full(len(entries) + 1, NEVER if whole else np.float32(JUMP))
    ends[nodes] = 0.0
    final = forward.node[-1] + ends
    last = None if forward.foreign[-1] > final.max() else int(final.argmax())
    found = [_heard(piece, entries) for piece in forward.path(last)]
    words = [each.word.spelling for each in found if each.word]
    placed = iter(places(words, [entry.spelling for entry in entries], begins))
    return [_placed(each, next(placed)) if each.word else each for each in found]


def mean(path: Sequence[Heard]) -> float:
    """The score of a path divided by its frames."""
    return sum(each.score for each in path) / sum(each.end - each.start for each in path)


def _heard(piece: Piece, entries: Sequence[Entry]) -> Heard:
    word = None if piece.word is None else entries[piece.word]
    return Heard(word, piece.start, piece.end, piece.score, piece.word)


def _placed(each: Heard, index: int | None) -> Heard:
    return replace(each, index=index, word=None if index is None else each.word)
