"""Speech for the tests: sentences spoken by the real embedded engine, word by word as they stand."""

from __future__ import annotations

from collections.abc import Sequence

from voxcue.engines import SynthesisRequest, VoicePrompt
from voxcue.engines.hibari import HibariEngine
from voxcue.types import Clip, Token, Utterance

ENGINE = HibariEngine()

SENTENCES = (
    "The Time Traveller, for so it will be convenient to speak of him, was expounding a matter to us.",
    "His grey eyes shone and twinkled, and his usually pale face was flushed and animated.",
    "Yes.",
    "You must follow me carefully; I shall have to controvert one or two ideas.",
    "The geometry, for instance, they taught you at school is founded on a misconception.",
    "Is not that rather a large thing to expect us to begin upon?",
    "No!",
    "It is simply this: that space, as our mathematicians have it, is spoken of as having length.",
)


def utterance(text: str) -> Utterance:
    """The text cut at single spaces; what holds no letter is a silent token."""
    words = text.split(" ")
    offsets = [sum(len(word) + 1 for word in words[:index]) for index in range(len(words))]
    return Utterance(tuple(map(Token, words, words, offsets)), 0.3)


def prompt() -> VoicePrompt:
    """The default voice, loaded once."""
    return ENGINE.prepare("heart")


def request(text: str, speed: float = 1.0, seed: int = 0) -> SynthesisRequest:
    """What asks the engine for a text."""
    return SynthesisRequest(utterance(text), prompt(), speed, seed)


def say(text: str, speed: float = 1.0, seed: int = 0) -> Clip:
    """One utterance, spoken alone."""
    return say_all([request(text, speed, seed)])[0]


def say_all(requests: Sequence[SynthesisRequest]) -> list[Clip]:
    """A batch, spoken together."""
    return list(ENGINE.synthesize(requests))
