"""Words of a Dockerfile instruction: quotes, escapes and variables, as BuildKit reads them.

A variable that has no value before the build (an ``ARG`` without a default) is written as `UNKNOWN`; who
meets a word that holds it cannot check that word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

UNKNOWN = "\0"

Lookup = Callable[[str], str | None]
"""The value of a variable: ``None`` when it is not set, `UNKNOWN` when only the build knows it."""

_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?!$-]")
_MODIFIED = re.compile(r"(?P<name>\w+)(?P<operator>:?[-+?]|##?|%%?|//?)?(?P<word>.*)", re.DOTALL)


def words(text: str, lookup: Lookup, escape: str = "\\") -> list[str]:
    """Split at white space outside quotes, and expand."""
    return _Reader(text, lookup, escape).words()


def expand(text: str, lookup: Lookup, escape: str = "\\") -> str:
    """Expand without splitting: what ENV and WORKDIR do with their value."""
    return _Reader(text, lookup, escape).whole()


class _Reader:
    def __init__(self, text: str, lookup: Lookup, escape: str) -> None:
        self._text = text
        self._lookup = lookup
        self._escape = escape
        self._at = 0

    def words(self) -> list[str]:
        found: list[str] = []
        while self._at < len(self._text):
            if self._text[self._at].isspace():
                self._at += 1
            else:
                found.append(self._word(split=True))
        return found

    def whole(self) -> str:
        return self._word(split=False)

    def _word(self, *, split: bool) -> str:
        parts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if split and char.isspace():
                break
            self._at += 1
            if char == "'":
                parts.append(self._until_quote())
            elif char == '"':
                parts.append(self._quoted())
            elif char == self._escape:
                parts.append(self._text[self._at : self._at + 1])
                self._at += 1
            else:
                parts.append(self._variable() if char == "$" else char)
        return "".join(parts)

    def _until_quote(self) -> str:
        end = self._text.find("'", self._at)
        end = len(self._text) if end < 0 else end
        inside, self._at = self._text[self._at : end], end + 1
        return inside

    def _quoted(self) -> str:
        parts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char == '"':
                break
            if char == self._escape and self._text[self._at : self._at + 1] in {'"', "$", self._escape}:
                parts.append(self._text[self._at])
                self._at += 1
            else:
                parts.append(self._variable() if char == "$" else char)
        return "".join(parts)

    def _variable(self) -> str:
        if self._text[self._at : self._at + 1] == "{":
            end = self._brace()
            inside, self._at = self._text[self._at + 1 : end], end + 1
            return self._modified(inside)
        named = _NAME.match(self._text, self._at)
        if not named:
            return "$"
        self._at = named.end()
        return self._lookup(named[0]) or ""

    def _brace(self) -> int:
        """Where the brace that opens here is closed."""
        depth = 0
        for at in range(self._at, len(self._text)):
            depth += {"{": 1, "}": -1}.get(self._text[at], 0)
            if depth == 0:
                return at
        return len(self._text)

    def _modified(self, inside: str) -> str:
        parts = _MODIFIED.fullmatch(inside)
        if not parts:
            return UNKNOWN
        value = self._lookup(parts["name"])
        operator = parts["operator"] or ""
        word = expand(parts["word"], self._lookup, self._escape)
        if operator.endswith(("-", "+")):
            there = value not in {None, UNKNOWN} and (value != "" or not operator.startswith(":"))
            if operator.endswith("-"):
                return value or "" if there else word
            return word if there else ""
        if not value or value == UNKNOWN:
            return value or ""
        if operator.startswith(("#", "%")):
            return _without(value, word, operator)
        if operator.startswith("/"):
            old, _, new = word.partition("/")
            return value.replace(old, new, -1 if operator == "//" else 1) if old else value
        return value


def _without(value: str, pattern: str, operator: str) -> str:
    """``value`` less the shortest (longest, when doubled) start or end that matches the pattern."""
    matches = re.compile(translate(pattern)).match
    cuts = range(len(value) + 1)
    if operator.startswith("#"):
        found = [value[cut:] for cut in cuts if matches(value[:cut])]
    else:
        found = [value[:cut] for cut in reversed(cuts) if matches(value[cut:])]
    return value if not found else found[-1 if len(operator) == 2 else 0]
