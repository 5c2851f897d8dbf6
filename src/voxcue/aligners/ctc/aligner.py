"""The aligner for any language: the letters of a text in the frame posteriors of a CTC model.

The model is the user's: a wav2vec2 or MMS model that was fine-tuned with CTC to write letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voxcue.aligners import edges, fill
from voxcue.aligners.ctc.alphabet import ANY
from voxcue.aligners.ctc.columns import Labels, look, spell
from voxcue.aligners.ctc.verification import judge
from voxcue.aligners.ctc.viterbi import Path
from voxcue.errors import AlignmentError, UnavailableError
from voxcue.settings import settings
from voxcue.types import Clip, Span, Token, Verdict, Word

if TYPE_CHECKING:
    from voxcue.aligners.ctc.posteriors import Acoustics

_MISMATCH = 3.0
"""Nats by which the text may explain a frame that holds a letter worse than what is heard there, on average;
guessing among 20 letters costs as much."""

_TAIL = 0.15
"""Seconds that a word goes on after its last letter at most, where the next one is further away: the model
marks letters by peaks of one or two frames."""


class CtcAligner:
    """Forced alignment by the model that the setting ``ctc_model`` names; times are to 20 ms."""

    name = "ctc"
    description = "CTC forced alignment with a wav2vec2 or MMS model of yours"
    languages = frozenset({"*"})
    needs_marks = False

    @classmethod
    def ready(cls) -> bool:
        """Whether a model is named."""
        return bool(settings().ctc_model)

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Align the letters, then give each token the stretch of its own.

        Raises:
            AlignmentError: ``text-mismatch``, ``audio-too-short``.
            UsageError, UnavailableError: those of `voxcue.aligners.ctc.posteriors.load`.
        """
        acoustics = _acoustics()
        labels = spell(tokens, acoustics.alphabet)
        if not labels.letters:
            return fill.words(tokens, [None] * len(tokens), clip.duration)
        seen = look(acoustics.log_probs(clip), acoustics.alphabet, labels)
        path = seen.path(labels)
        worse = float(seen.best.sum(dtype=np.float64)) - path.score
        if worse / max(len(labels.letters), seen.spoken) > _MISMATCH:
            raise AlignmentError(
                "text-mismatch",
                "The text does not match what is said in the recording.",
                "Give the words that are said, all of them and in order, or cut the recording to the text.",
            )
        return _words(clip, tokens, labels, path, acoustics.frame)

    def verify(self, clip: Clip, tokens: Sequence[Token]) -> Verdict:
        """What the model hears of one utterance that is not as the tokens have it.

        Raises:
            UsageError, UnavailableError: those of `voxcue.aligners.ctc.posteriors.load`.
        """
        acoustics = _acoustics()
        labels = spell(tokens, acoustics.alphabet)
        seen = look(acoustics.log_probs(clip), acoustics.alphabet, labels)
        return judge(seen, labels, acoustics.alphabet, acoustics.frame, clip.duration)


def _acoustics() -> Acoustics:
    from voxcue.aligners.ctc.posteriors import load

    if not settings().ctc_model:
        raise UnavailableError(
            "ctc-model-unset",
            "The aligner 'ctc' needs a CTC model, and none is named.",
            "Set VOXCUE_CTC_MODEL to the folder of a wav2vec2 model, or to its name on Hugging Face.",
        )
    return load(settings().ctc_model)


def _words(clip: Clip, tokens: Sequence[Token], labels: Labels, path: Path, frame: float) -> list[Word]:
    """A span for every token that is said, edges beside silence moved to the sound."""
    owners = np.asarray(labels.owners)
    said, first = np.unique(owners, return_index=True)
    last = np.append(first[1:], len(owners)) - 1
    raw = [
        Span(start * frame, min(end * frame, clip.duration))
        for start, end in zip(path.starts[first].tolist(), path.ends[last].tolist(), strict=True)
    ]
    found = edges.refine(_extended(raw, clip.duration), clip)
    spans: list[Span | None] = [None] * len(tokens)
    scores: list[float | None] = [None] * len(tokens)
    known = np.asarray(labels.letters) != ANY
    lengths = path.ends - path.starts
    for at, (index, span) in enumerate(zip(said.tolist(), found, strict=True)):
        spans[index] = span
        letters = np.arange(first[at], last[at] + 1)
        letters = letters[known[letters]]
        if len(letters):
            scores[index] = min(1.0, math.exp(path.scores[letters].sum() / lengths[letters].sum()))
    return fill.words(tokens, spans, clip.duration, scores)


def _extended(spans: Sequence[Span], duration: float) -> list[Span]:
    """The same spans, each until the next one where that is near."""
    return [
        Span(span.start, following.start if following.start - span.end < 2 * _TAIL else span.end + _TAIL)
        for span, following in pairwise([*spans, Span(duration, duration)])
    ]
