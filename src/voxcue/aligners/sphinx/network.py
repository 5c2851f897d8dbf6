"""The hidden Markov model of a text: the states of its words in order, with silence where there may be some.

A node is a place between two words: node 0 lies before the first one, node i + 1 after word i. Between a node
and the next word there may be silence. A word is one of its pronunciations, phones in their context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.dictionary import Entry
from voxcue.aligners.sphinx.model import BEGIN, END, INSIDE, SINGLE, STATES, AcousticModel


@dataclass(frozen=True)
class Network:
    """States of all pronunciations of all words, one after the other; log probabilities in nats.

    ``senones``, ``stay`` and ``leave`` are of shape ``(states,)``. ``first`` and ``last`` are the states of
    each pronunciation, ``word`` is its word; ``begins`` is the first pronunciation of each word.
    """

    senones: NDArray[np.intp]
    stay: NDArray[np.float32]
    leave: NDArray[np.float32]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    word: NDArray[np.intp]
    begins: NDArray[np.intp]

    @property
    def words(self) -> int:
        """How many there are."""
        return len(self.begins)


def network(model: AcousticModel, entries: Sequence[Entry]) -> Network:
    """The network of words in order; neighbours are taken to be said without a pause."""
    silence = model.number["SIL"]
    outer = [entry.pronunciations[0] for entry in entries]
    left = [silence, *(model.number[phones[-1]] for phones in outer[:-1])]
    right = [*(model.number[phones[0]] for phones in outer[1:]), silence]
    phones, words, sizes = [], [], []
    for word, entry in enumerate(entries):
        for pronunciation in entry.pronunciations:
            numbers = [left[word], *(model.number[name] for name in pronunciation), right[word]]
            last = len(pronunciation)
            for at in range(1, last + 1):
                position = SINGLE if last == 1 else BEGIN if at == 1 else END if at == last else INSIDE
                phones.append(model.phone(numbers[at], numbers[at - 1], numbers[at + 1], position))
            words.append(word)
            sizes.append(STATES * last)
    ends = np.cumsum(sizes, dtype=np.intp)
    matrices = np.array([phone.matrix for phone in phones], np.intp)
    return Network(
        senones=np.concatenate([phone.senones for phone in phones]) if phones else np.zeros(0, np.intp),
        stay=model.stay[matrices].ravel(),
        leave=model.leave[matrices].ravel(),
        first=ends - np.array(sizes, np.intp),
        last=ends - 1,
        word=np.array(words, np.intp),
        begins=np.searchsorted(words, np.arange(len(entries))),
    )
