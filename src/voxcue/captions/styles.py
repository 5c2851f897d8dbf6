"""The looks of ASS captions: type, colours, margins, effect and cue limits, as named presets.

A style says everything that ``ass`` needs to draw cues; it does not know how that is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from voxcue.captions.cues import CueLimits
from voxcue.errors import UsageError

Effect = Literal["karaoke", "highlight", "plain"]


@dataclass(frozen=True, slots=True)
class Style:
    """A look. Lengths are pixels of a ``width`` by ``height`` picture, colours are ``#RRGGBB``.

    ``karaoke`` sweeps ``accent`` over the words as they are said, ``highlight`` shows the word being said
    in ``accent``, ``plain`` leaves all words in ``colour``.
    """

    name: str
    effect: Effect
    width: int = 1920
    height: int = 1080
    font: str = "Montserrat"
    bold: bool = True
    """Whether to ask for the bold face of the family; false where the family is itself a heavy one."""
    size: float = 88
    colour: str = "#FFFFFF"
    accent: str = "#FFD21F"
    outline_colour: str = "#0B0B12"
    outline: float = 6.5
    shadow: float = 2.5
    box: bool = False
    """Whether a translucent box lies behind the text, in place of an outline."""
    pop: float = 1.0
    """How much larger the highlighted word is drawn, without moving its neighbours."""
    margin_side: int = 160
    margin_bottom: int = 80
    limits: CueLimits = field(default_factory=CueLimits)

    @property
    def line_width(self) -> float:
        """The room for a line of text, in pixels."""
        return self.width - 2 * self.margin_side


def _vertical(landscape: Style) -> Style:
    """The variant for 1080 by 1920: big type, short lines, clear of the buttons that apps lay over it."""
    return replace(
        landscape,
        name=f"{landscape.name}-vertical",
        width=1080,
        height=1920,
        font="Montserrat ExtraBold",
        bold=False,
        size=124,
        outline=9.5,
        shadow=4.0,
        pop=1.12 if landscape.pop > 1 else 1.0,
        margin_side=70,
        margin_bottom=440,
        limits=CueLimits(columns=18),
    )


_LANDSCAPE = (
    Style("karaoke", "karaoke"),
    Style("highlight", "highlight", accent="#5CFF7A", pop=1.06),
    Style("plain", "plain"),
    Style("boxed", "highlight", box=True),
)
FONT_SIZES = (24.0, 300.0)
"""The smallest and largest type that can be asked for, in pixels of the style's picture."""

_STYLES = {style.name: style for style in (*_LANDSCAPE, *map(_vertical, _LANDSCAPE))}


def style_names() -> tuple[str, ...]:
    """The names of all styles."""
    return tuple(_STYLES)


def style(name: str, font_size: float | None = None) -> Style:
    """The style called ``name``, its type ``font_size`` pixels high where that is given.

    Raises ``UsageError``: ``style-unknown``, or ``font-size-range``.
    """
    try:
        found = _STYLES[name]
    except KeyError:
        raise UsageError(
            "style-unknown",
            f"There is no caption style called '{name}'; known: {', '.join(_STYLES)}.",
            "Run 'voxcue styles' to see what they are made for.",
        ) from None
    if font_size is None:
        return found
    low, high = FONT_SIZES
    if not low <= font_size <= high:
        raise UsageError(
            "font-size-range",
            f"A font size of {font_size:g} pixels is outside {low:g} to {high:g}.",
            f"The style '{name}' has {found.size:g} of itself.",
        )
    scale = font_size / found.size
    return replace(
        found, size=font_size, outline=round(found.outline * scale, 2), shadow=round(found.shadow * scale, 2)
    )
