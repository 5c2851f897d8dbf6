"""Reading a Dockerfile: instructions with their lines, flags, JSON forms and here-documents.

Follows BuildKit's parser: parser directives, continuation lines with comments in between, ``escape=``. It
knows the grammar only; what the instructions do is `voxcue.image.build`'s to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
_WITH_FLAGS = {"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"}
_WITH_HEREDOCS = {"ADD", "COPY", "RUN"}
_WITH_JSON = {"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"}

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][\w-]*)\s*=\s*(.+?)\s*")
_FLAG = re.compile(r"--([a-z][\w-]*)(?:=((?:\"[^\"]*\"|'[^']*'|\S)*))?(?:\s+|$)", re.IGNORECASE)
_HEREDOC = re.compile(r"(?:^|(?<=\s))\d*<<(-?)([\"']?)([A-Za-z0-9_.]+)\2(?=[\s>;&|)]|$)")


@dataclass(frozen=True)
class Heredoc:
    """A here-document: the word that ended it and the text in between."""

    name: str
    text: str


@dataclass(frozen=True)
class Instruction:
    """One instruction. ``text`` is what stands after its flags, with continuation lines joined."""

    name: str
    line: int
    text: str
    flags: dict[str, list[str]] = field(default_factory=dict)
    array: tuple[str, ...] | None = None
    """The JSON form, where it was used."""
    heredocs: tuple[Heredoc, ...] = ()

    def flag(self, name: str) -> str | None:
        """The value of a flag, the last if it is repeated; an empty string for one without a value."""
        return self.flags[name][-1] if name in self.flags else None


@dataclass(frozen=True)
class Fault:
    """A line that Docker would refuse."""

    line: int
    message: str


@dataclass(frozen=True)
class Dockerfile:
    """A file that was read: its instructions in order, the escape character, what cannot be read."""

    instructions: tuple[Instruction, ...]
    escape: str
    faults: tuple[Fault, ...]


def parse(text: str) -> Dockerfile:
    """Read the text of a Dockerfile; what cannot be read is a fault, never an exception."""
    lines = text.removeprefix("\ufeff").splitlines()
    escape = _escape(lines)
    faults: list[Fault] = []
    found = [
        instruction
        for line, logical, heredocs in _logical(lines, escape, faults)
        if (instruction := _instruction(line, logical, heredocs, faults))
    ]
    if not any(instruction.name == "FROM" for instruction in found):
        faults.append(Fault(1, "The file has no FROM."))
    return Dockerfile(tuple(found), escape, tuple(faults))


def _escape(lines: list[str]) -> str:
    """The escape character: directives stand before everything else, comments included."""
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if not directive:
            break
        if directive[1].lower() == "escape" and directive[2] in {"`", "\\"}:
            return directive[2]
    return "\\"


def _logical(
    lines: list[str], escape: str, faults: list[Fault]
) -> Iterator[tuple[int, str, tuple[Heredoc, ...]]]:
    """Join continuation lines, take here-documents out; yields the line where each instruction begins."""
    continued = re.compile(re.escape(escape) + r"[ \t]*$")
    at = 0
    while at < len(lines):
        begun, parts = at + 1, list[str]()
        while at < len(lines):
            line, at = lines[at], at + 1
            if line.lstrip().startswith("#") or (parts and not line.strip()):
                if parts:
                    continue
                break
            parts.append(continued.sub("", line))
            if not continued.search(line):
                break
        logical = "".join(parts).strip()
        if not logical:
            continue
        heredocs: list[Heredoc] = []
        if _has_heredocs(logical):
            for tabs, _, name in _HEREDOC.findall(logical):
                ended, body = _body(lines, at, name, strip=bool(tabs))
                if ended is None:
                    faults.append(Fault(begun, f"The here-document '{name}' is not ended."))
                at = len(lines) if ended is None else ended + 1
                heredocs.append(Heredoc(name, body))
        yield begun, logical, tuple(heredocs)


def _has_heredocs(logical: str) -> bool:
    first, _, rest = logical.partition(" ")
    if first.upper() == "ONBUILD":
        first = rest.split(maxsplit=1)[0] if rest.strip() else ""
    return first.upper() in _WITH_HEREDOCS


def _body(lines: list[str], start: int, name: str, *, strip: bool) -> tuple[int | None, str]:
    """The text of a here-document and the index of the line that ends it."""
    body: list[str] = []
    for at in range(start, len(lines)):
        line = lines[at].lstrip("\t") if strip else lines[at]
        if line == name:
            return at, "\n".join(body)
        body.append(line)
    return None, "\n".join(body)


def _instruction(
    line: int, logical: str, heredocs: tuple[Heredoc, ...], faults: list[Fault]
) -> Instruction | None:
    word, *more = logical.split(maxsplit=1)
    name, rest = word.upper(), more[0].strip() if more else ""
    if name not in INSTRUCTIONS:
        faults.append(Fault(line, f"There is no instruction '{word}'."))
        return None
    if not rest:
        faults.append(Fault(line, f"{name} says nothing."))
        return None
    flags: dict[str, list[str]] = {}
    while name in _WITH_FLAGS and (flag := _FLAG.match(rest)):
        flags.setdefault(flag[1].lower(), []).append((flag[2] or "").strip("\"'"))
        rest = rest[flag.end() :]
    array = _array(rest) if name in _WITH_JSON else None
    if array is None and name in {"CMD", "ENTRYPOINT"} and re.fullmatch(r"\[\s*(['\"]).*\]", rest):
        faults.append(Fault(line, f"{name} {rest} is not a JSON list, so a shell would run the bracket."))
    return Instruction(name, line, rest, flags, array, heredocs)


def _array(text: str) -> tuple[str, ...] | None:
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return tuple(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else None


def inner(instruction: Instruction) -> Instruction | None:
    """The instruction inside ONBUILD, or the command of HEALTHCHECK; ``None`` for ``HEALTHCHECK NONE``."""
    faults: list[Fault] = []
    return _instruction(instruction.line, instruction.text, instruction.heredocs, faults)


def without_heredocs(text: str) -> str:
    """The words of COPY or RUN less the ``<<NAME`` in them."""
    return _HEREDOC.sub("", text).strip()
