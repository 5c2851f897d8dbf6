"""What speaks against a text: by how much each other reading of an utterance explains its sound better.

The best scores up to every place between two words and from every such place on (Viterbi's algorithm forward
and backward over the same network) are enough to score, exactly and at once, every reading that differs from
the text in one place: words left out, said again, replaced by other speech, and speech between words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.viterbi import NEVER, PAUSE, Forward, Piece, Scored

MOST = 3
"""Words in a row that are left out or said again at most."""

_FOREIGN = 4.0
"""Nats of a frame by which foreign sounds are worse than good words of this voice."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Evidence:
    """Nats by which another reading is better than the text; below 0 it is worse.

    Row k of ``skipped`` and ``repeated`` is for k + 1 words, column i for those from word i on; they are of
    shape ``(MOST, words)``. ``replaced`` is for speech in place of each word, ``added`` for speech before
    each word and after the last. ``words`` are those of the text as they lie in the sound, without the
    silence between them; none where the text has no path. ``good`` is the score that a quarter of them
    exceed, in nats of a frame.
    """

    skipped: Floats
    repeated: Floats
    replaced: Floats
    added: Floats
    words: list[Piece]
    good: float


def weigh(scored: Scored) -> Evidence:
    """All readings of a sound that differ from its text in one place."""
    count = scored.network.words
    forward = Forward(scored)
    words = [piece for piece in forward.path(count) if piece.word is not None]
    good = (
        float(np.quantile([each.score / (each.end - each.start) for each in words], 0.75)) if words else 0.0
    )
    before, after = forward.ended, backward(scored)
    foreign = np.arange(scored.frames + 1, dtype=np.float32)[:, None] * np.float32(good - _FOREIGN)
    away = np.maximum.accumulate(before - foreign, axis=0) + foreign  # foreign sounds from anywhere before
    best = after[0, 0]

    def jump(source: Floats, here: int, there: int) -> np.float32:
        return np.float32((source[:, here] + after[:, there]).max() - best)

    skipped, repeated = (np.full((MOST, count), NEVER) for _ in range(2))
    for more in range(MOST):
        for word in range(count - more):
            skipped[more, word] = jump(before, word, word + more + 1)
            repeated[more, word] = jump(before, word + more + 1, word)
    return Evidence(
        skipped=skipped,
        repeated=repeated,
        replaced=np.array([jump(away, word, word + 1) for word in range(count)], np.float32),
        added=np.array([jump(away, node, node) for node in range(count + 1)], np.float32),
        words=words,
        good=good,
    )


def backward(scored: Scored) -> Floats:
    """The best score of all frames from t on when the word before node i has ended there.

    Of shape ``(frames + 1, words + 1)``, as ``Forward.ended``.
    """
    net = scored.network
    scores, columns, stay, leave, hush, heard = scored.lattice
    states, after = np.full(len(columns), NEVER), np.empty(len(columns), np.float32)
    before_end, after_silence = leave[net.last], scored.silent_leave[-1]
    found = np.full((scored.frames + 1, net.words + 1), NEVER)
    node = np.full(net.words + 1, NEVER)  # where silence may end
    found[-1, -1] = node[-1] = 0.0
    for frame in range(scored.frames - 1, -1, -1):
        np.add(states[1:], leave[:-1], out=after[:-1])
        after[net.last] = found[frame + 1].take(net.word + 1) + before_end
        np.add(node, after_silence, out=after[heard])
        states += stay
        np.maximum(states, after, out=states)
        states += scores[frame].take(columns)
        np.maximum.reduceat(states.take(net.first), net.begins, out=node[:-1])
        node[-1] = NEVER
        np.maximum(node, states[hush] + PAUSE, out=found[frame])
    return found
