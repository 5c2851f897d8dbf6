"""What the search for a text looks at: its letters, and the log probabilities that matter for them.

Of all classes of a model only those of the text get a column of their own; models of Chinese have thousands
of others. Knows nothing of audio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import ANY, Alphabet
from voxcue.aligners.ctc.viterbi import Path, forced_path
from voxcue.types import Token

_INSIDE, _BETWEEN, _ANY, _LETTERS = range(4)
"""Columns: blank inside a word, that between words, any letter; then letters."""

_EXTRA = 4.0
"""Nats that a frame costs in which something is heard between two words that the text does not have."""

_BESIDE = 1.5
"""Nats that a frame beside the letters counts at most: a letter too many in a word is a misspelling."""


@dataclass(frozen=True)
class Labels:
    """The letters of a text: class, index of the token, and whether a word begins."""

    letters: list[int]
    owners: list[int]
    begins: list[bool]

    def part(self, first: int, end: int) -> Labels:
        """The letters with the indices ``first`` to ``end``, which is exclusive."""
        return Labels(self.letters[first:end], self.owners[first:end], self.begins[first:end])


def spell(tokens: Sequence[Token], alphabet: Alphabet) -> Labels:
    """The letters of what is said for the tokens."""
    labels = Labels([], [], [])
    for index, token in enumerate(tokens):
        for word in token.spoken.split() if token.words else ():
            letters = alphabet.spell(word)
            labels.letters.extend(letters)
            labels.owners.extend([index] * len(letters))
            labels.begins.extend(at == 0 for at in range(len(letters)))
    return labels


@dataclass(frozen=True)
class Seen:
    """Log probabilities of every frame, float32.

    ``columns`` is what the search looks at, of shape ``(frames, 3 + letters)``, and ``places`` says in which
    column a class is. ``best`` is that of the best class and ``none`` that of no letter, of shape
    ``(frames,)``; ``heard`` is the best class, int64.
    """

    columns: NDArray[np.float32]
    places: Mapping[int, int]
    best: NDArray[np.float32]
    none: NDArray[np.float32]
    heard: NDArray[np.int64]

    @property
    def spoken(self) -> int:
        """How many frames are better explained by a letter than by none."""
        return int((self.columns[:, _ANY] > self.none).sum())

    def path(self, labels: Labels, first: int = 0, end: int | None = None) -> Path:
        """The best path of the letters through the frames ``first`` to ``end``, counted from ``first``.

        Raises:
            AlignmentError: ``audio-too-short``.
        """
        wanted = [self.places[each] for each in labels.letters]
        between = [_BETWEEN if each else _INSIDE for each in labels.begins] + [_BETWEEN]
        return forced_path(self.columns[first:end], wanted, between, wildcard=_ANY)

    def costs(self, labels: Labels, first: int, end: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """What each frame from ``first`` to ``end`` costs in nats on the best path, and where letters start.

        A letter that may be anything costs nothing, and frames beside the letters at most `_BESIDE` each.
        Starts are counted from ``first``.

        Raises:
            AlignmentError: ``audio-too-short``.
        """
        path = self.path(labels, first, end)
        frames = self.columns[first:end]
        costs = np.minimum(-frames[:, _BETWEEN], _BESIDE)
        for start, stop, letter in zip(path.starts, path.ends, labels.letters, strict=True):
            costs[start:stop] = 0.0 if letter == ANY else -frames[start:stop, self.places[letter]]
        return costs, path.starts


def look(blocks: Iterable[NDArray[np.float32]], alphabet: Alphabet, labels: Labels) -> Seen:
    """What of a model's log probabilities matters for a text; blocks have the shape ``(frames, classes)``."""
    classes = sorted({each for each in labels.letters if each != ANY})
    places = {number: at + _LETTERS for at, number in enumerate(classes)} | {ANY: _ANY}
    letters = sorted(alphabet.classes.values())
    columns = [np.zeros((0, _LETTERS + len(classes)), np.float32)]
    best, silent = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    heard = [np.zeros(0, np.int64)]
    for block in blocks:
        blank = block[:, alphabet.blank]
        letter = block[:, letters].max(axis=1)
        none = blank if alphabet.delimiter is None else np.logaddexp(blank, block[:, alphabet.delimiter])
        between = np.maximum(none, letter - _EXTRA)
        columns.append(np.column_stack((blank, between, letter, block[:, classes])).astype(np.float32))
        best.append(block.max(axis=1))
        silent.append(none)
        heard.append(block.argmax(axis=1).astype(np.int64))
    return Seen(
        np.concatenate(columns),
        places,
        np.concatenate(best),
        np.concatenate(silent),
        np.concatenate(heard),
    )
