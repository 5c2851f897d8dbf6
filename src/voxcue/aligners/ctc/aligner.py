"""The aligner for any language: the letters of a text in the frame posteriors of a CTC model.

The model is the user's: a wav2vec2 or MMS model that was fine-tuned with CTC to write letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners import edges, fill
from voxcue.aligners.ctc.alphabet import ANY, Alphabet
from voxcue.aligners.ctc.greedy import Letter, collapse
from voxcue.aligners.ctc.viterbi import Path, forced_path
from voxcue.errors import AlignmentError, UnavailableError
from voxcue.settings import settings
from voxcue.types import Clip, Span, Token, Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxcue.aligners.ctc.posteriors import Acoustics

_INSIDE, _BETWEEN, _ANY, _LETTERS = range(4)
"""Columns of what the search looks at: blank inside a word, that between words, any letter; then letters."""

_EXTRA = 4.0
"""Nats that a frame costs in which something is heard between two words that the text does not have."""

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
        labels = _labels(tokens, acoustics.alphabet)
        if not labels.letters:
            return fill.words(tokens, [None] * len(tokens), clip.duration)
        classes = sorted({each for each in labels.letters if each != ANY})
        seen = _look(acoustics.log_probs(clip), acoustics.alphabet, classes)
        columns = {number: at + _LETTERS for at, number in enumerate(classes)} | {ANY: _ANY}
        wanted = [columns[each] for each in labels.letters]
        between = [_BETWEEN if each else _INSIDE for each in labels.begins] + [_BETWEEN]
        path = forced_path(seen.columns, wanted, between, wildcard=_ANY)
        if (seen.best - path.score) / max(len(wanted), seen.spoken) > _MISMATCH:
            raise AlignmentError(
                "text-mismatch",
                "The text does not match what is said in the recording.",
                "Give the words that are said, all of them and in order, or cut the recording to the text.",
            )
        return _words(clip, tokens, labels, path, acoustics.frame)

    def heard(self, clip: Clip) -> list[tuple[str, float, float]]:
        """What the model hears without a text: letters with their start and end in seconds.

        " " stands for the gap between two words.

        Raises:
            UsageError, UnavailableError: those of `voxcue.aligners.ctc.posteriors.load`.
        """
        acoustics = _acoustics()
        blocks = [np.asarray(each.argmax(axis=1), np.int64) for each in acoustics.log_probs(clip)]
        letters = collapse(np.concatenate(blocks), acoustics.alphabet) if blocks else []
        return [_timed(each, acoustics.frame, clip.duration) for each in letters]


def _timed(letter: Letter, frame: float, duration: float) -> tuple[str, float, float]:
    return letter.letter, letter.start * frame, min(letter.end * frame, duration)


def _acoustics() -> Acoustics:
    from voxcue.aligners.ctc.posteriors import load

    if not settings().ctc_model:
        raise UnavailableError(
            "ctc-model-unset",
            "The aligner 'ctc' needs a CTC model, and none is named.",
            "Set VOXCUE_CTC_MODEL to the folder of a wav2vec2 model, or to its name on Hugging Face.",
        )
    return load(settings().ctc_model)


@dataclass(frozen=True)
class _Labels:
    """The letters of a text: class, index of the token, and whether a word begins."""

    letters: list[int]
    owners: list[int]
    begins: list[bool]


def _labels(tokens: Sequence[Token], alphabet: Alphabet) -> _Labels:
    labels = _Labels([], [], [])
    for index, token in enumerate(tokens):
        for word in token.spoken.split() if token.words else ():
            letters = alphabet.spell(word)
            labels.letters.extend(letters)
            labels.owners.extend([index] * len(letters))
            labels.begins.extend(at == 0 for at in range(len(letters)))
    return labels


@dataclass(frozen=True)
class _Seen:
    """``columns`` is what the search looks at, float32 of shape ``(frames, 3 + letters)``.

    ``best`` is the sum of the best log probabilities of all frames, ``spoken`` is how many frames are best
    explained by a letter.
    """

    columns: NDArray[np.float32]
    best: float
    spoken: int


def _look(blocks: Iterable[NDArray[np.float32]], alphabet: Alphabet, classes: Sequence[int]) -> _Seen:
    """Of all log probabilities those that matter for a text; models of Chinese have thousands of others."""
    columns = [np.zeros((0, _LETTERS + len(classes)), np.float32)]
    best, spoken = 0.0, 0
    letters = sorted(alphabet.classes.values())
    for block in blocks:
        blank = block[:, alphabet.blank]
        letter = block[:, letters].max(axis=1)
        none = blank if alphabet.delimiter is None else np.logaddexp(blank, block[:, alphabet.delimiter])
        between = np.maximum(none, letter - _EXTRA)
        columns.append(np.column_stack((blank, between, letter, block[:, classes])).astype(np.float32))
        spoken += int((letter > none).sum())
        best += float(block.max(axis=1).sum(dtype=np.float64))
    return _Seen(np.concatenate(columns), best, spoken)


def _words(clip: Clip, tokens: Sequence[Token], labels: _Labels, path: Path, frame: float) -> list[Word]:
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
