"""What COPY and ADD, and the bind mounts of RUN, take from the build context and from other stages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from voxcue.image.context import Context, is_pattern
from voxcue.image.dockerfile import Instruction, without_heredocs
from voxcue.image.filesystem import normal
from voxcue.image.findings import Report
from voxcue.image.ignore import Ignore, regex
from voxcue.image.stage import Stage
from voxcue.image.variables import UNKNOWN, expand, words

_REMOTE = re.compile(r"^(https?|git|ssh)://|^git@|\.git(#.*)?$")
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|tgz|tbz2?|txz)$")


class Copying:
    """Copies into stages, and says what is not there to be copied."""

    def __init__(self, context: Context, file: str, report: Report, escape: str) -> None:
        self._context = context
        self._file = file
        self._report = report
        self._escape = escape

    def copy(
        self, stage: Stage, instruction: Instruction, stage_of: Callable[[str, int], Stage | None]
    ) -> None:
        """Do what COPY or ADD does; ``stage_of`` finds the stage that ``--from`` names."""
        if instruction.array is not None:
            given = [expand(word, stage.lookup, self._escape) for word in instruction.array]
        else:
            given = words(without_heredocs(instruction.text), stage.lookup, self._escape)
        if not given or (len(given) == 1 and not instruction.heredocs):
            self._say(
                instruction.line, "dockerfile-syntax", f"{instruction.name} needs a source and a destination."
            )
            return
        *sources, last = given
        many = len(sources) + len(instruction.heredocs) > 1
        if many and not last.endswith("/") and last not in {".", ".."} and UNKNOWN not in last:
            self._say(
                instruction.line,
                "copy-destination",
                f"{instruction.name} has several sources, so '{last}' must be a folder and end with '/'.",
                f"Write '{last}/'.",
            )
        target = normal(posixpath.join(stage.folder, last)) + ("/" if last.endswith(("/", ".")) else "")
        if UNKNOWN in target:
            stage.files.add_unknown(stage.folder)
            return
        for heredoc in instruction.heredocs:
            stage.files.add_file(f"{target}/{heredoc.name}" if target.endswith("/") else target, None)
        origin = instruction.flag("from")
        if origin is not None:
            other = stage_of(expand(origin, stage.lookup), instruction.line)
            for source in sources:
                self._from_stage(stage, other, source, target, instruction.line)
        else:
            self._from_context(stage, instruction, sources, target)

    def mount(self, stage: Stage, source: str, target: str, line: int) -> list[str]:
        """Show a path of the context to a RUN; returns the paths in the image that are new."""
        self._report.checked["sources"] += 1
        before = set(stage.files.files)
        if source in {"", ".", "/"}:
            self._put(stage, "", target, Ignore())
        elif not self._is_there(source, line, deep=False):
            self._forgive(stage, source, target)
        else:
            clean = posixpath.normpath("/" + source).lstrip("/")
            if (self._context.root / clean).is_dir():
                self._put(stage, clean, target, Ignore())
            else:
                stage.files.add_file(target, self._context.root / clean)
        return [path for path in stage.files.files if path not in before]

    def _from_stage(self, stage: Stage, other: Stage | None, source: str, target: str, line: int) -> None:
        """Copy from a stage, or from an image or context that cannot be looked into."""
        self._report.checked["sources"] += 1
        into = f"{target}/{posixpath.basename(source)}" if target.endswith("/") else target
        if other is None or UNKNOWN in source:
            if target.endswith("/") and not source.endswith("/"):
                stage.files.add_unknown(into)
            stage.files.add_touched(target)
            if not target.endswith("/") or source.endswith(("/", "/.")):
                stage.files.add_unknown(target)
            return
        source = normal(source)
        if is_pattern(source):
            pattern = regex(source)
            names = {path for path in other.files.paths() if pattern.match(path)}
            there: bool | None = bool(names) or (
                None if other.files.has(posixpath.dirname(source)) is None else False
            )
            for name in names:
                stage.files.take(other.files, name, f"{target}/{posixpath.basename(name)}")
            if (
                other.files.is_uncertain(posixpath.dirname(source))
                or posixpath.dirname(source) in other.files.sites
            ):
                there = None
                stage.files.take(other.files, posixpath.dirname(source), target)
        else:
            there = other.files.has(source)
            folder = other.files.is_folder(source)
            stage.files.take(other.files, source, target if folder else into)
            if there is None:
                stage.files.add_unknown(into if not folder else target)
        if there is False:
            self._forgive(stage, source, target)
            self._say(
                line,
                "copy-missing",
                f"There is no {source} in the stage '{other.name}'.",
                "Nothing in that stage copies, installs or makes it.",
            )

    def _from_context(
        self, stage: Stage, instruction: Instruction, sources: Sequence[str], target: str
    ) -> None:
        deep = "parents" in instruction.flags
        leaves_out = Ignore(instruction.flags.get("exclude", []))
        mode = instruction.flag("chmod") or ""
        before = set(stage.files.files)
        empty: list[str] = []
        for source in sources:
            if UNKNOWN in source or _REMOTE.search(source):
                stage.files.add_unknown(target)
                continue
            self._report.checked["sources"] += 1
            if is_pattern(source) and not self._context.matches(source, deep=deep).there:
                empty.append(source)
                continue
            if not self._is_there(source, instruction.line, deep=deep):
                self._forgive(stage, source, target)
                continue
            for path in self._context.matches(source, deep=deep).there:
                if (
                    instruction.name == "ADD"
                    and _ARCHIVE.search(path)
                    and (self._context.root / path).is_file()
                ):
                    stage.files.add_unknown(target)
                elif deep:
                    base = path if (self._context.root / path).is_dir() else posixpath.dirname(path)
                    self._put(stage, path, f"{target}/{base}/", leaves_out)
                else:
                    self._put(stage, path, target, leaves_out)
        self._say_empty(empty, sources, instruction.line)
        if empty and len(empty) == len(sources):
            self._forgive(stage, "", target)
        if re.search(r"[1357]\d{0,2}$|x", mode):
            stage.files.executable |= set(stage.files.files) - before

    def _say_empty(self, empty: Sequence[str], sources: Sequence[str], line: int) -> None:
        for source in empty:
            found = self._context.matches(source)
            ignored = bool(found.ignored)
            message = f"'{source}' matches nothing in the build context"
            message += f" but what {self._context.ignore.name} leaves out." if ignored else "."
            code = "copy-ignored" if ignored else "copy-missing"
            if len(empty) == len(sources):
                self._report.error(self._file, line, code, message, "Correct the pattern or add the files.")
            else:
                self._report.warning(
                    self._file, line, "copy-empty", message, "Docker goes on; other builders may not."
                )

    def _forgive(self, stage: Stage, source: str, target: str) -> None:
        """What is missing has been said once: what needs it is not a finding of its own."""
        stage.files.broken = True
        is_folder = target.endswith("/") and not posixpath.splitext(source)[1]
        stage.files.add_unknown(
            target if is_folder or not target.endswith("/") else f"{target}/{posixpath.basename(source)}"
        )

    def _is_there(self, source: str, line: int, *, deep: bool) -> bool:
        found = self._context.matches(source, deep=deep)
        if found.there:
            return True
        if found.ignored:
            self._say(
                line,
                "copy-ignored",
                f"'{source}' exists, but {self._context.ignore.name} leaves it out of the build context.",
                f"Add '!{found.ignored[0]}' at the end of {self._context.ignore.name}, or take the rule out.",
            )
        else:
            outside = ".." in source.split("/") or (self._context.root / source.lstrip("/")).exists()
            self._say(
                line,
                "copy-missing",
                f"There is no '{source}' in the build context.",
                "It lies outside of the context, which a build cannot read."
                if outside
                else "Paths count from the folder that is built, not from the Dockerfile.",
            )
        return False

    def _put(self, stage: Stage, path: str, target: str, leaves_out: Ignore) -> None:
        """Copy a path of the context: a file to a name or into a folder, a folder's content into a folder."""
        root = self._context.root
        if not (root / path).is_dir():
            name = (
                f"{target}/{posixpath.basename(path)}"
                if target.endswith("/") or stage.files.is_folder(target)
                else target
            )
            stage.files.add_file(name, root / path)
            return
        stage.files.add_folder(target)
        for file in self._context.files(path):
            inside = file[len(path) :].lstrip("/")
            if not leaves_out.ignores(inside):
                stage.files.add_file(f"{target}/{inside}", root / file)

    def _say(self, line: int, code: str, message: str, hint: str = "") -> None:
        self._report.error(self._file, line, code, message, hint)
