"""What an aligner is: audio and the tokens said in it, to a time for every token.

How to add an aligner, from this package or your own:

1. Write a class with the members of `Aligner`. Import heavy packages inside it, not at module level.
2. In `align`, find a `Span` for as many tokens as you can, then return ``fill.words(...)``: it times the
   rest from their neighbours and keeps the promise that the whole of Voxcue rests on.
3. If it can tell that something else is said than the tokens, give it a method ``verify`` as well: it is a
   `Verifier` then.
4. Register it under the entry-point group ``voxcue.aligners`` and run ``voxcue aligners``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, runtime_checkable

from voxcue.types import Clip, Token, Verdict, Word


class Aligner(Protocol):
    """Finds when each token is said. Made without arguments; loads its model when first used.

    ``languages`` are BCP 47 tags, "*" for any; ``needs_marks`` says that it reads the engine's own times
    and works only on clips that carry them.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    languages: ClassVar[frozenset[str]]
    needs_marks: ClassVar[bool]

    @classmethod
    def ready(cls) -> bool:
        """Whether "auto" may choose it: it needs no setting that is missing. Loads nothing."""
        ...

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Time every token, in order, each once, in seconds from the start of the clip.

        ``0 <= start <= end <= clip.duration``, no two words overlap, and no word that is said has zero
        length.

        Raises:
            AlignmentError: the tokens cannot be what is said in the clip.
        """
        ...


@runtime_checkable
class Verifier(Protocol):
    """An aligner that hears whether an utterance says its tokens: each once, in order, and nothing else."""

    name: ClassVar[str]

    def verify(self, clip: Clip, tokens: Sequence[Token]) -> Verdict | None:
        """What is doubtful in one utterance, times in seconds from the start of the clip.

        An utterance of which next to nothing is heard is a verdict as well, of score 0. ``None`` where it
        cannot tell: it does not know most of the words.
        """
        ...
