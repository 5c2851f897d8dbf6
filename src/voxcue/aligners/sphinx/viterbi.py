"""The best path of a text through a sound, with all other paths that could be: nothing is pruned.

Viterbi's algorithm over a `Network`, a frame at a time. Between two parts of a text there may be foreign
sounds, which lead from the beginning of one part to that of any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.model import STATES
from voxcue.aligners.sphinx.network import Network
from voxcue.aligners.sphinx.sound import Sound
from voxcue.cancel import checkpoint

FOREIGN = -2.0
"""Nats of a frame of speech that is not in the text, above free phones: by so much words may be worse."""

JUMP = -14.0
"""Nats for leaving the order of the words."""

PAUSE = -3.0
"""Nats for silence between two words."""

NEVER = np.float32(-1e30)

_WORD, _SILENCE, _FOREIGN = range(3)
"""How a path has come to a node."""

_EVERY = 512
"""Frames between two looks whether the work is still wanted."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a path in frames, ``end`` exclusive: a word by its index, ``None`` for silence or foreign
    sounds. ``score`` is in nats above the free path, summed over its frames."""

    word: int | None
    start: int
    end: int
    score: float
    foreign: bool = False


@dataclass(frozen=True)
class Scored:
    """The scores of a network in a sound.

    ``states`` holds those of all senones that it has, ``columns`` says which is whose; ``silence`` is of
    shape ``(frames, 3)``.
    """

    network: Network
    states: Floats
    columns: NDArray[np.intp]
    silence: Floats
    silent_stay: Floats
    silent_leave: Floats

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.states)

    @cached_property
    def lattice(self) -> Lattice:
        """All states between which paths move, in the order in which they do."""
        net, nodes, senones = self.network, self.network.words + 1, self.states.shape[1]
        return Lattice(
            scores=np.concatenate((self.states, self.silence), axis=1),
            columns=np.concatenate((self.columns, np.tile(np.arange(senones, senones + STATES), nodes))),
            stay=np.concatenate((net.stay, np.tile(self.silent_stay, nodes))),
            leave=np.concatenate((net.leave, np.tile(self.silent_leave, nodes))),
            hush=slice(len(net.senones), None, STATES),
            heard=slice(len(net.senones) + STATES - 1, None, STATES),
        )


class Lattice(NamedTuple):
    """The states of the words, then those of silence at each node; log probabilities in nats.

    Of each state ``columns`` says where among the ``scores`` of a frame its own is. ``hush`` are the first
    states of the silences, ``heard`` the last.
    """

    scores: Floats
    columns: NDArray[np.intp]
    stay: Floats
    leave: Floats
    hush: slice
    heard: slice


def score(sound: Sound, network: Network, *, breaths: bool = False) -> Scored:
    """What the search needs of a sound for one text; ``breaths``: pauses may hold breaths, too."""
    silence, noise = sound.model.silence, sound.model.noise
    wanted = np.concatenate((silence.senones, noise.senones, network.senones))
    senones, column = np.unique(wanted, return_inverse=True)
    scores = sound.scores(senones)
    quiet, noisy = scores[:, column[:STATES]], scores[:, column[STATES : 2 * STATES]]
    return Scored(
        network=network,
        states=scores,
        columns=column[2 * STATES :],
        silence=np.maximum(quiet, noisy) if breaths else quiet,
        silent_stay=sound.model.stay[silence.matrix],
        silent_leave=sound.model.leave[silence.matrix],
    )


class Forward:
    """The best scores up to every node at every frame, and how they came about.

    ``ended[t, i]`` is that of the paths on which the word before node i ends before frame t; ``node[t, i]``
    that of those that may begin word i at frame t. Both are of shape ``(frames + 1, words + 1)``.

    Args:
        scored: the text in the sound.
        begins: the nodes at which foreign sounds may begin and end; none by default.
        worth: nats for each word, against those that are left out at the end.
        foreign: nats of a frame of foreign sounds.
    """

    def __init__(
        self, scored: Scored, begins: Sequence[int] = (), worth: float = 0.0, foreign: float = FOREIGN
    ) -> None:
        net, frames = scored.network, scored.frames
        self._scored, self._begins = scored, np.array(begins, np.intp)
        self._worth, self._level = np.float32(worth), np.float32(foreign)
        nodes = net.words + 1
        self.ended = np.full((frames + 1, nodes), NEVER)
        self.node = np.full((frames + 1, nodes), NEVER)
        self._how = np.zeros((frames + 1, nodes), np.uint8)
        self._exits = np.full((frames + 1, len(net.word)), NEVER)
        self._moved = np.zeros((frames, len(scored.lattice.columns)), bool)
        self.foreign = np.full(frames + 1, NEVER)
        self._from = np.full(frames + 1, -1, np.intp)
        self._run()

    def _run(self) -> None:
        scored, net = self._scored, self._scored.network
        scores, columns, stay, leave, hush, heard = scored.lattice
        states, before = np.full(len(columns), NEVER), np.empty(len(columns), np.float32)
        before_end, after_silence = leave[net.last], scored.silent_leave[-1]
        self.ended[0, 0] = self.node[0, 0] = 0.0
        for frame in range(scored.frames):
            if frame % _EVERY == 0:
                checkpoint()
            self._leave_order(frame)
            np.add(states[:-1], leave[:-1], out=before[1:])
            before[net.first] = self.node[frame].take(net.word) + self._worth
            np.add(self.ended[frame], PAUSE, out=before[hush])
            states += stay
            np.greater(before, states, out=self._moved[frame])
            np.maximum(states, before, out=states)
            states += scores[frame].take(columns)
            exits = self._exits[frame + 1]
            np.add(states.take(net.last), before_end, out=exits)
            if net.words:
                np.maximum.reduceat(exits, net.begins, out=self.ended[frame + 1, 1:])
            after = states[heard] + after_silence
            np.greater(after, self.ended[frame + 1], out=self._how[frame + 1], casting="unsafe")
            np.maximum(self.ended[frame + 1], after, out=self.node[frame + 1])
        self._leave_order(scored.frames)

    def _leave_order(self, frame: int) -> None:
        """Foreign sounds that go on, begin and end at a frame."""
        if not len(self._begins):
            return
        here = self.node[frame][self._begins]
        best = int(here.argmax())
        ends = here < self.foreign[frame]
        begin = here[best] + np.float32(JUMP)
        self.node[frame, self._begins[ends]] = self.foreign[frame]
        self._how[frame, self._begins[ends]] = _FOREIGN
        if frame < self._scored.frames:
            if begin > self.foreign[frame]:
                self._from[frame] = self._begins[best]
            self.foreign[frame + 1] = max(begin, self.foreign[frame]) + self._level

    def path(self, node: int | None = None) -> list[Piece]:
        """The best path to a node at the end, without gaps; ``None``: to the end of foreign sounds.

        Empty if there is none.
        """
        at, frame = node, self._scored.frames
        if frame == 0 or (self.foreign[frame] if at is None else self.node[frame, at]) < NEVER / 2:
            return []
        found: list[Piece] = []
        while frame > 0:
            how = _FOREIGN if at is None else self._how[frame, at]
            if how == _FOREIGN:
                frame, at, piece = self._foreign_to(frame)
            elif how == _SILENCE:
                frame, piece = self._silence_to(frame, at or 0)
                found.append(piece)
                if frame == 0:
                    break
                frame, at, piece = self._word_to(frame, at or 0)
            else:
                frame, at, piece = self._word_to(frame, at or 0)
            found.append(piece)
        return found[::-1]

    def _word_to(self, end: int, node: int) -> tuple[int, int, Piece]:
        """The word that ends at a node: the frame at which it begins, the node before, and itself."""
        net, scored = self._scored.network, self._scored
        word = node - 1
        last = net.begins[word + 1] if word + 1 < net.words else len(net.word)
        pronunciation = net.begins[word] + int(self._exits[end, net.begins[word] : last].argmax())
        state, first, frame, total = int(net.last[pronunciation]), int(net.first[pronunciation]), end - 1, 0.0
        while True:
            total += float(scored.states[frame, scored.columns[state]])
            if self._moved[frame, state]:
                if state == first:
                    return frame, word, Piece(word, frame, end, total)
                state -= 1
            frame -= 1

    def _silence_to(self, end: int, node: int) -> tuple[int, Piece]:
        first = self._scored.lattice.hush.start + STATES * node
        state, frame, total = STATES - 1, end - 1, 0.0
        while True:
            total += float(self._scored.silence[frame, state])
            if self._moved[frame, first + state]:
                if state == 0:
                    return frame, Piece(None, frame, end, total)
                state -= 1
            frame -= 1

    def _foreign_to(self, end: int) -> tuple[int, int, Piece]:
        frame = end - 1
        while self._from[frame] < 0:
            frame -= 1
        score = float(self._level) * (end - frame)
        return frame, int(self._from[frame]), Piece(None, frame, end, score, foreign=True)
