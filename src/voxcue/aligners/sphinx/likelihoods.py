"""Features to the log likelihoods of senones: all Gaussians of the codebooks that they use, none left out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxcue.aligners.sphinx.model import STREAMS, AcousticModel
from voxcue.cancel import checkpoint

_TINY = np.float32(1e-30)
"""Added to likelihoods, which are relative to the best density of a frame: no senone is worse than that."""

_BLOCK = 128
"""Frames that are worked on at once: what they need fits into a cache."""


def log_likelihoods(
    model: AcousticModel, features: NDArray[np.float32], senones: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Nats of each senone in each frame, of shape ``(frames, senones)``.

    Args:
        model: whose senones they are.
        features: of `voxcue.aligners.sphinx.features.features`.
        senones: numbers, each once.
    """
    order = np.argsort(model.codebook[senones], kind="stable")  # those of a codebook lie side by side
    ordered = senones[order]
    books, begins = np.unique(model.codebook[ordered], return_index=True)
    slices = [slice(*edge) for edge in pairwise([*begins.tolist(), len(senones)])]
    found = np.zeros((len(features), len(senones)), np.float32)
    sums = np.empty((min(_BLOCK, len(features)), len(senones)), np.float32)
    for stream in range(STREAMS):
        gaussians = model.gaussians[stream][:, books].reshape(model.gaussians.shape[1], -1)
        mixtures = [model.mixtures(ordered[each], stream) for each in slices]
        values = features[:, stream]
        terms = np.concatenate((values**2, values, np.ones((len(values), 1), np.float32)), axis=1)
        for first in range(0, len(features), _BLOCK):
            checkpoint()
            block = slice(first, first + _BLOCK)
            densities = terms[block] @ gaussians
            best = densities.max(axis=1, keepdims=True)
            np.exp(np.subtract(densities, best, out=densities), out=densities)
            by_book = densities.reshape(len(densities), len(books), -1)
            mixed = sums[: len(densities)]
            for book, (mine, mixture) in enumerate(zip(slices, mixtures, strict=True)):
                mixed[:, mine] = by_book[:, book] @ mixture
            found[block] += np.log(np.add(mixed, _TINY, out=mixed), out=mixed)
            found[block] += best
    return found[:, np.argsort(order)]
