"""What ``.dockerignore`` leaves out of the build context, by the rules of Docker.

They are not those of ``.gitignore``: a pattern counts from the root, ``*`` stays within a folder, ``!``
brings a file back from an ignored folder, and ``**`` may stand within a name. Source of the rules: Docker's
reference of ``.dockerignore``, which names Go's ``filepath.Match`` and ``filepath.Clean``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voxcue.errors import UsageError


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    brings_back: bool
    first: str
    """The pattern's first folder, where that is spelt out; else empty."""


class Ignore:
    """The rules of one ignore file, in order: the last that matches a path, or a folder above it, decides."""

    def __init__(self, lines: Iterable[str] = (), name: str = ".dockerignore") -> None:
        """Read the lines.

        Raises:
            UsageError: a lone ``!``, or brackets that are not closed.
        """
        self.name = name
        self._rules = [rule for number, line in enumerate(lines, 1) if (rule := _rule(line, name, number))]

    @classmethod
    def of(cls, context: Path, dockerfile: Path) -> Ignore:
        """The rules for a build: ``Dockerfile.dockerignore`` beside the Dockerfile comes first."""
        for path in (dockerfile.with_name(dockerfile.name + ".dockerignore"), context / ".dockerignore"):
            if path.is_file():
                text = path.read_text(encoding="utf-8-sig", errors="replace")
                return cls(text.splitlines(), path.name)
        return cls()

    def ignores(self, path: str) -> bool:
        """Whether a path, relative to the context and with ``/``, is left out."""
        above = _above(path)
        ignored = False
        for rule in self._rules:
            if rule.brings_back == ignored and any(rule.pattern.match(each) for each in above):
                ignored = not rule.brings_back
        return ignored

    def prunes(self, folder: str) -> bool:
        """Whether nothing below an ignored folder can come back, so that it need not be looked into."""
        first = folder.split("/", 1)[0]
        return self.ignores(folder) and not any(
            rule.brings_back and rule.first in {"", first} for rule in self._rules
        )


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _rule(line: str, name: str, number: int) -> _Rule | None:
    line = line.strip() if not line.startswith("#") else ""
    if not line:
        return None
    brings_back = line.startswith("!")
    pattern = line[1:].strip() if brings_back else line
    if not pattern:
        raise UsageError("ignore-pattern", f"A lone '!' in line {number} of '{name}' excludes nothing.")
    pattern = posixpath.normpath(pattern).lstrip("/") or "."
    try:
        compiled = regex(pattern)
    except re.error as error:
        raise UsageError(
            "ignore-pattern",
            f"'{pattern}' in line {number} of '{name}' is not a pattern: {error}.",
            "Docker refuses to build with it.",
        ) from error
    first = pattern.split("/", 1)[0]
    return _Rule(compiled, brings_back, "" if re.search(r"[*?\[\\]", first) else first)


@lru_cache(maxsize=1024)
def regex(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern that a whole path must match.

    ``*`` and ``?`` stay within a name, ``**`` takes any number of folders, ``[a-z]`` and ``[^a]`` are sets,
    ``\`` makes the next character plain.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        char, at = pattern[at], at + 1
        if pattern.startswith("**", at - 1):
            at += 1
            at += pattern.startswith("/", at)
            parts.append("(.*/)?" if at < len(pattern) else ".*")
        elif char == "*":
            parts.append("[^/]*")
        elif char == "?":
            parts.append("[^/]")
        elif char == "[":
            end = pattern.find("]", at + 1 + pattern.startswith("^", at))
            if end < 0:
                raise re.error("a bracket is not closed")
            parts.append("[" + pattern[at:end].replace("[", r"\[") + "]")
            at = end + 1
        elif char == "\\" and at < len(pattern):
            parts.append(re.escape(pattern[at]))
            at += 1
        else:
            parts.append(re.escape(char))
    return re.compile("".join(parts) + r"\Z", re.DOTALL)
