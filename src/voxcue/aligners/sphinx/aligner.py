"""The embedded aligner for English: forced alignment with the acoustic model in the package of PocketSphinx.

Words that its dictionary lacks get a pronunciation from hibari's grapheme-to-phoneme rules; word edges beside
silence are moved to where the sound begins and ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from voxcue.aligners import edges, fill
from voxcue.aligners.sphinx.dictionary import Dictionary
from voxcue.aligners.sphinx.parts import beginnings
from voxcue.aligners.sphinx.search import Heard
from voxcue.aligners.sphinx.sound import seconds
from voxcue.aligners.sphinx.windows import mismatch, search
from voxcue.types import Clip, Span, Token, Word


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

    def __init__(self) -> None:
        self._dictionary = Dictionary()

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Align the spoken words, then give each token the stretch of its words."""
        said = [(index, word) for index, token in enumerate(tokens) for word in token.words]
        entries = [self._dictionary.entry(word) for _, word in said]
        known = [(index, entry) for (index, _), entry in zip(said, entries, strict=True) if entry]
        if 2 * len(known) < len(said):
            raise mismatch()
        owners = [index for index, _ in known]
        begins = beginnings(_texts(tokens, owners))
        heard = search(clip, [entry for _, entry in known], begins) if known else []
        return _words(clip, tokens, owners, heard)


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
