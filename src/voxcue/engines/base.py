"""What an engine is: text to audio, and nothing else.

How to add an engine, from this package or your own:

1. Write a class with the members of `Engine`. Import heavy packages inside it, not at module level:
   listing engines must stay cheap.
2. Fill `EngineTraits` honestly: the rest of Voxcue asks the traits, never the name.
3. In `synthesize`, yield one `Clip` per request, in order, as soon as each is ready. If the model knows
   when each token is said, fill ``Clip.marks``: alignment is then free and exact.
4. Say how it shares one machine: ``batch_size`` utterances in one pass of the model, ``passes`` at once. A
   server calls ``synthesize`` from up to ``passes`` threads, each time with at most ``batch_size`` requests.
5. Register it under the entry-point group ``voxcue.engines`` and run ``voxcue engines``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from voxcue.types import Clip, Reference, Utterance, Voice


@dataclass(frozen=True, slots=True)
class EngineTraits:
    """What an engine can do, known without loading its model.

    ``languages`` are BCP 47 tags; ``speeds`` the slowest and fastest pace it takes, 1.0 being its own;
    ``max_characters`` the longest spoken form it reads well in one utterance; ``fixes_durations`` whether it
    keeps to the length that a request asks for. ``batch_size`` is how many
    utterances one pass of the model takes at a gain over one by one (1: it gains nothing), ``passes`` how
    many passes run side by side: 1 for a model that fills a GPU, the cores that the process may use for a
    model whose pass runs on one core.
    """

    description: str
    languages: tuple[str, ...]
    clones_voices: bool
    times_words: bool
    licence: str
    speeds: tuple[float, float] = (0.5, 2.0)
    max_characters: int = 300
    fixes_durations: bool = False
    batch_size: int = 1
    passes: int = 1


@dataclass(frozen=True, slots=True)
class VoicePrompt:
    """A voice made ready by one engine: ``data`` is that engine's own business.

    ``max_characters`` is the longest spoken form that the engine reads well in this voice at speed 1, where
    that is less than `EngineTraits` says.
    """

    voice: Voice
    data: Any
    max_characters: int | None = None


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """One utterance to speak: with which voice, how fast (1.0 is the engine's own pace) and from which seed.

    ``duration`` fixes how long the speech lasts, in seconds, whatever the speed; engines whose traits say
    so take it. The same request gives the same audio on the same device, whatever else is in the batch.
    """

    utterance: Utterance
    prompt: VoicePrompt
    speed: float = 1.0
    seed: int = 0
    duration: float | None = None


class Engine(Protocol):
    """Text to audio. Made without arguments; loads its model when first needed, or when told to.

    What is registered has its three attributes on the class: they are read without making one.
    """

    name: str
    traits: EngineTraits
    sample_rate: int

    def voices(self) -> Sequence[Voice]:
        """The voices that can be named, the default first; none for an engine that only clones."""
        ...

    def load(self) -> None:
        """Load the model now, so that nobody waits for it later.

        Raises:
            UnavailableError: the model is not here and cannot be fetched, or does not fit this machine.
        """
        ...

    def warm_up(self) -> str:
        """Do once, for this machine and its caches, what makes later starts and first requests fast.

        Returns:
            What was done, in a few words.

        Raises:
            UnavailableError: as `load`.
        """
        ...

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        """Make a voice ready, one of its own by name or one to clone; cheap when it already is.

        Raises:
            UsageError: ``voice-unknown``, listing the known ones; ``voice-uncloned``, it cannot clone.
            UnavailableError: ``voice-unavailable``, when it cannot be fetched.
        """
        ...

    def unspeakable(self, text: str) -> str:
        """The characters of a spoken form that this engine cannot say, each once, in order."""
        ...

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Yield one clip per request, in order, each as soon as it is ready."""
        ...
