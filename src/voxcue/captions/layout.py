"""Timed words to cues: where cues and lines break, chosen as a whole by dynamic programming.

Every way to cut the words into cues has a cost; the cheapest is taken. Words, their order and their times
are never changed. Nothing here knows of styles, fonts or files.

The rules, most important first; a rule gives way only to those above it:

1. every word once, in order; cues do not overlap and end within ``duration``;
2. a line is no wider than ``columns`` (a single longer word stands alone on its line), at most two lines;
3. no cue spans a paragraph break or a silence of ``long_pause``, or speech longer than ``max_duration``;
4. no cue is without a spoken word;
5. cues last ``min_duration`` and can be read at ``chars_per_second``: a cue stays on after its last word
   until it has, or the next begins;
6. cues end at sentence ends, then at clause ends and pauses, never after a little word such as "the";
7. lines are balanced, the lower one longer; no cue or line of one short word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from voxcue.captions.breaks import Breaks, find_breaks
from voxcue.captions.cue_times import cue_times
from voxcue.captions.cues import Cue, CueLimits, columns
from voxcue.types import Word

_CUE = 25.0
"""The price of a cue: without it, more and shorter cues would always win."""
_SILENT = 1e6
_INFINITE = float("inf")


def layout(
    words: Sequence[Word], limits: CueLimits | None = None, duration: float | None = None
) -> list[Cue]:
    """Group timed words into cues.

    ``words`` are in order and do not overlap; ``duration`` is the length of the whole in seconds, which no
    cue outlasts (without it the last cue may linger freely). Takes time linear in the number of words.
    """
    if not words:
        return []
    plan = _Plan(words, limits or CueLimits(), duration)
    groups = plan.solve()
    times = cue_times([words[first:last] for first, last, _ in groups], plan.limits, duration)
    return [
        Cue(start, end, _lines(words, first, middle, last))
        for (start, end), (first, last, middle) in zip(times, groups, strict=True)
    ]


def _lines(words: Sequence[Word], first: int, middle: int, last: int) -> tuple[tuple[Word, ...], ...]:
    if middle in (first, last):
        return (tuple(words[first:last]),)
    return tuple(words[first:middle]), tuple(words[middle:last])


class _Plan:
    """The search: prefix sums over the words, so that the cost of any cue takes constant time."""

    def __init__(self, words: Sequence[Word], limits: CueLimits, duration: float | None) -> None:
        self.limits = limits
        self.count = len(words)
        self.breaks: Breaks = find_breaks(words, limits)
        widths = [columns(word.text) for word in words]
        self.blanks = [1 if word.space else 0 for word in words]
        # A word wider than a line counts as exactly one line: it then fits alone and with nothing else.
        capped = [max(1, min(width, limits.columns)) for width in widths]
        self.room = _prefix(width + blank for width, blank in zip(capped, self.blanks, strict=True))
        self.chars = _prefix(width + blank for width, blank in zip(widths, self.blanks, strict=True))
        self.spoken = _prefix(1 if word.spoken else 0 for word in words)
        self.sentences = _prefix(1 if is_end else 0 for is_end in self.breaks.sentence)
        self.pauses = _prefix(min(pause / limits.pause, 2.0) ** 2 * 12 for pause in self.breaks.pause)
        self.next_start, self.last_end = _speech_bounds(words, duration)

    def solve(self) -> list[tuple[int, int, int]]:
        """The best cues, as (first word, past the last word, first word of the second line)."""
        best = [0.0] + [_INFINITE] * self.count
        came: list[tuple[int, int]] = [(0, 0)] * (self.count + 1)
        for last in range(1, self.count + 1):
            for first in range(last - 1, -1, -1):
                if not self._may_hold(first, last):
                    break
                split_cost, middle = self._split(first, last)
                cost = best[first] + split_cost
                if cost >= best[last]:
                    continue
                cost += self._cost(first, last)
                if cost < best[last]:
                    best[last], came[last] = cost, (first, middle)
        groups: list[tuple[int, int, int]] = []
        last = self.count
        while last:
            first, middle = came[last]
            groups.append((first, last, middle))
            last = first
        return groups[::-1]

    def _width(self, first: int, last: int) -> float:
        return self.room[last] - self.room[first] - self.blanks[last - 1]

    def _may_hold(self, first: int, last: int) -> bool:
        """Whether words ``first`` to ``last`` can be one cue; once false, false for every earlier first."""
        if first == last - 1:
            return True
        if self.breaks.forced[first + 1]:
            return False
        if self._width(first, last) > self.limits.columns * self.limits.lines + 1:
            return False
        if self.spoken[last] - self.spoken[first] < 2:
            return True
        return self.last_end[last] - self.next_start[first] <= self.limits.max_duration

    def _split(self, first: int, last: int) -> tuple[float, int]:
        """The cost of the best line break, and its place; one line has none (its place is ``first``)."""
        width = self.limits.columns
        if self._width(first, last) <= width:
            return 0.0, first
        best, place = _INFINITE, first
        if self.limits.lines < 2:
            return best, place
        for middle in range(last - 1, first, -1):
            lower = self._width(middle, last)
            if lower > width:
                break
            upper = self._width(first, middle)
            if upper > width:
                continue
            cost = self.breaks.cost[middle] * 0.4 + abs(lower - upper) * 20 / width
            if upper > lower:
                cost += 3
            if (middle == last - 1 and lower * 3 < width) or (middle == first + 1 and upper * 3 < width):
                cost += 12
            if cost < best:
                best, place = cost, middle
        return best, place

    def _cost(self, first: int, last: int) -> float:
        spoken = self.spoken[last] - self.spoken[first]
        if not spoken:
            return _SILENT
        inner = self.sentences[last] - self.sentences[first + 1]
        cost = _CUE + self.breaks.cost[last] + self.pauses[last] - self.pauses[first + 1]
        cost += inner * (8.0 if self.breaks.sentence[last] else 30.0)
        return cost + self._cost_of_shortness(first, last, spoken)

    def _cost_of_shortness(self, first: int, last: int, spoken: float) -> float:
        limits = self.limits
        start = self.next_start[first]
        end = max(self.last_end[last], self.next_start[last] - limits.gap)
        seconds = max(min(end - start, limits.max_duration), 1e-3)
        chars = self.chars[last] - self.chars[first] - self.blanks[last - 1]
        cost = 0.0
        if seconds < limits.min_duration:
            cost += 20 + 60 * (1 - seconds / limits.min_duration)
        speed = chars / seconds
        if speed > limits.chars_per_second:
            cost += min((speed - limits.chars_per_second) * 3, 40.0)
        if speed > limits.max_chars_per_second:
            cost += min((speed - limits.max_chars_per_second) * 4, 40.0)
        if spoken == 1:
            cost += 20
        short = 1 - chars / (0.4 * limits.columns)
        return cost + max(short, 0.0) * 35


def _prefix(values: Iterable[float]) -> list[float]:
    return [0, *accumulate(values)]


def _speech_bounds(words: Sequence[Word], duration: float | None) -> tuple[list[float], list[float]]:
    """For every boundary: when speech next begins after it, and when speech last ended before it."""
    following = max(duration or _INFINITE, words[-1].end)
    next_start = [following] * (len(words) + 1)
    for index in range(len(words) - 1, -1, -1):
        if words[index].spoken:
            following = words[index].start
        next_start[index] = following
    previous = 0.0
    last_end = [previous]
    for word in words:
        if word.spoken:
            previous = word.end
        last_end.append(previous)
    return next_start, last_end
