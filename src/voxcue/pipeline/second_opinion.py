"""Whisper's opinion on words that an aligner doubts: what it hears as written was said.

A recogniser fills in little words that are not there, and drops what is said twice. So its word counts only
for longer words that seem to be missing or unclear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from importlib.util import find_spec

from voxcue.errors import AudioError, UnavailableError
from voxcue.types import Clip, Doubt, Utterance, Verdict
from voxcue.voices import transcribe

_LITTLE = 3
"""Letters of a word up to which it may be filled in."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Asks Whisper, in a language (BCP 47)."""

    language: str

    def __post_init__(self) -> None:
        if find_spec("faster_whisper") is None:
            raise UnavailableError(
                "asr-missing",
                "VOXCUE_VERIFY_ASR asks for a second opinion, and the package 'faster-whisper' is missing.",
                "Run: pip install 'voxcue[asr]'",
            )

    def on(self, verdict: Verdict, clip: Clip, utterance: Utterance) -> Verdict:
        """The verdict without the doubts that a transcript of the clip dispels."""
        try:
            heard = _words(transcribe(clip, self.language))
        except AudioError:  # no words in it
            return verdict
        said = [(at, word) for at, token in enumerate(utterance.tokens) for word in _words(token.spoken)]
        matcher = SequenceMatcher(None, [word for _, word in said], heard, autojunk=False)
        blocks = matcher.get_matching_blocks()
        found = {block.a + step for block in blocks for step in range(block.size)}
        sure = {at: True for at, _ in said}
        for number, (at, word) in enumerate(said):
            sure[at] = sure[at] and number in found and len(word) > _LITTLE
        left = tuple(doubt for doubt in verdict.doubts if not _is_dispelled(doubt, sure))
        gone = (1 - verdict.score) * (1 - len(left) / len(verdict.doubts))
        return replace(verdict, score=verdict.score + gone, doubts=left)


def _is_dispelled(doubt: Doubt, sure: Mapping[int, bool]) -> bool:
    """Whether all words that a doubt is about were heard; ``sure`` says it of the tokens that are said."""
    about = [sure[at] for at in range(doubt.first, doubt.last + 1) if at in sure]
    return doubt.kind in ("swallowed", "mumbled") and bool(about) and all(about)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower().replace("'", "").replace("\u2019", ""))
