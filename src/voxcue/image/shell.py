"""Shell scripts as a list of simple commands: enough to see what is run, with which words.

Not a shell: control flow is taken apart, both branches of an ``if`` count, substitutions are seen as commands
of their own. A script that cannot be split has no commands.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from voxcue.image.variables import Lookup, expand

_KEYWORDS = {
    "if",
    "then",
    "else",
    "elif",
    "do",
    "while",
    "until",
    "!",
    "time",
    "{",
    "}",
    "fi",
    "done",
    "esac",
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_HEREDOC = re.compile(r"<<(-?)\s*([\"']?)(\w+)\2([^\n]*\n).*?^\t*\3$", re.DOTALL | re.MULTILINE)
_WRAPPERS = {
    "exec": 0,
    "command": 0,
    "nohup": 0,
    "tini": 0,
    "dumb-init": 0,
    "catatonit": 0,
    "sudo": 0,
    "nice": 0,
    "env": 0,
    "opentelemetry-instrument": 0,
    "ddtrace-run": 0,
    "gosu": 1,
    "su-exec": 1,
    "timeout": 1,
    "setpriv": 0,
}
"""Programs that run the program named after them, and how many words of their own come before it."""
_OWN_VALUES = {
    "-u",
    "-g",
    "-n",
    "-s",
    "-k",
    "-C",
    "--project",
    "--directory",
    "--python",
    "--extra",
    "--group",
}
_RUNNERS = {("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"), ("hatch", "run")}
_SHELLS = {"sh", "bash", "dash", "ash", "zsh"}


@dataclass(frozen=True)
class Command:
    """One program that is run: its words, the variables set for it, the files it is redirected to."""

    words: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The first word without its folder."""
        return self.words[0].rsplit("/", 1)[-1] if self.words else ""


def commands(script: str, lookup: Lookup | None = None) -> list[Command]:
    """The simple commands of a script, wrappers such as ``exec`` and ``sh -c`` taken off."""
    try:
        tokens = _tokens(script)
    except ValueError:
        return []
    found: list[Command] = []
    for simple in _split(tokens):
        found.extend(unwrapped(_command(simple, lookup)))
    return found


def numbered(script: str) -> list[tuple[int, Command]]:
    """The commands of a script, each with a line that names its program."""
    lines = script.splitlines()
    found: list[tuple[int, Command]] = []
    at = 0
    for command in commands(script):
        first = command.words[0] if command.words else ""
        at = next((each for each in range(at, len(lines)) if first in lines[each]), at)
        found.append((at + 1, command))
    return found


def unwrapped(command: Command) -> Iterator[Command]:
    """The command itself less its wrappers; for ``sh -c SCRIPT`` the commands of the script."""
    words = command.words
    while words:
        name = words[0].rsplit("/", 1)[-1]
        if name in _WRAPPERS:
            words = _after_options(words[1:])[_WRAPPERS[name] :]
        elif tuple(words[:2]) in _RUNNERS:
            words = _after_options(words[2:])
        else:
            break
    while words and _ASSIGNMENT.match(words[0]):
        words = words[1:]
    if words and words[0].rsplit("/", 1)[-1] in _SHELLS:
        script = _script(words[1:])
        if script is not None:
            yield from commands(script)
            return
    if words or command.variables or command.outputs:
        yield Command(tuple(words), command.variables, command.outputs)


def _after_options(words: Sequence[str]) -> tuple[str, ...]:
    at = 0
    while at < len(words) and (words[at].startswith("-") or _ASSIGNMENT.match(words[at])):
        if words[at] == "--":
            return tuple(words[at + 1 :])
        at += 2 if words[at] in _OWN_VALUES else 1
    return tuple(words[at:])


def _script(words: Sequence[str]) -> str | None:
    """What ``-c`` is given, as in ``bash -euo pipefail -c SCRIPT``."""
    for at, word in enumerate(words):
        if re.fullmatch(r"-[a-z]*c", word):
            return next((each for each in words[at + 1 :] if not each.startswith("-")), None)
        if not word.startswith("-") and word != "pipefail":
            return None
    return None


def _tokens(script: str) -> list[str]:
    script = _HEREDOC.sub(r"\4", script + "\n")
    script = re.sub(r"\\\n", " ", script)
    script = "\n".join("" if line.lstrip().startswith("#") else line for line in script.split("\n"))
    script = re.sub(r"(?<=\s)\d+(?=[<>])", "", script)
    lexer = shlex.shlex(script, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _split(tokens: Sequence[str]) -> Iterator[list[str]]:
    simple: list[str] = []
    for token in tokens:
        if token and set(token) <= set("();|&\n"):
            yield simple
            simple = []
        else:
            simple.append(token)
    yield simple


def _command(tokens: Sequence[str], lookup: Lookup | None) -> Command:
    words: list[str] = []
    outputs: list[str] = []
    variables: dict[str, str] = {}
    rest = iter(tokens)
    for token in rest:
        if token and set(token) <= set("<>&|") and set(token) & set("<>"):
            target = next(rest, "")
            if ">" in token and not target.isdigit():
                outputs.append(_value(target, lookup))
        elif not words and token in _KEYWORDS:
            continue
        elif not words and (set_here := _ASSIGNMENT.match(token)):
            variables[set_here[0].rstrip("+=")] = _value(token[set_here.end() :], lookup)
        else:
            words.append(_value(token, lookup))
    if words and words[0] in {"for", "case", "function"}:
        words = []
    return Command(tuple(words), variables, tuple(outputs))


def _value(token: str, lookup: Lookup | None) -> str:
    return expand(token.replace("\\", "\\\\"), lookup) if lookup and "$" in token else token
