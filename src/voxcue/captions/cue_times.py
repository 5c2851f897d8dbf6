"""When cues appear and disappear, given the words of each.

A cue appears with its first spoken word and stays until it can have been read, but never into the next
cue. Knows nothing of how the words were grouped, of styles or of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from voxcue.captions.cues import CueLimits, columns, line_text
from voxcue.types import Word

_FRAME = 0.04
"""The least time for a cue of silent words only, in seconds, where there is room for it."""


def cue_times(
    groups: Sequence[Sequence[Word]], limits: CueLimits, duration: float | None
) -> list[tuple[float, float]]:
    """The (start, end) of each group of words, in seconds: ``start < end``, no overlap.

    A cue ends ``linger`` after its last word, or later if it is short or dense, but before the next one:
    at least ``gap`` before where the speech leaves room for it, else exactly at its start.
    """
    speech = _speech(groups, limits, duration)
    whole = max(duration if duration is not None else float("inf"), speech[-1][1])
    times = []
    for index, (group, (start, end)) in enumerate(zip(groups, speech, strict=True)):
        following = speech[index + 1][0] if index + 1 < len(speech) else None
        latest = max(end, start + limits.max_duration)
        wanted = min(max(end + limits.linger, start + _reading_time(group, limits)), latest)
        if following is None:
            shown_until = min(wanted, whole)
        elif following - limits.gap <= end:
            shown_until = following  # chained: no room for a gap
        else:
            shown_until = _before(following - limits.gap, end, wanted, latest, limits)
        times.append((start, max(shown_until, end)))
    return times


def _before(limit: float, end: float, wanted: float, latest: float, limits: CueLimits) -> float:
    """``wanted``, but by ``limit``; a gap too short to be seen as one is made as short as may be."""
    if limit - wanted < limits.linger:
        wanted = max(wanted, min(end + 2 * limits.linger, latest))
    return min(wanted, limit)


def _reading_time(group: Sequence[Word], limits: CueLimits) -> float:
    return max(limits.min_duration, columns(line_text(group)) / limits.chars_per_second)


def _speech(
    groups: Sequence[Sequence[Word]], limits: CueLimits, duration: float | None
) -> list[tuple[float, float]]:
    """When the speech of each group starts and ends; groups of silent words only get a made-up place."""
    spans = [_span(group) for group in groups]
    spoken = [index for index, span in enumerate(spans) if span is not None]
    if len(spoken) == len(groups):
        return [span for span in spans if span is not None]
    return _fill(spans, spoken, _whole(groups, limits, duration))


def _span(group: Sequence[Word]) -> tuple[float, float] | None:
    times = [(word.start, word.end) for word in group if word.spoken]
    if not times or times[-1][1] <= times[0][0]:
        return None
    return times[0][0], times[-1][1]


def _whole(
    groups: Sequence[Sequence[Word]], limits: CueLimits, duration: float | None
) -> tuple[float, float]:
    first, last = groups[0][0].start, groups[-1][-1].end
    end = duration if duration is not None else last + len(groups) * limits.min_duration
    end = max(end, last)
    return min(first, max(0.0, end - len(groups) * _FRAME)), end


def _fill(
    spans: list[tuple[float, float] | None], spoken: list[int], whole: tuple[float, float]
) -> list[tuple[float, float]]:
    """Give every run of ``None`` equal shares of the silence it stands in.

    Where that silence is too short, the run takes up to half of the neighbour's time: such runs are
    longer than two lines of signs that nobody says, which no way of showing does justice.
    """
    filled = list(spans)
    for before, after in pairwise([-1, *spoken, len(spans)]):
        count = after - before - 1
        if not count:
            continue
        start, end = whole
        previous = filled[before] if before >= 0 else None
        following = filled[after] if after < len(spans) else None
        if previous is not None:
            start = previous[1]
        if following is not None:
            end = following[0]
        if end - start < count * _FRAME and previous is not None:
            start = max((previous[0] + previous[1]) / 2, min(start, end - count * _FRAME))
            filled[before] = (previous[0], start)
        elif end - start < count * _FRAME and following is not None:
            end = min((following[0] + following[1]) / 2, start + count * _FRAME)
            filled[after] = (end, following[1])
        end = max(end, start + 1e-3 * count) if following is None else end
        step = (end - start) / count
        for index in range(count):
            filled[before + 1 + index] = (start + index * step, start + (index + 1) * step)
    return [span for span in filled if span is not None]
