"""How long each utterance lasts, when the whole is to last so many seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from voxcue.engines import Engine
from voxcue.errors import UsageError
from voxcue.types import Script

_FASTEST = 0.02
"""Seconds per character of the spoken form below which nobody could follow."""


def check_duration(script: Script, duration: float | None, engine: Engine) -> None:
    """Find out whether a text can last so long.

    Raises:
        UsageError: ``duration-unfit``, the engine does not keep to a length; ``duration-range``.
    """
    if duration is None:
        return
    if not engine.traits.fixes_durations:
        raise UsageError(
            "duration-unfit",
            f"The engine '{engine.name}' cannot be told how long a text is to last.",
            "Leave the duration out, or choose an engine that can, such as f5.",
        )
    least = _silence(script) + _FASTEST * sum(_weights(script))
    if not (math.isfinite(duration) and duration >= least):
        raise UsageError(
            "duration-range",
            f"The text cannot last {duration:g} seconds: with its pauses it takes at least {least:.1f}.",
            "Ask for a longer duration, or leave it out.",
        )


def durations(script: Script, duration: float | None) -> Sequence[float | None]:
    """Seconds for each utterance, by the length of its spoken form, after the pauses are taken off."""
    weights = _weights(script)
    if duration is None:
        return [None] * len(weights)
    speech = duration - _silence(script)
    return [speech * weight / sum(weights) for weight in weights]


def _weights(script: Script) -> list[int]:
    return [len(utterance.spoken) for utterance in script.utterances]


def _silence(script: Script) -> float:
    return script.lead + sum(utterance.pause for utterance in script.utterances)
