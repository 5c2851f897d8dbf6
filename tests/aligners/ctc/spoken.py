"""Log probabilities as a CTC model gives them for words: peaks of a frame or two a letter, blanks between.

Now and then it misspells: another letter, or none, is a little more likely than the right one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.ctc.alphabet import Alphabet, read_alphabet

VOCABULARY = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]
FRAME = 0.02

_PEAK = 11.0
"""What the logit of the best class has more than the others, which are normal with variance 1."""


def alphabet(*, delimited: bool = True) -> Alphabet:
    """English letters, with or without a class for the gap between two words."""
    found = read_alphabet(
        {entry: at for at, entry in enumerate(VOCABULARY)}, ["<pad>"], "|" if delimited else "-"
    )
    assert found is not None
    return found


class Speaker:
    """Says words, with a share of them misspelt; the parts are joined by `joined`."""

    def __init__(self, seed: int, *, misspelt: float = 0.15, delimited: bool = True) -> None:
        self.rng = np.random.default_rng(seed)
        self.misspelt = misspelt
        self.delimited = delimited

    def words(self, text: str) -> list[NDArray[np.float32]]:
        """Logits of each word, the gap after it included; shape ``(frames, classes)``."""
        return [self._word(word.upper()) for word in text.split()]

    def noise(self, frames: int) -> NDArray[np.float32]:
        """A sound that is no speech: the model is sure of nothing."""
        logits = self.rng.normal(0, 1, (frames, len(VOCABULARY)))
        logits[:, 0] += self.rng.uniform(3, 9, frames)
        logits[np.arange(frames), self.rng.integers(5, len(VOCABULARY), frames)] += self.rng.uniform(
            0, 9, frames
        )
        return logits.astype(np.float32)

    def silence(self, frames: int) -> NDArray[np.float32]:
        return self._frames([0] * frames)

    def _frames(self, best: Sequence[int]) -> NDArray[np.float32]:
        logits = self.rng.normal(0, 1, (len(best), len(VOCABULARY)))
        logits[np.arange(len(best)), best] += _PEAK
        return logits.astype(np.float32)

    def _word(self, word: str) -> NDArray[np.float32]:
        wrong: set[int] = set()
        if self.rng.random() < self.misspelt and len(word) > 1:
            count = self.rng.integers(1, max(2, 1 + len(word) // 3))
            wrong = set(self.rng.choice(len(word), count, replace=False).tolist())
        parts = [self._letter(letter, misspelt=at in wrong) for at, letter in enumerate(word)]
        gap = [0] * int(self.rng.integers(1, 4))
        if self.delimited and self.rng.random() < 0.95:
            gap += [4] * int(self.rng.integers(1, 4)) + [0] * int(self.rng.integers(0, 3))
        return np.concatenate([*parts, self._frames(gap)])

    def _letter(self, letter: str, *, misspelt: bool) -> NDArray[np.float32]:
        right = VOCABULARY.index(letter)
        peak = int(self.rng.integers(1, 3))
        logits = self._frames([right] * peak + [0] * int(self.rng.integers(1, 5)))
        if misspelt:
            kind = self.rng.choice(["other", "none", "one more"])
            other = 0 if kind == "none" else int(self.rng.integers(5, len(VOCABULARY)))
            if kind == "one more":
                return np.concatenate([logits, self._frames([other, 0])])
            logits[:peak, other] = logits[:peak, right] + self.rng.uniform(0.5, 4.0)
        return logits


def joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Log probabilities of shape ``(frames, classes)``."""
    logits = np.concatenate([np.zeros((0, len(VOCABULARY)), np.float32), *parts])
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)
