"""The embedded aligner for English: forced alignment with the acoustic model in the package of PocketSphinx.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules; word edges beside
silence are moved to where the sound begins and ends.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from threading import BoundedSemaphore

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners import edges, fill
from voxcue.aligners.sphinx import dictionary
from voxcue.aligners.sphinx.evidence import weigh
from voxcue.aligners.sphinx.network import network
from voxcue.aligners.sphinx.parts import beginnings
from voxcue.aligners.sphinx.search import Heard
from voxcue.aligners.sphinx.sound import FRAME, listen, seconds
from voxcue.aligners.sphinx.verification import HOPELESS, Finding, judge
from voxcue.aligners.sphinx.viterbi import Piece, score
from voxcue.aligners.sphinx.windows import mismatch, search
from voxcue.types import Clip, Doubt, Span, Token, Verdict, Word

_TURNS = BoundedSemaphore(os.cpu_count() or 1)
"""No more listen at once than there are cores: they would be no faster, and need more memory."""

_HOPS = round(FRAME / edges.HOP)
_SOFTER = 10.0
"""Decibels below the median level of an utterance, down to which there is a sound."""

_LONGEST = 60.0
"""Seconds of an utterance that is verified at most."""


class SphinxAligner:
    """PocketSphinx's US English acoustic model and dictionary (BSD), in a search of our own."""

    name = "sphinx"
    description = "forced alignment with PocketSphinx's model, English"
    languages = frozenset({"en"})
    needs_marks = False

    @classmethod
    def ready(cls) -> bool:
        """Always: it needs no setting."""
        return True

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Align the spoken words, then give each token the stretch of its words."""
        said = [(index, word) for index, token in enumerate(tokens) for word in token.words]
        entries = [dictionary.entry(word) for _, word in said]
        known = [(index, entry) for (index, _), entry in zip(said, entries, strict=True) if entry]
        if 2 * len(known) < len(said):
            raise mismatch()
        owners = [index for index, _ in known]
        begins = beginnings(_texts(tokens, owners))
        with _TURNS:
            heard = search(clip, [entry for _, entry in known], begins) if known else []
        return _words(clip, tokens, owners, heard)

    def verify(self, clip: Clip, tokens: Sequence[Token]) -> Verdict | None:
        """Find what is not said as the text has it: see `voxcue.aligners.sphinx.verification`."""
        said = [(at, dictionary.broad_entry(word)) for at, token in enumerate(tokens) for word in token.words]
        known = [(at, entry) for at, entry in said if entry]
        if 2 * len(known) <= len(said) or clip.duration > _LONGEST:
            return None
        with _TURNS:
            sound = listen(clip.samples, clip.sample_rate)
            evidence = weigh(score(sound, network(sound.model, [entry for _, entry in known]), breaths=True))
        if not evidence.words or evidence.good < HOPELESS:
            everything = Doubt("swallowed", 0.0, clip.duration, known[0][0], known[-1][0])
            return Verdict(0.0, (everything,))
        found = judge(evidence, [entry for _, entry in known], _loud(clip, sound.frames))
        wrong = sum(1 if each.kind == "added" else each.last - each.first + 1 for each in found)
        owners = [at for at, _ in known]
        doubts = tuple(_doubt(each, evidence.words, owners, clip.duration) for each in found)
        return Verdict(max(0.0, 1 - wrong / len(known)), doubts)


def _words(clip: Clip, tokens: Sequence[Token], owners: Sequence[int], heard: Sequence[Heard]) -> list[Word]:
    """A span for every token of which a word was heard.

    Args:
        clip: what they are said in.
        tokens: all of them.
        owners: the index of the token of each word that was searched for.
        heard: those that were found.
    """
    found = edges.refine([Span(seconds(each.start), seconds(each.end)) for each in heard], clip)
    spans: list[Span | None] = [None] * len(tokens)
    scores: dict[int, list[float]] = {index: [] for index in owners}
    for each, span in zip(heard, found, strict=True):
        assert each.index is not None
        index = owners[each.index]
        before = spans[index]
        spans[index] = Span(before.start if before else span.start, span.end)
        scores[index].append(math.exp(min(0.0, each.score / (each.end - each.start))))
    means = {index: sum(each) / len(each) if each else 0.0 for index, each in scores.items()}
    return fill.words(tokens, spans, clip.duration, [means.get(at) for at in range(len(tokens))])


def _loud(clip: Clip, frames: int) -> NDArray[np.bool_]:
    """Whether there is a sound in each frame of a clip: it is not much softer than the median one."""
    levels = edges.level(clip, 0.0, clip.duration)
    each = levels[: len(levels) // _HOPS * _HOPS].reshape(-1, _HOPS).max(axis=1)[:frames]
    return np.pad(each > np.median(levels) - _SOFTER, (0, frames - len(each)))


def _doubt(finding: Finding, words: Sequence[Piece], owners: Sequence[int], duration: float) -> Doubt:
    """A finding about words as one about tokens, with the place in the clip where it was made."""
    first, last = finding.first, finding.last
    if finding.kind == "added":
        start = seconds(words[first].end) if first >= 0 else 0.0
        end = seconds(words[first + 1].start) if first + 1 < len(words) else duration
    else:
        start, end = seconds(words[first].start), seconds(words[last].end)
    owner = owners[first] if first >= 0 else -1
    return Doubt(
        finding.kind,
        min(start, duration),
        min(max(start, end), duration),
        owner,
        owners[last] if last >= 0 else -1,
    )


def _texts(tokens: Sequence[Token], owners: Sequence[int]) -> list[str]:
    """For each word the text that it ends, "" where its token goes on; silent tokens go with the word before.

    Args:
        tokens: all of them.
        owners: the index of the token of each word.
    """
    last = [*owners[1:], len(tokens)][: len(owners)]
    return [
        "".join(token.text for token in tokens[owner:following])
        for owner, following in zip(owners, last, strict=True)
    ]
