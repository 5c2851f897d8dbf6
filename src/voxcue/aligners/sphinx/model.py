"""PocketSphinx's US English acoustic model, as the files of its package have it.

Phonetically tied mixtures: each phone has one codebook of Gaussians for each of three feature streams. A
phone in its context is three states of a hidden Markov model, and each state a senone, which weighs the
Gaussians of its phone's codebooks. Knows nothing of audio or words.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STATES = 3
"""States of a phone."""

STREAMS, SIZE = 3, 13
"""Feature streams (cepstra, their first and second derivatives) and the values in each."""

INSIDE, BEGIN, END, SINGLE = range(4)
"""Where in its word a phone stands."""

_VARIANCE_FLOOR = 1e-4
_WEIGHT_UNIT = 1024 * np.log(1.0001)
"""Nats of one unit of a mixture weight."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone in its context: its senones, and its row of the transition matrices."""

    senones: NDArray[np.intp]
    matrix: int


@dataclass(frozen=True)
class AcousticModel:
    """The model, log probabilities in nats.

    ``stay`` and ``leave`` are float32 of shape ``(matrices, 3)``: of a state for itself and the one after it.
    ``codebook`` is the codebook of each senone. ``gaussians`` is float32 of shape ``(streams, codebooks,
    densities, 27)``: multiplied with the squares of 13 values, the values and 1, it gives log densities.
    ``weights`` are those of the senones, in units, uint8 of shape ``(streams, densities, senones)``.
    """

    names: tuple[str, ...]
    stay: NDArray[np.float32]
    leave: NDArray[np.float32]
    codebook: NDArray[np.intp]
    gaussians: NDArray[np.float32]
    weights: NDArray[np.uint8]
    _phones: NDArray[np.void]
    _sequences: NDArray[np.uint16]

    @cached_property
    def number(self) -> dict[str, int]:
        """Names of phones without context to their numbers."""
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def silence(self) -> Phone:
        """The phone for silence."""
        return self._phone(self.number["SIL"])

    @cached_property
    def noise(self) -> Phone:
        """The phone for breaths, clicks and the like."""
        return self._phone(self.number["+NSN+"])

    @cached_property
    def speech(self) -> list[Phone]:
        """All phones without context, silence included."""
        return [self._phone(at) for at, name in enumerate(self.names) if not name.startswith("+")]

    def phone(self, name: int, left: int, right: int, position: int) -> Phone:
        """A phone between two others, or without context where the model does not know that one."""
        return self._phone(self._contexts.get(_packed(position, name, left, right), name))

    def mixtures(self, senones: NDArray[np.intp], stream: int) -> NDArray[np.float32]:
        """Weights of the densities, float32 of shape ``(senones, densities)``."""
        return np.ascontiguousarray(np.exp(np.float32(-_WEIGHT_UNIT) * self.weights[stream][:, senones]).T)

    @cached_property
    def _contexts(self) -> dict[int, int]:
        """Position, phone, left and right neighbour, packed, to a row of ``_phones``."""
        first = len(self.names)
        columns = self._phones["context"][first:].astype(np.int64).T
        return dict(zip(_packed(*columns).tolist(), range(first, len(self._phones)), strict=True))

    def _phone(self, row: int) -> Phone:
        entry = self._phones[row]
        return Phone(self._sequences[entry["sequence"]].astype(np.intp), int(entry["matrix"]))


def _packed(position: Any, name: Any, left: Any, right: Any) -> Any:
    """Four small numbers as one; also of whole arrays."""
    return ((position << 8 | name) << 8 | left) << 8 | right


def folder() -> Path:
    """Where the package keeps its model; the dictionary lies beside it."""
    return Path(str(files("pocketsphinx"))) / "model" / "en-us"


@lru_cache(maxsize=1)
def load() -> AcousticModel:
    """The model, read once."""
    where = folder() / "en-us"
    names, phones, sequences = _definition((where / "mdef").read_bytes())
    transitions = _transitions((where / "transition_matrices").read_bytes())
    codebook = np.zeros(int(sequences.max()) + 1, np.intp)
    owner = phones["context"][:, 1].astype(np.intp)
    owner[: len(names)] = np.arange(len(names))
    codebook[sequences[phones["sequence"]]] = owner[:, None]
    means = _parameters((where / "means").read_bytes())
    variances = np.maximum(_parameters((where / "variances").read_bytes()), _VARIANCE_FLOOR)
    weights = np.frombuffer(
        (where / "sendump").read_bytes()[-STREAMS * means.shape[2] * len(codebook) :], "u1"
    )
    states = np.arange(STATES)
    with np.errstate(divide="ignore"):
        stay, leave = (np.log(transitions[:, states, states + step]).astype(np.float32) for step in (0, 1))
    return AcousticModel(
        names=names,
        stay=stay,
        leave=leave,
        codebook=codebook,
        gaussians=_quadratic(means, variances),
        weights=weights.reshape(STREAMS, means.shape[2], len(codebook)),
        _phones=phones,
        _sequences=sequences,
    )


def _definition(data: bytes) -> tuple[tuple[str, ...], NDArray[np.void], NDArray[np.uint16]]:
    """Names of the phones without context, all phones, and the senones of each sequence of states.

    In the file: a header that explains it, names, a tree of contexts (not read), 12 bytes a phone, sequences.
    """
    at = 12 + struct.unpack_from("<i", data, 8)[0]
    simple, count, states, _, _, _, sequences, _, nodes, _ = struct.unpack_from("<10i", data, at)
    at += 40
    names = data[at:].split(b"\0", simple)[:simple]
    length = sum(len(name) + 1 for name in names)
    at += -(-length // 4) * 4 + 8 * nodes
    kind = np.dtype([("sequence", "<i4"), ("matrix", "<i4"), ("context", "u1", 4)])
    phones = np.frombuffer(data, kind, count, at)
    found = np.frombuffer(data, "<u2", sequences * states, at + kind.itemsize * count + 4)
    return tuple(name.decode() for name in names), phones.copy(), found.reshape(sequences, states)


def _parameters(data: bytes) -> NDArray[np.float64]:
    """Means or variances, of shape ``(codebooks, streams, densities, 13)``."""
    at = _body(data)
    shape = struct.unpack_from("<3i", data, at)
    at += 4 * (3 + shape[1] + 1)
    size = int(np.prod(shape)) * SIZE
    return np.frombuffer(data, "<f4", size, at).reshape(*shape, SIZE).astype(np.float64)


def _transitions(data: bytes) -> NDArray[np.float64]:
    """Probabilities, of shape ``(matrices, 3, 4)``: the last column leaves the phone."""
    at = _body(data)
    *shape, size = struct.unpack_from("<4i", data, at)
    counts = np.frombuffer(data, "<f4", size, at + 16).reshape(shape).astype(np.float64)
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def _body(data: bytes) -> int:
    """Where the numbers of a file begin: after its header and a mark for the order of bytes."""
    return data.index(b"endhdr\n") + 7 + 4


def _quadratic(means: NDArray[np.float64], variances: NDArray[np.float64]) -> NDArray[np.float32]:
    """Diagonal Gaussians as products: see ``AcousticModel.gaussians``."""
    precision = 1 / (2 * variances)
    constant = -(precision * means**2).sum(axis=-1) - 0.5 * np.log(2 * np.pi * variances).sum(axis=-1)
    rows = np.concatenate((-precision, 2 * precision * means, constant[..., None]), axis=-1)
    return np.ascontiguousarray(rows.swapaxes(0, 1), np.float32)
