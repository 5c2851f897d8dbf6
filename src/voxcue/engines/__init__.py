"""Engines: text to audio. The registry; each engine is a module of its own."""

from __future__ import annotations

from voxcue import registry
from voxcue.engines.base import Engine, EngineTraits, SynthesisRequest, VoicePrompt

__all__ = ["Engine", "EngineTraits", "SynthesisRequest", "VoicePrompt", "engine_class", "engine_names"]


def engine_names() -> list[str]:
    """The names of all registered engines, without importing any."""
    return registry.names("engine")


def engine_class(name: str) -> type[Engine]:
    """The class of an engine; its traits are readable without loading its model.

    Raises:
        UsageError: no engine of that name.
        UnavailableError: a package that it needs is missing.
    """
    loaded: type[Engine] = registry.load("engine", name)
    return loaded
