"""What a container starts: which paths its commands name, and where their imports begin."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from voxcue.image.distributions import program_providers
from voxcue.image.effects import script_of
from voxcue.image.filesystem import normal
from voxcue.image.findings import Report
from voxcue.image.installing import arguments
from voxcue.image.project import find_line
from voxcue.image.reach import Need, Root
from voxcue.image.runtime import MOUNTS
from voxcue.image.shell import Command, commands, numbered, unwrapped
from voxcue.image.stage import Stage, Start
from voxcue.image.variables import UNKNOWN

_APPLICATION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(\(.*\))?$")
_PLAIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
_INPUT = re.compile(r"\.(py|sh|toml|ya?ml|json|ini|cfg|conf|pem|crt)$")
_OUTPUT = re.compile(r"^-o$|--(out|output|log|pid|uds|socket|bind|cache|tmp|state)")
_MADE_LATER = ("/tmp", "/run", "/var", "/dev", "/proc", "/sys", "/data", "/mnt", "/etc", *MOUNTS)
_TOOLS = {
    "curl", "dumb-init", "espeak-ng", "ffmpeg", "gcc", "git", "jq", "make", "nc", "sox", "sudo", "tini",
    "unzip", "wget",
}  # fmt: skip
"""Programs that minimal images lack."""
_PACKAGE_OF = {
    "nc": {"netcat", "netcat-openbsd", "netcat-traditional", "busybox"},
    "gcc": {"build-essential", "build-base"},
}
_SERVERS = {"uvicorn", "hypercorn", "daphne", "granian", "gunicorn"}


class Starting:
    """Checks the commands that one stage starts, and collects where their imports begin."""

    def __init__(self, stage: Stage, file: str, root: Path, report: Report) -> None:
        self._root = root
        self._stage = stage
        self._files = stage.files
        self._file = file
        self._report = report
        self.roots: list[Root] = []
        self._scripts: set[str] = set()
        self._bare = False

    @property
    def is_followed(self) -> bool:
        """Whether a command leads to Python of the context, or is known to run none: a bare interpreter."""
        return self._bare or any(root.need is Need.START for root in self.roots)

    def check(self) -> None:
        """Look at ENTRYPOINT with CMD, and at HEALTHCHECK."""
        stage = self._stage
        entry, command = stage.entrypoint, stage.command
        if entry and entry.words and command:
            more = command.words or ("/bin/sh", "-c", command.script)
            self._start(Start(entry.line, (*entry.words, *more)), direct=entry.words[0])
        elif entry or command:
            start = entry or command
            assert start
            self._start(start, direct=start.words[0] if start.words else "")
        if stage.health:
            self._start(stage.health)
        self._plugins()

    def _start(self, start: Start, direct: str = "") -> None:
        if start.words:
            first = start.words[0]
            if "/" not in first and first in {"tini", "dumb-init"}:
                self._program(first, start.line)
            ran: Sequence[Command] = list(unwrapped(Command(start.words)))
        else:
            ran = commands(start.script, lambda name: self._stage.environ.get(name, UNKNOWN))
        if "/" in direct:
            self._executable(direct, start.line)
        self._commands([(start.line, command) for command in ran], self._file, self._stage.folder)

    def _commands(self, ran: Sequence[tuple[int, Command]], file: str, folder: str) -> None:
        for line, command in ran:
            if not command.words:
                continue
            self._report.checked["commands"] += 1
            if command.program == "cd":
                folder = normal(posixpath.join(folder, *command.words[1:2]))
                continue
            self._bare = self._bare or (
                len(command.words) == 1 and bool(re.match(r"python|(ba)?sh$", command.program))
            )
            if not self._paths(command, file, line, folder):
                self._bare = True  # said already
                continue
            self.roots += self._roots(command, file, line, folder)

    def _paths(self, command: Command, file: str, line: int, folder: str) -> bool:
        """Whether the program of a command is there; says so for each path that is not."""
        script = script_of(command)
        if script and not self._exists(script, file, line, folder):
            return False
        if "/" not in command.words[0]:
            self._program(command.program, line, file)
        before = ""
        for word in command.words[1:]:
            value = word.partition("=")[2] if word.startswith("-") else word
            option = word if word.startswith("-") else before
            before = word if word.startswith("-") and "=" not in word else ""
            if (
                value == script
                or not _INPUT.search(value)
                or _OUTPUT.search(option)
                or re.search(r"[\s\0$*:;]", value)
            ):
                continue
            self._exists(value, file, line, folder)
        return True

    def _exists(self, word: str, file: str, line: int, folder: str) -> bool:
        path = normal(posixpath.join(folder, word))
        if re.search(r"[\0$*`]", word) or path.startswith(_MADE_LATER) or self._is_volume(path):
            return True
        self._report.checked["paths"] += 1
        if self._files.has(path) is not False:
            return True
        self._report.error(
            file,
            line,
            "path-missing",
            f"'{word}' is named, and there is no {path} in the image.",
            "Copy it, or correct the path; relative paths start from WORKDIR.",
        )
        return False

    def _is_volume(self, path: str) -> bool:
        return any(path.startswith(volume.rstrip("/") + "/") for volume in self._stage.volumes)

    def _executable(self, word: str, line: int) -> None:
        """A file that is started without a shell or an interpreter must be executable."""
        path = normal(posixpath.join(self._stage.folder, word))
        source = self._files.files.get(path)
        if source and path not in self._files.executable and not os.access(source, os.X_OK):
            self._report.error(
                self._file,
                line,
                "path-not-executable",
                f"'{word}' is started as a program, and the file is not executable.",
                "Run chmod +x on it, or copy it with --chmod=755.",
            )
        elif source and b"\r\n" in source.read_bytes()[:200]:
            message = (
                f"'{word}' has Windows line ends, so its first line names an interpreter that does not exist."
            )
            self._report.error(
                self._file, line, "path-not-executable", message, "Store it with LF line ends."
            )

    def _program(self, name: str, line: int, file: str = "") -> None:
        """A program without a folder: a tool that minimal images lack, or a command of a distribution."""
        self._report.checked["paths"] += 1
        sites = [site for site in self._files.sites.values() if not site.wheels]
        packages = self._stage.packages
        if name in self._scripts_of_projects() or any(
            posixpath.basename(path) == name for path in self._files.paths()
        ):
            return
        lacks_tool = lacks_command = False
        if name in _TOOLS:
            lacks_tool = self._stage.is_minimal and not packages & {name, *_PACKAGE_OF.get(name, ())}
        elif self._files.known and not self._files.broken and not any(site.open for site in sites):
            named = program_providers(name) - {"pip"}
            lacks_command = bool(named) and not named & {each for site in sites for each in site.installed}
        if not lacks_tool and (not lacks_command or name in packages):
            return
        how = (
            f"Install the package {name} with the system's packager"
            if lacks_tool
            else f"Install {min(named)}"
        )
        self._report.error(
            file or self._file,
            line,
            "path-missing",
            f"'{name}' is run, and nothing in the image provides it.",
            f"{how}.",
        )

    def _scripts_of_projects(self) -> dict[str, str]:
        return {
            name: target
            for site in self._files.sites.values()
            for project in site.projects.values()
            for name, target in project.scripts.items()
        }

    def _plugins(self) -> None:
        for site in self._files.sites.values():
            for project in site.projects.values() if not site.wheels else ():
                for target in project.plugins.values():
                    module = re.split(r"[:\s\[]", target)[0]
                    line = find_line(self._root / project.file, re.compile(re.escape(target)).search)
                    self.roots.append(Root(project.file, line, module=module, need=Need.PLUGIN))

    def _roots(self, command: Command, file: str, line: int, folder: str) -> Iterator[Root]:
        words, name = command.words, command.program
        scripts = self._scripts_of_projects()
        if re.fullmatch(r"(python|pypy)[\d.]*", name):
            yield from self._python(words, file, line, folder)
        elif name in scripts:
            yield Root(file, line, module=scripts[name].split(":")[0].strip())
        elif name in _SERVERS:
            yield from self._server(words, file, line, folder)
        elif name in {"celery", "flask"}:
            value = _after(words, ("-A", "--app")) or self._stage.environ.get("FLASK_APP", "")
            module = re.sub(r"\.py$", "", value.split(":")[0])
            if re.fullmatch(r"\w+(\.\w+)*", module):
                yield Root(file, line, (folder,), module=module)
        elif name in {"streamlit", "fastapi", "chainlit"}:
            for script in [word for word in words[2:] if word.endswith(".py")][:1]:
                yield self._file_root(script, file, line, folder)
        else:
            script = script_of(command) or self._which(name)
            at = words.index(script) + 1 if script in words else 1
            yield from self._own_script(script, words[at:], file, line, folder)

    def _server(self, words: Sequence[str], file: str, line: int, folder: str) -> Iterator[Root]:
        """A server of ASGI or WSGI applications: ``uvicorn package.module:app``."""
        given = arguments(words[1:])
        where = given.last("--app-dir", "--chdir", "--working-dir") or ""
        bare = _PLAIN if words[0].endswith("gunicorn") else _APPLICATION
        named = [word for word in words[1:] if _APPLICATION.match(word)]
        named += [word for word in given.positional if bare.match(word)]
        if named:
            module = named[0].split(":")[0]
            yield Root(file, line, (normal(posixpath.join(folder, where)),), module=module)
        for word in words[1:]:
            if re.fullmatch(r"(uvicorn|uvicorn_worker|gevent|eventlet)(\.\w+)*", word):
                yield Root(file, line, (folder,), module=word.split(".")[0])

    def _python(self, words: Sequence[str], file: str, line: int, folder: str) -> Iterator[Root]:
        rest = list(words[1:])
        while rest and rest[0].startswith("-"):
            if rest[0] == "-c" and len(rest) > 1:
                yield Root(file, line, (folder,), code=rest[1])
                return
            if rest[0] == "-m" and len(rest) > 1:
                known = _SERVERS | {"celery", "flask", "streamlit", "fastapi"}
                if UNKNOWN in rest[1]:
                    return
                if rest[1] in known:
                    yield Root(file, line, (folder,), module=rest[1])
                    yield from self._roots(Command(tuple(rest[1:])), file, line, folder)
                else:
                    yield Root(file, line, (folder,), module=rest[1], main=True)
                return
            rest = rest[2:] if rest[0] in {"-W", "-X"} else rest[1:]
        if rest:
            yield self._file_root(rest[0], file, line, folder)

    def _file_root(self, script: str, file: str, line: int, folder: str) -> Root:
        path = normal(posixpath.join(folder, script))
        if self._files.is_folder(path):
            return Root(file, line, (path,), path=f"{path}/__main__.py")
        return Root(file, line, (posixpath.dirname(path),), path=path)

    def _which(self, name: str) -> str:
        """The file of the context that a program without a folder is, if it is one."""
        folders = self._stage.environ.get("PATH", "").split(":")
        found = (f"{folder}/{name}" for folder in (*folders, "/usr/local/bin", "/usr/bin", "/bin"))
        return next((path for path in found if self._files.files.get(normal(path))), "")

    def _own_script(
        self, script: str, given: Sequence[str], file: str, line: int, folder: str
    ) -> Iterator[Root]:
        """A script from the context: Python by its first line, or commands of the shell."""
        path = normal(posixpath.join(folder, script))
        source = self._files.files.get(path) if script else None
        if source is None or path in self._scripts:
            return
        self._scripts.add(path)
        try:
            text = source.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return
        first = text.split("\n", 1)[0]
        if path.endswith(".py") or (first.startswith("#!") and "python" in first):
            yield self._file_root(script, file, line, folder)
        elif first.startswith("#!") or path.endswith(".sh"):
            shown = (
                source.relative_to(self._root).as_posix()
                if source.is_relative_to(self._root)
                else str(source)
            )
            ran: list[tuple[int, Command]] = []
            for number, inner in numbered(text):
                if inner.words[:1] == ("$@",):
                    ran += [(number, each) for each in unwrapped(Command((*given, *inner.words[1:])))]
                else:
                    ran.append((number, inner))
            self._commands(ran, shown, folder)


def _after(words: Sequence[str], names: tuple[str, ...]) -> str:
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else next(iter(words[at + 1 :]), "")
    return ""
