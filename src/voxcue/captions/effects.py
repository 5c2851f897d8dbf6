r"""The effects of ASS captions: what the events of one cue say, in override tags.

Times are whole centiseconds here, rounded once from absolute times, so that the ``\k`` durations of a cue add
up exactly to its event. Knows nothing of files, nor of how cues were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from voxcue.captions.escape import escape_ass
from voxcue.captions.fitting import Fit, Piece, runs, text_width
from voxcue.captions.metrics import EMOJI
from voxcue.captions.styles import Effect, Style

SHADOW_ALPHA = 0x78
_STAY = 30
"""A highlight stays on over a silence shorter than this (centiseconds), so that it does not flicker."""


@dataclass(frozen=True, slots=True)
class TimedPiece:
    """A piece of a cue with its time in centiseconds, within its cue, and the blank or line end after it."""

    piece: Piece
    start: int
    end: int
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of a cue: from ``start`` to ``end``, in centiseconds; a higher layer lies on top."""

    start: int
    end: int
    text: str
    layer: int = 0


def timed_pieces(fitted: Fit, start: int, end: int) -> list[TimedPiece]:
    """The pieces with their times, in order and within ``start`` to ``end``."""
    timed = []
    clock = start
    for row, line in enumerate(fitted.lines):
        for place, piece in enumerate(line):
            begin = min(max(round(piece.word.start * 100), clock), end)
            clock = min(max(round(piece.word.end * 100), begin), end)
            after = " " if piece.word.space else ""
            if place == len(line) - 1:
                after = "" if row == len(fitted.lines) - 1 else r"\N"
            timed.append(TimedPiece(piece, begin, clock, after))
    return timed


def _plain(pieces: Sequence[TimedPiece], start: int, end: int, style: Style) -> list[Shown]:
    return [Shown(start, end, "".join(_text(timed, style) + timed.after for timed in pieces))]


def _karaoke(pieces: Sequence[TimedPiece], start: int, end: int, style: Style) -> list[Shown]:
    r"""``\kf`` for each word and ``\k`` for each silence before, between and after them."""
    out = []
    clock = start
    blank = ""
    for timed in pieces:
        if timed.start > clock:
            out.append(f"{{\\k{timed.start - clock}}}")
        out.append(blank)
        out.append(_swept(timed, style))
        clock, blank = timed.end, timed.after
    if clock < end:
        out.append(f"{{\\k{end - clock}}}")
    return [Shown(start, end, "".join(out))]


def _highlight(pieces: Sequence[TimedPiece], start: int, end: int, style: Style) -> list[Shown]:
    """One state after the other: nothing lit, or one word."""
    shown = []
    for begin, until, lit in _states(pieces, start, end):
        if lit is None:
            shown += _plain(pieces, begin, until, style)
        elif style.pop == 1.0:
            shown.append(Shown(begin, until, _lit(pieces, lit, style)))
        else:
            # The lit word has its own layer: drawn larger there, it stays centred where it was, while
            # in one layer its neighbours would be pushed aside.
            if len(pieces) > 1:
                shown.append(Shown(begin, until, _without(pieces, lit, style)))
            shown.append(Shown(begin, until, _alone(pieces, lit, style), layer=1))
    return shown


def _swept(timed: TimedPiece, style: Style) -> str:
    r"""A word under ``\kf``; the parts of a cut word share its time (a sweep is one row long)."""
    parts = timed.piece.parts
    reached = list(accumulate(text_width(part, style) for part in parts))
    ends = [round((timed.end - timed.start) * reach / max(reached[-1], 1e-9)) for reach in reached[:-1]]
    ends.append(timed.end - timed.start)
    return r"\N".join(
        f"{{\\kf{end - begin}}}{_with_emoji(part, style)}"
        for part, begin, end in zip(parts, [0, *ends], ends, strict=False)
    )


EFFECTS: Mapping[Effect, Callable[[Sequence[TimedPiece], int, int, Style], list[Shown]]] = {
    "plain": _plain,
    "karaoke": _karaoke,
    "highlight": _highlight,
}
"""For each effect, the function that draws up the events of a cue."""


def _states(pieces: Sequence[TimedPiece], start: int, end: int) -> list[tuple[int, int, int | None]]:
    """(start, end, index of the lit piece or ``None``), without gaps from ``start`` to ``end``."""
    states: list[tuple[int, int, int | None]] = []
    clock = start
    said = [
        index for index, timed in enumerate(pieces) if timed.piece.word.spoken and timed.end > timed.start
    ]
    for index, following in zip(said, [*said[1:], None], strict=False):
        if pieces[index].start > clock:
            states.append((clock, pieces[index].start, None))
        clock = pieces[index].end
        limit = end if following is None else pieces[following].start
        if limit - clock < _STAY:
            clock = limit
        states.append((pieces[index].start, clock, index))
    if clock < end:
        states.append((clock, end, None))
    return states


def _lit(pieces: Sequence[TimedPiece], lit: int, style: Style) -> str:
    """The cue with one word in the accent colour."""
    on, off = f"{{\\1c{_colour(style.accent)}}}", f"{{\\1c{_colour(style.colour)}}}"
    return "".join(
        (f"{on}{_text(timed, style)}{off}" if index == lit else _text(timed, style)) + timed.after
        for index, timed in enumerate(pieces)
    )


def _without(pieces: Sequence[TimedPiece], lit: int, style: Style) -> str:
    """The cue with one word invisible, though it keeps its place."""
    hide, show = r"{\alpha&HFF&}", f"{{\\alpha&H00&\\4a&H{SHADOW_ALPHA:02X}&}}"
    return "".join(
        (f"{hide}{_text(timed, style)}{show}" if index == lit else _text(timed, style)) + timed.after
        for index, timed in enumerate(pieces)
    )


def _alone(pieces: Sequence[TimedPiece], lit: int, style: Style) -> str:
    """The cue with all words invisible but one, which grows in the accent colour."""
    # No more than the blanks around it allow, or it would touch its neighbours.
    width = max(text_width(part, style) for part in pieces[lit].piece.parts)
    percent = round(100 * min(style.pop, 1 + 0.5 * text_width(" ", style) / max(width, 0.1)))
    hide = r"\alpha&HFF&\fscx100\fscy100"
    grow = f"\\t(0,90,\\fscx{percent}\\fscy{percent})"
    show = f"\\alpha&H00&\\4a&H{SHADOW_ALPHA:02X}&\\1c{_colour(style.accent)}{grow}"
    return f"{{{hide}}}" + "".join(
        (f"{{{show}}}{_text(timed, style)}{{{hide}}}" if index == lit else _text(timed, style)) + timed.after
        for index, timed in enumerate(pieces)
    )


def _text(timed: TimedPiece, style: Style) -> str:
    return r"\N".join(_with_emoji(part, style) for part in timed.piece.parts)


def _with_emoji(text: str, style: Style) -> str:
    """Escaped text, with emoji set in the emoji font (not every renderer falls back to one)."""
    return "".join(
        f"{{\\fn{EMOJI}}}{escape_ass(run)}{{\\fn{style.font}}}" if is_emoji else escape_ass(run)
        for is_emoji, run in runs(text, style)
    )


def _colour(value: str) -> str:
    return f"&H{value[5:7]}{value[3:5]}{value[1:3]}&"
