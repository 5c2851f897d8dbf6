"""What a command of RUN leaves in the image, as far as its words tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from voxcue.image.filesystem import Installed, normal
from voxcue.image.installing import Place, install
from voxcue.image.shell import Command
from voxcue.image.stage import Stage

_HARMLESS = {
    ":", "[", "addgroup", "cat", "chgrp", "chown", "date", "df", "dpkg", "du", "echo", "false", "find",
    "getent", "gpg", "grep", "groupadd", "hash", "head", "id", "ldconfig", "locale-gen", "ls", "md5sum",
    "apt-mark", "printf", "pwd", "rmdir", "sed", "set", "sha256sum", "shopt", "sleep", "sort", "strip",
    "tail", "test", "tr", "true", "ulimit", "umask", "uname", "unset", "update-ca-certificates", "usermod",
    "wc", "which", "whoami", "xargs",
}  # fmt: skip
"""Commands that make no files, but for where they are redirected to, or none outside the system's folders."""
_PACKAGERS = {"apt", "apt-get", "apk", "dnf", "microdnf", "yum"}
_GENERATORS = {"protoc", "tar", "unzip", "gunzip", "pyinstaller", "conda", "mamba", "micromamba", "patch"}
"""Commands that make files where they run, Python modules among them."""
_OPTIONS_WITH_FOLDER = {"tar": ("-C", "--directory"), "unzip": ("-d",), "wget": ("-P", "--directory-prefix")}
_OPTIONS_WITH_FILE = {
    "curl": ("-o", "--output"),
    "wget": ("-O", "--output-document"),
    "go": ("-o",),
    "gcc": ("-o",),
}


class Effects:
    """Applies the commands of one RUN, in order."""

    def __init__(self, stage: Stage, place: Place) -> None:
        self._stage = stage
        self._place = place
        self._files = stage.files

    def apply(self, command: Command) -> None:
        """Do to the stage what the command does."""
        place = self._place
        self._check_scripts(command)
        for output in command.outputs:
            if output != "/dev/null":
                self._files.add_file(place.path(output), None)
        plain = [word for word in command.words[1:] if not word.startswith("-")]
        known = self._known(command.program)
        if known:
            known(command, plain)
        elif command.program not in _HARMLESS and not install(command, place):
            self._other(command, plain)

    def _known(self, program: str) -> Callable[[Command, list[str]], None] | None:
        if program in _PACKAGERS:
            return self._packages
        return {
            "": self._export,
            "export": self._export,
            "cd": self._cd,
            "pushd": self._cd,
            ".": self._source,
            "source": self._source,
            "mkdir": self._mkdir,
            "touch": self._touch,
            "tee": self._touch,
            "cp": self._move,
            "mv": self._move,
            "ln": self._move,
            "install": self._move,
            "rsync": self._move,
            "rm": self._remove,
            "chmod": self._chmod,
            "useradd": self._home,
            "adduser": self._home,
            "git": self._clone,
        }.get(program)

    def _export(self, command: Command, words: list[str]) -> None:
        given = dict(word.partition("=")[::2] for word in words if "=" in word)
        self._place.environ.update({**(given if command.words else command.variables)})

    def _cd(self, _: Command, words: list[str]) -> None:
        self._place.folder = self._place.path(words[0]) if words else "/root"

    def _source(self, _: Command, words: list[str]) -> None:
        activated = re.match(r"(.*)/bin/activate$", words[0]) if words else None
        if activated:
            self._place.venv = self._place.path(activated[1])

    def _mkdir(self, _: Command, words: list[str]) -> None:
        for word in words:
            self._files.add_folder(self._place.path(word))

    def _touch(self, _: Command, words: list[str]) -> None:
        for word in words:
            self._files.add_file(self._place.path(word), None)

    def _check_scripts(self, command: Command) -> None:
        """A script that a RUN runs must be there by then."""
        script = script_of(command)
        if not script or re.search(r"[\0$*`]", script):
            return
        self._place.report.checked["paths"] += 1
        path = self._place.path(script)
        if self._files.has(path) is False:
            self._place.report.error(
                self._place.file,
                self._place.line,
                "path-missing",
                f"RUN runs '{script}', and there is no {path} in the image at this point.",
                "Copy it before this RUN.",
            )

    def _move(self, command: Command, words: list[str]) -> None:
        if len(words) < 2:
            return
        program = command.program
        *sources, target = (self._place.path(word) for word in words)
        for source in sources:
            inside = f"{target}/{posixpath.basename(source)}" if self._files.is_folder(target) else target
            if program in {"cp", "mv", "rsync"} and (
                source in self._files.files or self._files.is_folder(source)
            ):
                self._files.take(self._files, source, inside)
            else:
                self._files.add_unknown(inside)
            if program == "mv":
                self._files.remove(source)

    def _remove(self, _: Command, words: list[str]) -> None:
        for word in words:
            path = self._place.path(word)
            if path == "/" or "\0" in word:
                continue
            if path.endswith("/*"):
                for each in [each for each, _ in self._files.below(path[:-2])]:
                    self._files.remove(each)
            elif not re.search(r"[*?\[]", path):
                self._files.remove(path)

    def _chmod(self, _: Command, words: list[str]) -> None:
        if not words or not re.search(r"x|[1357]", words[0]):
            return
        for word in words[1:]:
            path = self._place.path(word)
            pattern = re.compile(re.escape(path).replace(r"\*", "[^/]*") + r"(/.*)?\Z")
            self._files.executable |= {each for each in self._files.files if pattern.match(each)} | {path}

    def _home(self, command: Command, words: list[str]) -> None:
        given = _option(command, ("-d", "--home-dir", "--home", "-h"))
        if given:
            self._files.add_folder(self._place.path(given))
        elif words:
            self._files.add_folder(f"/home/{words[-1]}")

    def _packages(self, _: Command, words: list[str]) -> None:
        if not words or words[0] not in {"install", "add"}:
            return
        names = [re.split(r"[=:/]", word)[0] for word in words[1:]]
        self._stage.packages |= set(names)
        site = self._files.site("/usr/lib/python3/site-packages")
        for name in names:
            found = re.match(r"(?:python3|py3)-(.+)$", name)
            if found:
                site.installed[found[1]] = Installed(found[1], self._place.file, self._place.line)

    def _other(self, command: Command, words: list[str]) -> None:
        """A command that is not known: it may have made files where it runs and where it is pointed to."""
        place = self._place
        file = _option(command, _OPTIONS_WITH_FILE.get(command.program, ()))
        folder = _option(command, _OPTIONS_WITH_FOLDER.get(command.program, ()))
        if file:
            self._files.add_file(place.path(file), None)
        elif folder:
            self._files.add_unknown(place.path(folder))
        elif command.program in {"curl", "wget"}:
            for word in words:
                if "://" in word:
                    self._files.add_file(place.path(posixpath.basename(word)), None)
        elif command.program in _GENERATORS or "grpc_tools.protoc" in command.words:
            self._files.add_unknown(place.folder)
        elif not (re.match(r"python[\d.]*$", command.program) and "-c" in command.words):
            for path in [place.folder, *(normal(word) for word in words if word.startswith("/"))]:
                if path != "/" and path not in self._files.files:
                    self._files.add_touched(path)

    def _clone(self, _: Command, words: list[str]) -> None:
        if words[:1] != ["clone"]:
            return
        url = next((word for word in words if "://" in word or word.startswith("git@")), "")
        after = words[words.index(url) + 1 :] if url else []
        name = after[0] if after else posixpath.basename(url).removesuffix(".git")
        self._files.add_unknown(self._place.path(name or "."))


def script_of(command: Command) -> str:
    """The path of what a command runs, where it names one: ``./x.sh``, ``python x.py``, ``sh x.sh``."""
    if not command.words:
        return ""
    if re.match(r"(python[\d.]*|pypy3?|sh|bash|dash|ash|node)$", command.program):
        rest = list(command.words[1:])
        while rest and rest[0].startswith("-"):
            if rest[0] in {"-m", "-c", "-", "--version"} or re.fullmatch(r"-[a-z]*c", rest[0]):
                return ""
            rest = rest[2:] if rest[0] in {"-W", "-X", "-o"} else rest[1:]
        return rest[0] if rest else ""
    return command.words[0] if "/" in command.words[0] else ""


def _option(command: Command, names: tuple[str, ...]) -> str:
    """The value of an option; also where it is the last letter of a group, as in ``curl -fsSLo FILE``."""
    for at, word in enumerate(command.words[1:], 1):
        name, equals, value = word.partition("=")
        if name in names and equals:
            return value
        short = [each[1] for each in names if len(each) == 2]
        grouped = re.fullmatch(r"-[A-Za-z]+", word) and word[-1] in short
        if (word in names or grouped) and at + 1 < len(command.words):
            return command.words[at + 1]
    return ""
