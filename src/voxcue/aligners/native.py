"""The aligner that asks nobody: the engine already knows when it said each token."""

from __future__ import annotations

from collections.abc import Sequence

from voxcue.aligners import fill
from voxcue.errors import AlignmentError
from voxcue.types import Clip, Token, Word


class NativeAligner:
    """Takes the times that the engine left in ``Clip.marks``."""

    name = "native"
    description = "the engine's own word times"
    languages = frozenset({"*"})
    needs_marks = True

    @classmethod
    def ready(cls) -> bool:
        """Always: it needs no setting."""
        return True

    def align(self, clip: Clip, tokens: Sequence[Token]) -> list[Word]:
        """Turn marks into words."""
        if clip.marks is None:
            raise AlignmentError(
                "marks-missing",
                "The aligner 'native' needs an engine that times its own words, and this one does not.",
                "Choose another aligner; 'voxcue aligners' lists them.",
            )
        return fill.words(tokens, clip.marks, clip.duration)
