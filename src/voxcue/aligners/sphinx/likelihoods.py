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
    ordered, back = senones[order], np.argsort(order)
    books, begins = np.unique(model.codebook[ordered], return_index=True)
    slices = [slice(*edge) for edge in pairwise([*begins.tolist(), len(senones)])]
    gaussians = model.gaussians[:, books]
    mixtures = [[model.mixtures(ordered[each], stream) for each in slices] for stream in range(STREAMS)]
    values = features.transpose(1, 2, 0)
    terms = np.concatenate((values**2, values, np.ones_like(values[:, :1])), axis=1)
    found = np.empty((len(features), len(senones)), np.float32)
    for first in range(0, len(features), _BLOCK):
        checkpoint()
        block = slice(first, first + _BLOCK)
        total = np.zeros((len(senones), terms[..., block].shape[-1]), np.float32)
        mixed = np.empty_like(total)
        for stream in range(STREAMS):
            densities = gaussians[stream] @ terms[stream, :, block]
            best = densities.reshape(len(books), -1).max(axis=0).reshape(densities.shape[1:]).max(axis=0)
            np.exp(np.subtract(densities, best, out=densities), out=densities)
            for mine, mixture, density in zip(slices, mixtures[stream], densities, strict=True):
                np.matmul(mixture, density, out=mixed[mine])
            total += np.log(np.add(mixed, _TINY, out=mixed), out=mixed)
            total += best
        found[block] = total[back].T
    return found
