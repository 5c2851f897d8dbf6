# ruff: noqa: SIM905
"""What is dictated rather than read: e-mail addresses, URLs, paths, file names, hashtags and mentions.

Punctuation inside them is named ("dot", "slash"), because it is part of what the listener must type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voxcue.text.pieces import Piece, Reading
from voxcue.text.symbols import figure, humps, join, letters

_NAMES = {".": "dot", "/": "slash", ":": "colon", "?": "question mark", "=": "equals", "&": "and",
          "#": "hash", "-": "dash", "_": "underscore", "+": "plus", "@": "at", "~": "tilde", "%": "percent",
          "\\": "backslash"}  # fmt: skip
_SPELLED = frozenset(
    """id uk us eu de fr io ai tv md py js ts css html htm php url api http https ftp www txt pdf csv
    tsv png jpg jpeg svg gif xml yml ini cfg srt vtt wav mp ogg ass ui ip db sql sh rs cpp hpp exe
    dll""".split()
)
_TOP = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|co|dev|app|uk|us|ca|au|de|fr|eu|nz|in|jp|tv|me|ly|fm|xyz|"
    "example"
)
_FILES = (
    "txt|md|rst|pdf|docx?|xlsx?|pptx?|csv|tsv|json|ya?ml|toml|ini|cfg|xml|html?|css|js|ts|py|rs|go|java|cpp|hpp|sh|"
    "exe|dll|zip|gz|tar|png|jpe?g|gif|svg|webp|wav|mp3|mp4|flac|ogg|opus|srt|vtt|ass|log|lock|env|sql|db|bin|epub"
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")
_SCHEME = re.compile(r"(?:https?|ftp|file|wss?|s3|git|mailto):(?://)?", re.IGNORECASE)
_WEB = re.compile(rf"(?:www\.\S+|(?:[\w-]+\.)+(?:{_TOP})(?::\d+)?(?:[/?#]\S*)?)", re.IGNORECASE)
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w.~-]\S*|[A-Za-z]:\\\S+")
_FILE = re.compile(rf"[\w./-]*\w\.(?:{_FILES})", re.IGNORECASE)
_HASHTAG = re.compile(r"#\w*[^\W\d_]\w*#?")
_MENTION = re.compile(r"@\w[\w.-]*")
_JOINED = re.compile(r"[^\W\d_]{2,}(?:\.[^\W\d_]+)+")
_PART = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|.", re.DOTALL)


def read_address(pieces: Sequence[Piece], index: int) -> Reading | None:
    """Read an address, a file name, a hashtag or a mention."""
    core = pieces[index].core
    if core == "NET" and pieces[index].opening == ".":
        return Reading(("dot net",))
    words = _tag(core) if core[:1] in {"#", "@"} else _address(core)
    return Reading((words,)) if words else None


def _tag(core: str) -> str:
    if _HASHTAG.fullmatch(core):
        return "hashtag " + " ".join(map(dictate, humps(core.strip("#"), all_of_them=True).split()))
    return dictate(core) if _MENTION.fullmatch(core) else ""


def _address(core: str) -> str:
    if not {".", "/", "@", "\\", ":"} & set(core):
        return ""
    if scheme := _SCHEME.match(core):
        return _web(core[scheme.end() :])
    if _WEB.fullmatch(core):
        return _web(core)
    if _EMAIL.fullmatch(core) or _PATH.fullmatch(core) or _FILE.fullmatch(core):
        return dictate(core)
    if _JOINED.fullmatch(core):
        return _joined(core)
    return ""


def _web(rest: str) -> str:
    return dictate(re.sub(r"^www\.(?=\w)", "", rest, flags=re.IGNORECASE).rstrip("/"))


def _joined(core: str) -> str:
    """Read "Hello.World" as two sentences that lack a space, and "module.attribute" with its dot.

    A script without capitals names no modules: its stops are full stops.
    """
    return re.sub(r"\.(\w)", lambda dot: f" dot {dot[1]}" if dot[1].islower() else f". {dot[1]}", core)


def dictate(text: str) -> str:
    """Return an address as it is dictated, part by part."""
    said = []
    for part in _PART.findall(text):
        if part.isdecimal():
            said.append(figure(part))
        elif part[0].isalpha():
            said.append(_word(part))
        else:
            said.append(_NAMES.get(part, ""))
    return join(said)


def _word(part: str) -> str:
    short = len(part) <= 4 and part.isascii() and not re.search("[aeiouy]", part, re.IGNORECASE)
    return letters(part) if short or len(part) == 1 or part.lower() in _SPELLED else humps(part)
