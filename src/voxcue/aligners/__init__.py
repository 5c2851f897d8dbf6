"""Aligners: audio and tokens to times. The registry; each aligner is a module of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from voxcue import registry
from voxcue.aligners.base import Aligner, Verifier
from voxcue.errors import UnavailableError

__all__ = ["Aligner", "Verifier", "aligner_class", "aligner_names", "fitting_aligners", "speaks"]

_BEST_FIRST = ("native", "ctc", "sphinx")
"""Those that "auto" prefers; the others follow by name."""


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


def fitting_aligners(language: str, *, marked: bool) -> Iterator[type[Aligner]]:
    """The aligners that can time words of a language here and now, the best first.

    Args:
        language: BCP 47 tag; "" for one that is not known.
        marked: whether the engine has left times of its own.
    """
    rank = {name: place for place, name in enumerate(_BEST_FIRST)}
    for name in sorted(aligner_names(), key=lambda each: rank.get(each, len(rank))):
        with suppress(UnavailableError):  # one that cannot be imported is no reason not to speak
            found = aligner_class(name)
            if found.ready() and speaks(found.languages, language) and (marked or not found.needs_marks):
                yield found


def speaks(known: Collection[str], language: str) -> bool:
    """Whether a language (BCP 47) is among those known; "*" stands for every one."""
    return bool({"*", language, language.partition("-")[0].lower()} & set(known))
