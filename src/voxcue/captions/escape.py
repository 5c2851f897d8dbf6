"""User text made safe for each caption format, so that it is shown as written and never acts as markup.

Knows the escaping rules of the formats and of the players that read them; nothing of words or cues.
"""

from __future__ import annotations

import re

JOINER = "\u2060"
"""WORD JOINER: invisible, of no width, and it keeps two characters from being read as one command."""
_BLANK = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]+")
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` on one line and encodable as UTF-8.

    Line ends and tabs become a blank; other control characters and lone surrogates become U+FFFD.
    """
    return _UNUSABLE.sub("\ufffd", _BLANK.sub(" ", text))


def encodable(text: str) -> str:
    """``text`` with lone surrogates, which no UTF-8 file can hold, replaced by U+FFFD; else unchanged."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def escape_ass(text: str) -> str:
    r"""For an ASS event.

    libass shows ``\{`` and ``\}`` as braces. A backslash has no escape: a joiner after it keeps it from
    forming ``\N``, ``\n`` or ``\h`` with what follows, or from escaping a brace of ours. A renderer that does
    not know ``\{`` takes the braces for an override block, in which the joiners leave no tag to act on.
    """
    text = printable(text).replace("\\", "\\" + JOINER)
    return text.replace("{", "\\{").replace("}", "\\}")


def escape_srt(text: str) -> str:
    r"""For SubRip, which has no escapes.

    Players take ``<i>``, ``{\an8}`` and ``\N`` for markup, and those that draw through libass (ffmpeg, mpv,
    VLC) hide anything in braces. A joiner after ``<``, ``\`` and within ``-->`` is not seen and leaves no
    markup; braces become full-width ones, which look the same and are shown everywhere.
    """
    text = re.sub(r"([<\\])", r"\1" + JOINER, printable(text))
    return text.replace("-->", f"--{JOINER}>").translate({ord("{"): "\uff5b", ord("}"): "\uff5d"})


def escape_vtt(text: str) -> str:
    """For a WebVTT cue: the three characters that begin markup or a timing arrow become references."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
