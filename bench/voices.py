"""How often recordings are refused as references: those that are fit, and those that are not.

One line for each kind of recording, with the share that is refused and why; then one for each way in which a
text can belong, or not, to a recording.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable

from common import figure
from recordings import RATE, Recording, clipped, joined, music, over_music, pairs, pieces, said, speakers
from voxcue.errors import VoxcueError
from voxcue.types import Clip, Span
from voxcue.voices.checks import check_clipping, check_speaker
from voxcue.voices.stretches import Recording as Phrases
from voxcue.voices.words import check_heard, check_pace, listen


def main() -> None:
    """All figures."""
    recordings: dict[str, list[Recording]] = {}
    for source in (speakers(8), pairs(160), music(8), over_music(120), clipped(40)):
        for each in source:
            recordings.setdefault(each.kind, []).append(each)
    for kind, found in recordings.items():
        refusals = Counter(why for each in found if (why := refused(each.clip)))
        share = sum(refusals.values()) / len(found)
        figure(f"refused: {kind}", recordings=len(found), share=share, **refusals)
    mixed = [each for each in recordings["two-speakers"] if differ(each.source)]
    share = sum(bool(refused(each.clip)) for each in mixed) / len(mixed)
    figure("refused: two-speakers, a man and a woman", recordings=len(mixed), share=share)
    texts()


def refused(clip: Clip) -> str | None:
    """Why the sound is refused; ``None``: it is not."""
    try:
        check_clipping(clip)
        check_speaker(clip)
    except VoxcueError as error:
        return error.code
    return None


def differ(pair: str) -> bool:
    """Whether one is a man and the other is not."""
    men = ("_m_", "-kal", "-rms", "-awb", "+m4", "-en-us")
    first, second = (any(mark in f"{name} " for mark in men) for name in pair.split(" / "))
    return first != second


def texts() -> None:
    """Right and wrong texts for two sentences of the voices that speak English like people."""
    sentences = said(18)
    chance = random.Random("texts")
    wrong: dict[str, Callable[[list[str], str], str]] = {
        "right": lambda words, _: " ".join(words),
        "another": lambda _, other: other,
        "the last third missing": lambda words, _: " ".join(words[: 2 * len(words) // 3]),
        "the first third missing": lambda words, _: " ".join(words[len(words) // 3 :]),
        "a sentence too many": lambda words, other: " ".join(words) + " " + other,
        "one half wrong": lambda words, other: " ".join(words[: len(words) // 2]) + " " + other,
    }
    heard: dict[str, list[bool]] = {name: [] for name in wrong}
    for voice in ("flite-kal", "flite-slt", "flite-rms", "flite-awb", "hibari"):
        for index in range(0, 16, 2):
            clip = Clip(joined(pieces(voice)[index : index + 2]), RATE)
            words = " ".join(sentences[index : index + 2]).split()
            other = chance.choice([each for each in sentences if each not in " ".join(words)])
            for name, make in wrong.items():
                heard[name].append(mismatch(clip, make(words, other)))
    for name, found in heard.items():
        figure(f"refused: text, {name}", recordings=len(found), share=sum(found) / len(found))


def mismatch(clip: Clip, text: str) -> bool:
    """Whether a text is refused for a recording."""
    phrases: Iterable[Span] = Phrases(clip).phrases
    try:
        check_pace(text, sum(each.end - each.start for each in phrases), "en")
        check_heard(listen(clip, text, "en") or [], list(phrases))
    except VoxcueError:
        return True
    return False


if __name__ == "__main__":
    main()
