"""Follows a Dockerfile from top to bottom, and says what each stage holds in the end.

Nothing is run: copies are followed file by file, installers by what they are told to install, other commands
by the little that their words tell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from voxcue.image import runtime, secrets
from voxcue.image.context import Context
from voxcue.image.copying import Copying
from voxcue.image.dockerfile import Dockerfile, Instruction, inner, parse, without_heredocs
from voxcue.image.effects import Effects
from voxcue.image.filesystem import Filesystem, normal
from voxcue.image.findings import Report
from voxcue.image.installing import Place
from voxcue.image.shell import Command, commands, unwrapped
from voxcue.image.stage import Stage, Start, is_clean
from voxcue.image.variables import UNKNOWN, Lookup, expand, words

_OFFICIAL = {
    "alpine", "almalinux", "bash", "busybox", "caddy", "composer", "debian", "docker", "fedora", "gcc",
    "golang", "gradle", "httpd", "maven", "mysql", "nginx", "node", "openjdk", "perl", "php", "postgres",
    "pypy", "python", "redis", "rockylinux", "ruby", "rust", "scratch", "swift", "traefik", "ubuntu",
}  # fmt: skip
"""Images that are named without a tag often enough."""
_PLATFORM = {
    f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
}
_SCRIPTS = {"sh", "bash", "dash", "ash", "zsh"}


class Build:
    """A build that is followed; `stages` holds its stages afterwards."""

    def __init__(
        self, context: Context, path: Path, file: str, report: Report, arguments: Mapping[str, str]
    ) -> None:
        self.stages: list[Stage] = []
        self._context = context
        self._file = file
        self._report = report
        self._given = dict(arguments)
        self._global: dict[str, str] = {}
        self._parsed: Dockerfile = parse(path.read_text(encoding="utf-8", errors="replace"))
        self._copying = Copying(context, file, report, self._parsed.escape)
        self._stage = Stage("", 0, "")
        self._later = _names(self._parsed)

    def follow(self) -> list[Stage]:
        """Go through all instructions."""
        for fault in self._parsed.faults:
            unknown = fault.message.startswith("There is no instruction")
            code = "instruction-unknown" if unknown else "dockerfile-syntax"
            self._report.error(self._file, fault.line, code, fault.message)
        for instruction in self._parsed.instructions:
            self._report.checked["instructions"] += 1
            if instruction.name == "FROM":
                self._from(instruction)
            elif self.stages:
                self._do(instruction)
            elif instruction.name == "ARG":
                self._arg(instruction, self._global, self._global_value)
            else:
                self._say(
                    instruction.line, "dockerfile-syntax", f"{instruction.name} stands before the first FROM."
                )
        return self.stages

    def _do(self, instruction: Instruction) -> None:
        stage = self._stage
        match instruction.name:
            case "ARG":
                self._arg(instruction, stage.arguments, stage.lookup)
            case "ENV":
                self._env(instruction)
            case "WORKDIR":
                stage.folder = normal(posixpath.join(stage.folder, self._expanded(instruction.text)))
                stage.files.add_folder(stage.folder)
            case "COPY" | "ADD":
                self._copying.copy(stage, instruction, self._origin)
            case "RUN":
                self._run(instruction)
            case "ONBUILD":
                self._onbuild(instruction)
            case "LABEL":
                secrets.check_text(instruction.text, self._file, instruction.line, self._report)
            case _:
                self._configure(instruction)

    def _configure(self, instruction: Instruction) -> None:
        """The instructions that say how the container runs."""
        stage = self._stage
        match instruction.name:
            case "CMD":
                stage.command, stage.own_command = _start(instruction), True
            case "ENTRYPOINT":
                stage.entrypoint = _start(instruction)
                stage.command = stage.command if stage.own_command else None
            case "HEALTHCHECK":
                within = inner(instruction)
                stage.health = _start(within) if within and within.name == "CMD" else None
            case "VOLUME":
                paths = instruction.array or instruction.text.split()
                stage.volumes |= {self._expanded(path) for path in paths}

    def _onbuild(self, instruction: Instruction) -> None:
        within = inner(instruction)
        if within is None or within.name in {"FROM", "ONBUILD", "MAINTAINER"}:
            message = f"ONBUILD cannot do '{instruction.text}'."
            self._say(instruction.line, "dockerfile-syntax", message)
        else:
            self._stage.triggers.append(within)

    def _from(self, instruction: Instruction) -> None:
        parts = words(instruction.text, self._global_value, self._parsed.escape)
        if len(parts) not in {1, 3} or (len(parts) == 3 and parts[1].upper() != "AS"):
            self._say(
                instruction.line,
                "dockerfile-syntax",
                f"FROM takes IMAGE [AS NAME], not '{instruction.text}'.",
            )
        image = parts[0] if parts else ""
        name = parts[2].lower() if len(parts) >= 3 else str(len(self.stages))
        parent = self._named(image)
        if parent:
            stage = parent.child(name, instruction.line)
        else:
            stage = Stage(name, instruction.line, image, Filesystem(known=is_clean(image)))
            self._check_base(image, instruction.line)
        self.stages.append(stage)
        self._stage = stage
        for trigger in parent.triggers if parent else ():
            self._do(trigger)

    def _check_base(self, image: str, line: int) -> None:
        self._report.checked["bases"] += 1
        if image.lower() in self._later:
            self._say(
                line,
                "stage-missing",
                f"The stage '{image}' is defined only after line {line}, where FROM uses it.",
                "Move it up.",
            )
            return
        if not image:
            self._say(
                line,
                "dockerfile-syntax",
                "FROM names no image: its variable has no value.",
                "Give the ARG a default.",
            )
            return
        last = image.rsplit("/", 1)[-1]
        pinned = "@sha256:" in image or (":" in last and not last.endswith(":latest"))
        if not pinned and image != "scratch" and UNKNOWN not in image:
            self._report.warning(
                self._file,
                line,
                "base-unpinned",
                f"'{image}' is another image after its next release.",
                "Name a version, and for the same bytes every time a digest: IMAGE:TAG@sha256:...",
            )

    def _origin(self, name: str, line: int) -> Stage | None:
        """The stage that ``--from`` names; ``None`` for an image."""
        found = self._named(name)
        if found is self._stage and found is not None:
            found = None
        if found or UNKNOWN in name:
            return found
        said = len(self._report.findings)
        self._check_origin(name, line)
        self._stage.files.broken |= len(self._report.findings) > said
        return None

    def _check_origin(self, name: str, line: int) -> None:
        """Say so when a name that is no stage so far can hardly be an image."""
        if name.lower() in self._later:
            self._say(
                line,
                "stage-missing",
                f"The stage '{name}' is not complete at line {line}, where it is copied from.",
                "Move it up.",
            )
        elif name.isdigit():
            self._say(line, "stage-missing", f"There is no stage number {name} before line {line}.")
        elif not re.search(r"[/:.@]", name) and name not in _OFFICIAL:
            known = ", ".join(stage.name for stage in self.stages[:-1]) or "none"
            self._say(
                line,
                "stage-missing",
                f"There is no stage '{name}' before line {line}; known: {known}.",
                "If an image is meant, write it with its tag.",
            )

    def _named(self, name: str) -> Stage | None:
        if name.isdigit() and int(name) < len(self.stages):
            return self.stages[int(name)]
        return next((stage for stage in reversed(self.stages) if stage.name == name.lower()), None)

    def _arg(self, instruction: Instruction, arguments: dict[str, str], lookup: Lookup) -> None:
        for word in words(instruction.text, lookup, self._parsed.escape):
            name, equals, value = word.partition("=")
            if name in self._given:
                value = self._given[name]
            elif not equals:
                value = self._global.get(name, UNKNOWN)
            else:
                secrets.check_variable("ARG", name, value, self._file, instruction.line, self._report)
            arguments[name] = value

    def _env(self, instruction: Instruction) -> None:
        first = instruction.text.split(maxsplit=1)
        if "=" in first[0]:
            pairs = [
                word.partition("=")[::2]
                for word in words(instruction.text, self._stage.lookup, self._parsed.escape)
            ]
        else:
            pairs = [(first[0], self._expanded(first[1] if len(first) > 1 else ""))]
        for name, value in pairs:
            secrets.check_variable("ENV", name, value, self._file, instruction.line, self._report)
            self._stage.environ[name] = value

    def _run(self, instruction: Instruction) -> None:
        stage = self._stage
        shown, mounted = self._mounts(instruction)
        place = Place(
            stage.files,
            stage.folder,
            {**stage.arguments, **stage.environ},
            stage.python,
            self._file,
            instruction.line,
            self._context.root,
            self._report,
        )
        effects = Effects(stage, place)
        script, ran = self._commands(instruction)
        secrets.check_text(instruction.text, self._file, instruction.line, self._report)
        for command in ran:
            self._report.checked["commands"] += 1
            runtime.check(command, script, stage, place)
            effects.apply(command)
        for path in shown:
            stage.files.files.pop(path, None)
        for path in mounted:
            stage.files.forget(path)

    def _commands(self, instruction: Instruction) -> tuple[str, list[Command]]:
        """The script of a RUN and its commands; variables that the shell sets are not known."""

        def lookup(name: str) -> str:
            value = self._stage.lookup(name)
            return UNKNOWN if value is None else value

        if instruction.array is not None:
            return " ".join(instruction.array), list(unwrapped(Command(instruction.array)))
        line = without_heredocs(instruction.text)
        bodies = "\n".join(heredoc.text for heredoc in instruction.heredocs)
        if not line:
            return bodies, commands(bodies, lookup) if not re.match(r"#!.*python", bodies) else []
        ran = commands(line, lookup)
        if bodies and ran and ran[-1].program in _SCRIPTS:
            ran += commands(bodies, lookup)
        elif bodies and ran and re.match(r"(python|pypy)[\d.]*$", ran[-1].program):
            ran[-1] = Command((*ran[-1].words, "-c", bodies), ran[-1].variables, ran[-1].outputs)
        return line + "\n" + bodies, ran

    def _mounts(self, instruction: Instruction) -> tuple[list[str], list[str]]:
        """Show the mounts of a RUN: files that are new for its time, folders that may hold anything."""
        shown: list[str] = []
        unknown: list[str] = []
        for mount in instruction.flags.get("mount", []):
            given = dict(part.partition("=")[::2] for part in mount.split(","))
            target = given.get("target") or given.get("dst") or given.get("destination") or ""
            target = normal(posixpath.join(self._stage.folder, self._expanded(target)))
            source = self._expanded(given.get("source") or given.get("src") or "")
            origin = given.get("from")
            if given.get("type", "bind") == "bind" and origin is None and UNKNOWN not in source:
                shown += self._copying.mount(self._stage, source, target, instruction.line)
                continue
            other = self._origin(self._expanded(origin), instruction.line) if origin else None
            if other:
                before = set(self._stage.files.files)
                self._stage.files.take(other.files, source or "/", target)
                shown += set(self._stage.files.files) - before
            elif given.get("type") != "ssh" and target != "/":
                self._stage.files.add_unknown(target)
                unknown.append(target)
        return shown, unknown

    def _expanded(self, text: str) -> str:
        return expand(text, self._stage.lookup, self._parsed.escape)

    def _global_value(self, name: str) -> str | None:
        return UNKNOWN if name in _PLATFORM else self._global.get(name)

    def _say(self, line: int, code: str, message: str, hint: str = "") -> None:
        self._report.error(self._file, line, code, message, hint)


def _start(instruction: Instruction) -> Start:
    if instruction.array is not None:
        return Start(instruction.line, instruction.array)
    return Start(instruction.line, script=instruction.text)


def _names(parsed: Dockerfile) -> set[str]:
    """The names of all stages of a file, in lower case."""
    parts = [each.text.split() for each in parsed.instructions if each.name == "FROM"]
    return {words[2].lower() for words in parts if len(words) == 3}
