"""Paths of the project that its GitHub workflows name.

Read line by line: the few keys that matter (``run``, ``uses``, ``working-directory``, and the inputs that
name files) need no YAML library, and every finding has its line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voxcue.image.effects import script_of
from voxcue.image.findings import Report
from voxcue.image.installing import arguments
from voxcue.image.shell import Command, numbered

_ENTRY = re.compile(r"^(?P<indent>\s*)(?P<dash>- +)?(?P<key>[\w.-]+):(?:\s+(?P<value>.*?))?\s*$")
_INPUTS = {
    "context",
    "file",
    "dockerfile",
    "build-contexts",
    "requirements",
    "python-version-file",
    "entrypoint",
}
_MADE = {
    ".venv",
    "venv",
    "env",
    "dist",
    "build",
    "out",
    "target",
    "node_modules",
    ".cache",
    "tmp",
    "artifacts",
}
"""Folders that the steps of a workflow make."""


@dataclass(frozen=True)
class _Entry:
    line: int
    indent: int
    starts_item: bool
    key: str
    value: str


def check(root: Path, report: Report) -> None:
    """Look at each workflow below ``.github/workflows``."""
    for path in sorted((root / ".github" / "workflows").glob("*.y*ml")):
        _Workflow(path, root, report).check()


class _Workflow:
    def __init__(self, path: Path, root: Path, report: Report) -> None:
        self._file = path.relative_to(root).as_posix()
        self._root = root
        self._report = report
        text = path.read_text(encoding="utf-8", errors="replace")
        self._entries = list(_entries(text.splitlines()))
        self._made = _made(root) | set(
            re.findall(r"(?:>>?|-o|mkdir(?: -p)?|-C|cp \S+|tee) +([\w./-]+)", text)
        )
        self._elsewhere = "repository:" in text and "actions/checkout" in text

    def check(self) -> None:
        self._report.checked["workflows"] += 1
        default = ""
        for at, entry in enumerate(self._entries):
            if entry.key == "working-directory" and self._is_default(at):
                default = entry.value
            elif entry.key == "uses" and entry.value.startswith("./"):
                self._uses(entry)
            elif entry.key == "run":
                self._run(entry, self._folder(at) or default)
            elif entry.key in _INPUTS and self._is_input(at):
                for word in entry.value.split(","):
                    self._exists(word.strip().rpartition("=")[2], entry.line, "")

    def _is_default(self, at: int) -> bool:
        """Whether the keys above are ``defaults`` and ``run``."""
        indent = self._entries[at].indent
        above = next((each for each in reversed(self._entries[:at]) if each.indent < indent), None)
        return above is not None and above.key == "run" and above.value == ""

    def _is_input(self, at: int) -> bool:
        """Whether a key stands below ``with``."""
        indent = self._entries[at].indent
        above = next((each for each in reversed(self._entries[:at]) if each.indent < indent), None)
        return above is not None and above.key == "with"

    def _folder(self, at: int) -> str:
        """The ``working-directory`` of the step that an entry belongs to."""
        indent = self._entries[at].indent
        first = last = at
        while (
            first > 0 and not self._entries[first].starts_item and self._entries[first - 1].indent >= indent
        ):
            first -= 1
        while last + 1 < len(self._entries) and not (
            self._entries[last + 1].starts_item or self._entries[last + 1].indent < indent
        ):
            last += 1
        step = [each for each in self._entries[first : last + 1] if each.indent == indent]
        return next((each.value for each in step if each.key == "working-directory"), "")

    def _uses(self, entry: _Entry) -> None:
        path = self._root / entry.value.split("@")[0]
        self._report.checked["paths"] += 1
        if not (
            path.is_file()
            or any((path / name).is_file() for name in ("action.yml", "action.yaml", "Dockerfile"))
        ):
            self._say(entry.line, f"'{entry.value}' is used, and it has no action.yml and is no workflow.")

    def _run(self, entry: _Entry, folder: str) -> None:
        script = re.sub(r"\$\{\{.*?\}\}", "$EXPRESSION", entry.value)
        for number, command in numbered(script):
            if command.program == "cd":
                folder = posixpath.join(folder, *command.words[1:2])
                continue
            for word in _named(command):
                self._exists(word, entry.line + number - 1, folder)

    def _exists(self, word: str, line: int, folder: str) -> None:
        path = posixpath.normpath(posixpath.join(folder, word))
        if not word or "://" in word or re.search(r"[\0$*`{}~#@:]", path) or path.startswith(("/", "..")):
            return
        first = path.split("/", 1)[0]
        if (
            self._elsewhere
            or first in _MADE
            or any(path == made or path.startswith(made + "/") for made in self._made)
        ):
            return
        self._report.checked["paths"] += 1
        if not (self._root / path).exists():
            self._say(line, f"'{path}' is named, and does not exist.")

    def _say(self, line: int, message: str) -> None:
        self._report.error(
            self._file,
            line,
            "path-missing",
            message,
            "Paths in workflows count from the root of the repository.",
        )


def _named(command: Command) -> Iterator[str]:
    """The paths that a command reads."""
    script = script_of(command)
    if script:
        yield script
    given = arguments(command.words[1:])
    if re.fullmatch(r"pip[\d.]*|uv|python[\d.]*", command.program) and "install" in command.words:
        yield from given.all("-r", "--requirement", "-c", "--constraint")
    if command.program in {"docker", "podman", "buildah"} and {"build", "bud"} & set(command.words[1:3]):
        yield from _build_paths(command)
    if command.program == "make" and (folder := _value(command, "-C")):
        yield f"{folder}/Makefile"


def _build_paths(command: Command) -> Iterator[str]:
    file = _value(command, "-f") or _value(command, "--file")
    last = command.words[-1]
    context = last if not last.startswith("-") and last != file else ""
    if context:
        yield context
    if file:
        yield file
    elif context and "://" not in context:
        yield f"{context}/Dockerfile"


def _value(command: Command, option: str) -> str:
    for at, word in enumerate(command.words[:-1]):
        if word == option:
            return command.words[at + 1]
    return next((word.partition("=")[2] for word in command.words if word.startswith(option + "=")), "")


def _entries(lines: list[str]) -> Iterator[_Entry]:
    """The keys of a YAML file with their lines; block texts are values of the key above them."""
    at = 0
    while at < len(lines):
        entry = _ENTRY.match(lines[at]) if not lines[at].lstrip().startswith("#") else None
        at += 1
        if not entry:
            continue
        indent = len(entry["indent"]) + len(entry["dash"] or "")
        value = entry["value"] or ""
        line = at
        if re.fullmatch(r"[|>][+-]?\d?", value):
            begun = at
            while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > len(entry["indent"])):
                at += 1
            value, line = "\n".join(each.strip() for each in lines[begun:at]), begun + 1
        else:
            value = re.sub(r"\s+#.*$", "", value).strip("\"'") if not value.startswith("${{") else value
        yield _Entry(line, indent, bool(entry["dash"]), entry["key"], value)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _made(root: Path) -> set[str]:
    """Plain paths of ``.gitignore``: what it names is made, not kept."""
    path = root / ".gitignore"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return {line.strip().strip("/") for line in lines if line.strip() and not re.search(r"[*?\[!#]", line)}
