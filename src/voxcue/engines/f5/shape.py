"""The sizes of a backbone, and the model families whose training they cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Backbone = Literal["dit", "unett"]


@dataclass(frozen=True, slots=True)
class Family:
    """How a family of models was trained, as far as the weights do not show it.

    ``rotated`` is how many attention heads know positions (``None``: all); ``hides_filler`` whether the fill
    behind the text is set to zero.
    """

    backbone: Backbone
    rotated: int | None
    hides_filler: bool


FAMILIES = {
    "f5-v1": Family("dit", rotated=None, hides_filler=True),
    "f5": Family("dit", rotated=1, hides_filler=False),
    "e2": Family("unett", rotated=1, hides_filler=False),
}
"""F5TTS_v1_Base, F5TTS_Base and E2TTS_Base, each with what is fine-tuned from it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a backbone: features, layers, attention heads, features in a feed-forward layer, mel bands;
    entries, features and blocks of the text embedding. The rest is as in `Family`.
    """

    dim: int
    depth: int
    heads: int
    inner: int
    mel: int
    text_entries: int
    text_dim: int
    text_blocks: int
    rotated: int
    hides_filler: bool
