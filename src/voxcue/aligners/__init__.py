"""Aligners: audio and tokens to times. The registry; each aligner is a module of its own."""

from __future__ import annotations

from voxcue import registry
from voxcue.aligners.base import Aligner

__all__ = ["Aligner", "aligner_class", "aligner_names"]


def aligner_names() -> list[str]:
    """The names of all registered aligners, without importing any."""
    return registry.names("aligner")


def aligner_class(name: str) -> type[Aligner]:
    """The class of an aligner.

    Raises:
        UsageError: no aligner of that name.
        UnavailableError: a package that it needs is missing.
    """
    loaded: type[Aligner] = registry.load("aligner", name)
    return loaded
