"""What libass makes of the text of an event: its rules for tags and escapes, in a few lines."""

from __future__ import annotations

import re

from voxcue.captions.escape import JOINER


def parse(text: str) -> tuple[list[str], str]:
    """The override blocks and the displayed text of an event, by the rules of libass."""
    tags, shown = [], ""
    place = 0
    while place < len(text):
        close = text.find("}", place)
        if text[place] == "{" and close > 0:
            tags.append(text[place + 1 : close])
            place = close + 1
        elif text[place : place + 2] in ("\\N", "\\n", "\\h", "\\{", "\\}"):
            shown += text[place + 1] if text[place + 1] in "{}" else " "
            place += 2
        else:
            shown += text[place]
            place += 1
    return tags, shown


def squeezed(text: str) -> str:
    """Text without the white space and joiners in which a faithful rendering may differ."""
    return re.sub(r"\s", "", text).replace(JOINER, "")
