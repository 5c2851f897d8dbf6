"""A stretch of audio as the acoustic model hears it: senones, beside the best path of any phones.

All scores are log likelihood ratios: nats of a frame above what it has on the best path of free phones, the
greedy reading without a text. So right words are near 0, in noise as well, and wrong ones far below.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.features import RATE, features
from voxcue.aligners.sphinx.likelihoods import log_likelihoods
from voxcue.aligners.sphinx.model import STATES, AcousticModel, Phone, load

FRAME = 0.01
"""Seconds from one frame to the next."""

_CENTRE = 0.0078
"""Seconds by which the middle between two frames of 25.6 ms lies after the start of the second."""

_ANOTHER = -3.0
"""Nats for each phone of the free path, so that it does not change phones at every frame."""

_NEVER = np.float32(-1e30)


class Sound:
    """Audio at 16 kHz, heard once and scored for any number of texts."""

    def __init__(self, model: AcousticModel, samples: NDArray[np.float32]) -> None:
        self.model = model
        self._features = features(samples)
        self._free: NDArray[np.float32] | None = None

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self._features)

    @property
    def loudness(self) -> NDArray[np.float32]:
        """The first cepstrum of each frame, above its mean."""
        return self._features[:, 0, 0]

    def scores(self, senones: NDArray[np.intp]) -> NDArray[np.float32]:
        """Nats of senones above the free path, of shape ``(frames, senones)``.

        Args:
            senones: numbers, each once, in order.
        """
        if self._free is not None:
            return log_likelihoods(self.model, self._features, senones) - self._free[:, None]
        phones = self.model.speech
        free = np.concatenate([phone.senones for phone in phones])
        both = np.union1d(senones, free)  # what is costly is shared
        found = log_likelihoods(self.model, self._features, both)
        self._free = _freely(self.model, phones, found, np.searchsorted(both, free))
        return found.take(np.searchsorted(both, senones), axis=1) - self._free[:, None]


def _freely(
    model: AcousticModel, phones: Sequence[Phone], scores: NDArray[np.float32], columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Log likelihoods of the frames on the best path of phones without a text, silence among them.

    Args:
        model: of the phones.
        phones: in any order and number.
        scores: log likelihoods.
        columns: where in them the states of the phones are.
    """
    columns = columns.reshape(len(phones), STATES).T
    matrices = [phone.matrix for phone in phones]
    stay, leave = model.stay[matrices].T, model.leave[matrices].T
    entered = np.empty((len(scores), *columns.shape), bool)
    ended = np.empty(len(scores), np.intp)
    best, before = np.full(columns.shape, _NEVER), np.empty(columns.shape, np.float32)
    begin = np.float32(0)
    for frame, row in enumerate(scores):
        before[0] = begin + _ANOTHER
        np.add(best[:-1], leave[:-1], out=before[1:])
        best += stay
        np.greater(before, best, out=entered[frame])
        np.maximum(best, before, out=best)
        best += row.take(columns)
        best -= best.max()  # sums stay small, and float32 exact enough
        left = best[-1] + leave[-1]
        ended[frame] = left.argmax()
        begin = left[ended[frame]]
    return _along(scores, columns, entered, ended)


def _along(
    scores: NDArray[np.float32],
    columns: NDArray[np.intp],
    entered: NDArray[np.bool_],
    ended: NDArray[np.intp],
) -> NDArray[np.float32]:
    """The scores of the frames on the path that ends with the last frame, from its end to its beginning."""
    found = np.empty(len(scores), np.float32)
    phone, state = int(ended[-1]), STATES - 1
    for frame in range(len(scores) - 1, -1, -1):
        found[frame] = scores[frame, columns[state, phone]]
        if entered[frame, state, phone]:
            state -= 1
            if state < 0:
                phone, state = int(ended[frame - 1]), STATES - 1
    return found


def listen(samples: NDArray[np.float32], rate: int) -> Sound:
    """What is heard in samples of any rate (Hz), mono, in [-1, 1]."""
    import soxr

    return Sound(load(), np.asarray(soxr.resample(samples, rate, RATE), np.float32))


def seconds(frame: int) -> float:
    """The time of the edge before a frame, from the beginning of the sound."""
    return frame * FRAME + _CENTRE if frame else 0.0
