"""The search finds the best path, as another algorithm does: one that tries all lengths of whole words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from voxcue.aligners.sphinx.model import STATES
from voxcue.aligners.sphinx.network import Network
from voxcue.aligners.sphinx.viterbi import FOREIGN, JUMP, NEVER, Forward, Piece, Scored

PAUSE = -3.0
"""Nats for silence between two words."""

SEEDS = 30


def random_text(
    seed: int, frames: int, pronunciations: Sequence[Sequence[int]], spread: float = 4.0
) -> Scored:
    """A network with random scores and transitions.

    Args:
        seed: of the numbers.
        frames: of the sound.
        pronunciations: for each word the numbers of states of each of its pronunciations.
        spread: nats by which scores differ.
    """
    rng = np.random.default_rng(seed)
    sizes = np.array([size for word in pronunciations for size in word], np.intp)
    ends = np.cumsum(sizes, dtype=np.intp)
    states = int(sizes.sum())
    stay = rng.uniform(0.2, 0.8, states)
    silent = rng.uniform(0.2, 0.8, STATES)
    kinds = max(1, states - 2)  # some states share a senone
    net = Network(
        senones=np.arange(states) % kinds,
        stay=np.log(stay).astype(np.float32),
        leave=np.log(1 - stay).astype(np.float32),
        first=ends - sizes,
        last=ends - 1,
        word=np.repeat(np.arange(len(pronunciations)), [len(word) for word in pronunciations]),
        begins=np.cumsum([0, *(len(word) for word in pronunciations)])[:-1],
    )
    return Scored(
        network=net,
        states=rng.normal(-spread / 2, spread, (frames, kinds)).astype(np.float32),
        columns=net.senones,
        silence=rng.normal(-spread / 2, spread, (frames, STATES)).astype(np.float32),
        silent_stay=np.log(silent).astype(np.float32),
        silent_leave=np.log(1 - silent).astype(np.float32),
    )


class Best(NamedTuple):
    """A path: its total, and its pieces, each as word, start, end, and whether it is foreign."""

    total: float
    pieces: tuple[tuple[int | None, int, int, bool], ...] = ()

    def then(self, total: float, word: int | None, start: int, end: int, foreign: bool = False) -> Best:
        """The path with another piece."""
        return Best(self.total + total, (*self.pieces, (word, start, end, foreign)))


NONE = Best(-np.inf)


def run(scores: NDArray[np.float32], stay: NDArray[np.float32], leave: NDArray[np.float32]) -> float:
    """The best total of states in order through all the frames: every way to cut the frames is tried."""
    frames, states = scores.shape
    best = -np.inf
    for cuts in combinations(range(1, frames), states - 1):
        total = float(leave.sum(dtype=float))
        for state, (start, end) in enumerate(pairwise((0, *cuts, frames))):
            total += float(scores[start:end, state].sum(dtype=float)) + (end - start - 1) * float(stay[state])
        best = max(best, total)
    return best


def by_hand(
    scored: Scored, begins: Sequence[int] = (), worth: float = 0.0, level: float = FOREIGN
) -> tuple[Callable[[int, int], Best], Callable[[int], Best]]:
    """The best path to a node at a frame, and to foreign sounds that end there."""
    net = scored.network
    by_state = scored.states[:, scored.columns]

    @cache
    def word(which: int, start: int, end: int) -> float:
        totals = [-np.inf]
        for first, last, owner in zip(net.first, net.last, net.word, strict=True):
            if owner == which:
                states = slice(first, last + 1)
                totals.append(run(by_state[start:end, states], net.stay[states], net.leave[states]))
        return max(totals)

    @cache
    def silence(start: int, end: int) -> float:
        return PAUSE + run(scored.silence[start:end], scored.silent_stay, scored.silent_leave)

    @cache
    def ended(frame: int, node: int) -> Best:
        if node == 0:
            return Best(0.0) if frame == 0 else NONE
        return max(
            (
                to_node(start, node - 1).then(worth + word(node - 1, start, frame), node - 1, start, frame)
                for start in range(frame)
            ),
            default=NONE,
            key=lambda path: path.total,
        )

    @cache
    def in_order(frame: int, node: int) -> Best:
        silent = [
            ended(start, node).then(silence(start, frame), None, start, frame) for start in range(frame)
        ]
        return max([ended(frame, node), *silent], key=lambda path: path.total)

    @cache
    def foreign(frame: int) -> Best:
        paths = [
            in_order(start, node).then(JUMP + level * (frame - start), None, start, frame, True)
            for start in range(frame)
            for node in begins
        ]
        return max(paths, default=NONE, key=lambda path: path.total)

    @cache
    def to_node(frame: int, node: int) -> Best:
        paths = [in_order(frame, node), *([foreign(frame)] if node in begins else [])]
        return max(paths, key=lambda path: path.total)

    return to_node, foreign


def told(pieces: Sequence[Piece]) -> tuple[tuple[int | None, int, int, bool], ...]:
    return tuple((piece.word, piece.start, piece.end, piece.foreign) for piece in pieces)


def assert_joined(pieces: Sequence[Piece], frames: int) -> None:
    assert pieces[0].start == 0
    assert pieces[-1].end == frames
    assert all(before.end == after.start for before, after in pairwise(pieces))
    assert all(piece.start < piece.end for piece in pieces)


TEXTS = {
    "a word": [[3]],
    "two words": [[3], [2]],
    "words of several pronunciations": [[2, 4], [3], [1, 2, 3]],
    "short words": [[1], [1], [1]],
}
texts = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


@texts
@pytest.mark.parametrize("worth", [0.0, -5.0, 5.0])
def test_the_path_of_words_in_order_is_the_best_one(text: list[list[int]], worth: float) -> None:
    kinds = set()
    for seed in range(SEEDS):
        scored = random_text(seed, 9, text)
        forward = Forward(scored, worth=worth)
        to_node, _ = by_hand(scored, worth=worth)
        for node in range(len(text) + 1):
            expected = to_node(9, node)
            found = forward.path(node)
            assert told(found) == expected.pieces
            assert forward.node[9, node] == pytest.approx(max(expected.total, float(NEVER)), abs=1e-3)
            kinds |= {piece.word for piece in found}
    assert kinds == {None, *range(len(text))}


@texts
@pytest.mark.parametrize("level", [FOREIGN, -3.5])
def test_the_path_of_parts_with_foreign_sounds_is_the_best_one(text: list[list[int]], level: float) -> None:
    frames, seen = 10, 0
    for seed in range(SEEDS):
        scored = random_text(seed, frames, text, spread=9.0)
        begins = sorted({0, len(text), seed % (len(text) + 1)})
        forward = Forward(scored, begins, foreign=level)
        to_node, foreign = by_hand(scored, begins, level=level)
        for node in range(len(text) + 1):
            expected = to_node(frames, node)
            assert told(forward.path(node)) == expected.pieces
            assert forward.node[frames, node] == pytest.approx(max(expected.total, float(NEVER)), abs=1e-3)
            seen += sum(piece.foreign and piece.end < frames for piece in forward.path(node))
        expected = foreign(frames)
        assert told(forward.path(None)) == expected.pieces
        assert forward.foreign[frames] == pytest.approx(expected.total, abs=1e-3)
    assert seen > 0


def test_best_totals_are_known_at_every_frame() -> None:
    for seed in range(5):
        scored = random_text(seed, 8, [[2, 3], [1]])
        forward = Forward(scored, [0, 2])
        to_node, _ = by_hand(scored, [0, 2])
        expected = [
            [max(to_node(frame, node).total, float(NEVER)) for node in range(3)] for frame in range(9)
        ]
        np.testing.assert_allclose(forward.node, expected, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("begins", [(), (0, 20, 40)])
def test_pieces_join_without_gaps_through_a_long_text(begins: tuple[int, ...]) -> None:
    scored = random_text(0, 1500, [[3, 6], [9], [12], [6, 6]] * 10)
    found = Forward(scored, begins).path(40)
    assert_joined(found, 1500)
    if not begins:
        assert [piece.word for piece in found if piece.word is not None] == list(range(40))


def test_the_score_of_a_piece_is_that_of_its_frames_without_transitions() -> None:
    for seed in range(10):
        scored = random_text(seed, 7, [[1], [1]])
        word, silence = scored.states[:, scored.columns], scored.silence
        for piece in Forward(scored).path(2):
            if piece.word is None:
                assert piece.score <= silence[piece.start : piece.end].max(axis=1).sum() + 1e-3
            else:
                assert piece.score == pytest.approx(word[piece.start : piece.end, piece.word].sum(), abs=1e-3)


def test_foreign_sounds_have_the_same_score_in_every_frame() -> None:
    scored = random_text(0, 12, [[3]])
    scored.states[:] = scored.silence[:] = 3 * FOREIGN
    found = Forward(scored, [0, 1]).path(None)
    assert told(found) == ((None, 0, 12, True),)
    assert found[0].score == 12 * FOREIGN


def test_without_frames_there_is_no_path() -> None:
    forward = Forward(random_text(0, 0, [[3], [3]]), [0, 2])
    assert [forward.path(node) for node in (0, 1, 2, None)] == [[], [], [], []]


def test_fewer_frames_than_states_hold_no_words() -> None:
    for frames in range(1, 6):
        forward = Forward(random_text(0, frames, [[3], [3]]))
        assert forward.path(2) == []
    assert told(Forward(random_text(0, 6, [[3], [3]])).path(2)) == ((0, 0, 3, False), (1, 3, 6, False))


def test_without_words_there_may_be_silence() -> None:
    scored = random_text(0, 5, [])
    assert told(Forward(scored).path(0)) == ((None, 0, 5, False),)
    assert Forward(random_text(0, 2, [])).path(0) == []


def test_foreign_sounds_need_a_place_to_begin() -> None:
    assert Forward(random_text(0, 9, [[3], [3]])).path(None) == []
    assert Forward(random_text(0, 2, [[3], [3]]), [1]).path(None) == []


def test_a_word_that_is_worth_more_is_taken_and_one_that_is_worth_less_left_out() -> None:
    scored = random_text(1, 12, [[3], [3]])
    for worth, expected in ((50.0, 2), (-50.0, 0)):
        forward = Forward(scored, worth=worth)
        assert int(forward.node[-1].argmax()) == expected
