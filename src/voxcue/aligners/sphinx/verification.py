"""What is doubtful in an utterance, from the evidence against its text.

The limits were found on other texts and voices than those of ``bench/verification.py``, which says how often
they are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.evidence import Evidence
from voxcue.aligners.sphinx.model import STATES
from voxcue.aligners.sphinx.viterbi import Piece

_SWALLOWED = (6.0, 3.0, -15.0)
_MUMBLED = (42.0, 42.0, 24.0)
"""Nats from which on another reading of a word of one, of two and of more phones is believed; speakers slur
little words."""

_REPEATED, _ADDED = 9.0, 66.0

_SOMETHING = 40.0
"""Nats by which speech in place of a word is better than nothing, when there is some."""

_AGAIN = 30.0
"""Nats that speak for words said again, where it might also be any speech that was added."""

_PLAIN, _WARY = 0.2, 150.0
"""Score of a frame that good words have, and nats more for each that they lack: robots, and loud noise."""

_FILLED = 1.5
"""Frames of sound between two words, as a multiple of the fewest that the words between them last: from there
on it is more than those words."""

HOPELESS = -2.5
"""Score of a frame that good words have not when next to nothing of a text is said."""


class Finding(NamedTuple):
    """What is wrong, and with which words; for "added" both are the word before, -1 at the beginning."""

    kind: str
    first: int
    last: int


def judge(evidence: Evidence, entries: Sequence[Entry], loud: NDArray[np.bool_]) -> list[Finding]:
    """What is doubtful, in order; of readings that contradict each other the likeliest.

    Args:
        evidence: of an utterance that has a path.
        entries: its words.
        loud: whether there is a sound in each frame.
    """
    found: list[Finding] = []
    for _, finding in sorted(_likely(evidence, entries), reverse=True):
        if not any(_touch(finding, other) for other in found):
            found.append(finding)
    named = [_named(each, evidence.words, entries, loud) for each in found]
    return sorted(named, key=lambda each: (each.first, each.last))


def _named(
    finding: Finding, words: Sequence[Piece], entries: Sequence[Entry], loud: NDArray[np.bool_]
) -> Finding:
    """The finding; "mumbled" where words are missing and something else is in their place."""
    if finding.kind != "swallowed":
        return finding
    start = words[finding.first - 1].end if finding.first else 0
    end = words[finding.last + 1].start if finding.last + 1 < len(words) else len(loud)
    shortest = STATES * sum(entry.phones for entry in entries[finding.first : finding.last + 1])
    filled = np.count_nonzero(loud[start:end]) > _FILLED * shortest
    return finding._replace(kind="mumbled") if filled else finding


def _likely(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[tuple[float, Finding]]:
    """Readings that are better than the text, and by how much."""
    guessed = [entry.guessed for entry in entries]
    size = np.array([min(entry.phones, len(_SWALLOWED)) - 1 for entry in entries])
    wary = _WARY * max(0.0, _PLAIN - evidence.good)
    other = wary + _freedom(evidence, guessed)
    skipped, repeated = evidence.skipped - wary, evidence.repeated - other
    replaced, added = evidence.replaced - other, evidence.added - other
    least = np.full(skipped.shape, _SWALLOWED[-1])
    least[0] = np.take(_SWALLOWED, size)
    for more, word in np.argwhere(skipped > least).tolist():
        yield float(skipped[more, word]), Finding("swallowed", word, word + more)
    for more, word in np.argwhere(repeated > _REPEATED).tolist():
        yield float(repeated[more, word]) + _AGAIN, Finding("repeated", word, word + more)
    least = np.maximum(np.take(_MUMBLED, size), skipped[0] + _SOMETHING)
    for word in np.flatnonzero(replaced > least).tolist():
        if not guessed[word]:
            yield float(replaced[word]), Finding("mumbled", word, word)
    for node in np.flatnonzero(added > _ADDED).tolist():
        if not any(guessed[max(0, node - 1) : node + 1]):
            yield float(added[node]), Finding("added", node - 1, node - 1)


def _freedom(evidence: Evidence, guessed: Sequence[bool]) -> float:
    """What the sound gains when words of unknown pronunciation are said in any way.

    It speaks for no other reading.
    """
    gains = [
        max(evidence.replaced[word], evidence.added[word], evidence.added[word + 1])
        for word, guess in enumerate(guessed)
        if guess
    ]
    return max(0.0, *map(float, gains)) if gains else 0.0


def _touch(one: Finding, other: Finding) -> bool:
    """Whether two findings are about the same or neighbouring words."""
    return one.first <= other.last + 1 and other.first <= one.last + 1
