"""Listening to what an engine said: what is doubtful is flagged, or spoken again and the best one kept.

Who listens is an aligner; this module knows what follows from what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from voxcue.aligners import Aligner, Verifier, fitting_aligners
from voxcue.errors import UsageError
from voxcue.pipeline.second_opinion import SecondOpinion
from voxcue.settings import settings
from voxcue.types import Check, Clip, Doubt, Utterance, Verdict, Verification

MODES = ("off", "flag", "retry")


@dataclass(frozen=True, slots=True)
class Verifying:
    """How the utterances of a reading are verified.

    ``mode`` is "flag" or "retry"; ``attempts`` is how often an utterance is spoken again at most.
    """

    verifier: Verifier
    mode: str
    attempts: int
    opinion: SecondOpinion | None = None

    def best(self, clip: Clip, utterance: Utterance, again: Iterator[Clip]) -> tuple[Clip, Check | None]:
        """The clip of an utterance in which least is doubtful, and what was heard.

        Args:
            clip: as it was spoken first.
            utterance: what it should say.
            again: speaks it once more, differently, each time; asked only for what is doubtful.

        Returns:
            The check has indices and times of the utterance; `placed` makes them those of the whole.
        """
        verdict = self._verdict(clip, utterance)
        if verdict is None:
            return clip, None
        tried = [(clip, verdict)]
        while self.mode == "retry" and tried[-1][1].doubts and len(tried) <= self.attempts:
            other = next(again)
            tried.append((other, self._verdict(other, utterance) or _unheard(other, utterance)))
        scores = tuple(each.score for _, each in tried)
        kept = max(range(len(tried)), key=lambda at: (not tried[at][1].doubts, scores[at], -at))
        return tried[kept][0], Check(0, len(utterance.tokens) - 1, scores, kept, tried[kept][1].doubts)

    def _verdict(self, clip: Clip, utterance: Utterance) -> Verdict | None:
        verdict = self.verifier.verify(clip, utterance.tokens)
        if verdict and verdict.doubts and self.opinion:
            return self.opinion.on(verdict, clip, utterance)
        return verdict


def verifying(
    mode: str | None, attempts: int | None, language: str, *, clones: bool, aligner: Aligner
) -> Verifying | None:
    """Who verifies, and how; ``None`` if nobody does.

    Args:
        mode: one of `MODES`, or "auto"; ``None`` takes the setting.
        attempts: of "retry"; ``None`` takes the setting.
        language: BCP 47 tag of what is said.
        clones: whether the engine clones voices.
        aligner: what times the words; it verifies too, if it can.

    Raises:
        UsageError: ``verify-unknown``; ``attempts-range``; ``verify-unfit``, verification was asked for and
            nothing that is installed can.
        UnavailableError: ``asr-missing``.
    """
    asked = mode or settings().verify
    wanted = {"auto": "retry" if clones else "flag"}.get(asked, asked)
    if wanted not in MODES:
        raise UsageError(
            "verify-unknown", f"There is no verification called '{asked}'; known: {', '.join(MODES)}.", ""
        )
    times = settings().verify_attempts if attempts is None else attempts
    if not 1 <= times <= 20:
        raise UsageError("attempts-range", f"{times} attempts are not between 1 and 20.", "Three is usual.")
    if wanted == "off":
        return None
    verifier = aligner if isinstance(aligner, Verifier) else _listener(language)
    if verifier is None and asked == "auto":
        return None
    if verifier is None:
        raise UsageError(
            "verify-unfit",
            f"No installed aligner can tell whether '{language}' is said as it is written.",
            "Set VOXCUE_CTC_MODEL to a model of that language, or leave verification off.",
        )
    return Verifying(verifier, wanted, times, SecondOpinion(language) if settings().verify_asr else None)


def placed(check: Check | None, words: int, start: float) -> Check | None:
    """A check of an utterance before which there are so many words and seconds."""
    if check is None:
        return None
    doubts = tuple(_placed(doubt, words, start) for doubt in check.doubts)
    return replace(check, first=check.first + words, last=check.last + words, doubts=doubts)


def summary(how: Verifying | None, checks: Iterable[Check | None]) -> Verification | None:
    """What verification found in a whole speech, from the checks of its utterances."""
    if how is None:
        return None
    judged = [check for check in checks if check]
    notable = tuple(check for check in judged if check.doubts or len(check.scores) > 1)
    return Verification(how.verifier.name, how.mode, len(judged), notable)


def _placed(doubt: Doubt, words: int, start: float) -> Doubt:
    return Doubt(doubt.kind, doubt.start + start, doubt.end + start, doubt.first + words, doubt.last + words)


def _unheard(clip: Clip, utterance: Utterance) -> Verdict:
    """The verdict on an attempt that cannot be judged, where another could: it is no better than silence."""
    return Verdict(0.0, (Doubt("mumbled", 0.0, clip.duration, 0, len(utterance.tokens) - 1),))


def _listener(language: str) -> Verifier | None:
    for found in fitting_aligners(language, marked=False):
        if hasattr(found, "verify"):
            made = found()
            assert isinstance(made, Verifier)
            return made
    return None
