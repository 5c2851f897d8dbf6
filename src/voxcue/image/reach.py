"""Which modules a container imports, from its entry points on, and which of them it lacks."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from voxcue.image.context import Context
from voxcue.image.distributions import providers, provides
from voxcue.image.filesystem import Filesystem
from voxcue.image.findings import Report
from voxcue.image.imports import Import, When, binds, imports
from voxcue.image.modules import Module, Modules
from voxcue.image.project import Project


class Need(IntEnum):
    """How surely a module is imported."""

    START = 0
    """On the way to the first instruction of the program."""
    PLUGIN = 1
    """When a plugin that the project registers is loaded."""
    CALL = 2
    """When some function is called."""


@dataclass(frozen=True)
class Root:
    """Where imports begin: a module by its name, or a file of the image."""

    file: str
    line: int
    folders: tuple[str, ...] = ()
    """Folders that the interpreter looks in first."""
    module: str = ""
    path: str = ""
    code: str = ""
    """Python given on the command line."""
    main: bool = False
    need: Need = Need.START


class Reach:
    """Follows imports through the modules of one image."""

    def __init__(
        self, files: Filesystem, context: Context, report: Report, *, allowed: Iterable[str], known: bool
    ) -> None:
        self._modules = Modules(files)
        self._broken = files.broken
        self._context = context
        self._report = report
        self._allowed = set(allowed)
        sites = [site for site in files.sites.values() if not site.wheels]
        self._installed = {name for site in sites for name in site.installed}
        self._open = {name for site in sites for name in site.open} | (set() if known else {"the base image"})
        projects = [project for site in sites for project in site.projects.values()]
        self._extras = _extras(projects)
        self._extras_of = {project.name for project in projects}
        self._queue: deque[tuple[Need, Module, tuple[str, ...], bool]] = deque()
        self._later: list[deque[tuple[Need, Module, tuple[str, ...], bool]]] = [deque(), deque(), deque()]
        self._seen: set[str] = set()
        self._told: set[str] = set()
        self._looked_at: set[str] = set()

    def follow(self, roots: Iterable[Root], environ_path: Sequence[str]) -> None:
        """Follow every import from the roots; ``environ_path`` holds the folders of PYTHONPATH."""
        for root in roots:
            self._start(root, (*root.folders, *environ_path, *self._modules.editable, *self._modules.sites))
        for need in Need:
            queue = self._later[need]
            while queue:
                _, module, folders, main = queue.popleft()
                self._read(module, folders, need, main=main)
        self._report.checked["modules"] += len(self._looked_at)

    def _start(self, root: Root, folders: tuple[str, ...]) -> None:
        if root.code:
            self._scan(root.code, "", root.file, root.line, folders, root.need, own_lines=False)
        elif root.path:
            source = self._modules.file(root.path)
            if source:
                self._enqueue(
                    Module("__main__", root.path, source, is_package=False), folders, root.need, main=True
                )
        elif self._reach(root.module, folders, root.need, root.file, root.line, required=True) and root.main:
            found = self._modules.find(root.module, folders)
            if found and found.is_package:
                inner = f"{root.module}.__main__"
                self._reach(inner, folders, root.need, root.file, root.line, required=True, main=True)

    def _reach(
        self,
        name: str,
        folders: tuple[str, ...],
        need: Need,
        file: str,
        line: int,
        *,
        required: bool,
        main: bool = False,
        origin: Path | None = None,
    ) -> bool:
        """Load a module and the packages above it; says so when one is missing. True when it is local."""
        top = name.split(".", 1)[0]
        if not top or top in sys.builtin_module_names or name == "__main__":
            return False
        self._looked_at.add(name)
        if self._modules.find(top, folders) is None:
            if top not in sys.stdlib_module_names:
                self._outside(name, folders, need, file, line, origin)
            return False
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            part = ".".join(parts[:count])
            found = self._modules.find(part, folders)
            if found is None:
                if required:
                    self._missing(part, folders, file, line)
                return True
            self._enqueue(found, folders, need, main=main and count == len(parts))
        return True

    def _enqueue(self, module: Module, folders: tuple[str, ...], need: Need, *, main: bool) -> None:
        self._later[need].append((need, module, folders, main))

    def _read(self, module: Module, folders: tuple[str, ...], need: Need, *, main: bool) -> None:
        if module.path in self._seen or module.source is None:
            return
        self._seen.add(module.path)
        self._looked_at.add(module.name)
        text = module.source.read_text(encoding="utf-8-sig", errors="replace")
        shown = self._shown(module.source)
        self._scan(text, module.package, shown, 1, folders, need, main=main, origin=_top(module))

    def _scan(
        self,
        text: str,
        package: str,
        file: str,
        line: int,
        folders: tuple[str, ...],
        need: Need,
        *,
        main: bool = True,
        own_lines: bool = True,
        origin: Path | None = None,
    ) -> None:
        try:
            found = imports(text, package, main=main)
        except SyntaxError as error:
            at = (error.lineno or 1) if own_lines else line
            self._report.error(file, at, "import-syntax", f"This is not Python: {error.msg}.")
            return
        for each in found:
            if each.when is not When.OPTIONAL:
                later = Need.CALL if each.when is When.LAZY else need
                self._import(each, folders, later, file, each.line if own_lines else line, origin)

    def _import(
        self, each: Import, folders: tuple[str, ...], need: Need, file: str, line: int, origin: Path | None
    ) -> None:
        local = self._reach(each.module, folders, need, file, line, required=True, origin=origin)
        if not local or not each.name or each.name == "*":
            return
        module = self._modules.find(each.module, folders)
        inner = f"{each.module}.{each.name}"
        if module is None or self._modules.find(inner, folders):
            self._reach(inner, folders, need, file, line, required=False)
        elif module.is_package and self._is_lacking(module, each.name):
            self._missing(inner, folders, file, line)

    def _is_lacking(self, module: Module, name: str) -> bool:
        """Whether a package neither has a module of the name nor sets it."""
        if module.source is None:
            return module.path.rsplit("/", 1)[-1] != "__init__.py"
        try:
            return not binds(module.source.read_text(encoding="utf-8-sig", errors="replace"), name)
        except SyntaxError:
            return False

    def _missing(self, name: str, folders: tuple[str, ...], file: str, line: int) -> None:
        """A module of a package that is in the image is not."""
        if name in self._told or {name, name.split(".", 1)[0]} & self._allowed:
            return
        self._told.add(name)
        above, _, last = name.rpartition(".")
        package = self._modules.find(above, folders) if above else None
        beside = package.source.parent if package and package.source else None
        hint = self._where(beside, last) or f"No file of the context is {name.replace('.', '/')}.py."
        message = f"The module {name} is imported, and is not in the image."
        if self._modules.is_uncertain(folders[:1]):
            self._report.warning(file, line, "import-undeclared", message, "Unless a RUN makes it.")
        else:  # what is the project's own is missing for sure, whenever it is imported
            self._report.error(file, line, "import-missing", message, hint)

    def _outside(
        self, name: str, folders: tuple[str, ...], need: Need, file: str, line: int, origin: Path | None
    ) -> None:
        """A module that no file of the image is: something installed must bring it."""
        top = name.split(".", 1)[0]
        named = providers(name)
        if provides(self._installed, name) or top in self._told or {top, name, *named} & self._allowed:
            return
        if need is not Need.START and named & self._extras:
            return
        self._told.add(top)
        beside = self._where(origin, top) or self._where(self._context.root, top)
        if self._broken and not beside:
            return
        message = f"The module {top} is imported, and nothing in the image provides it."
        if beside or self._modules.is_uncertain(folders[:1]):
            hint = beside
        else:
            likely = sorted(named - {top.lower()}) or sorted(named)
            hint = f"Add {' or '.join(likely)} to what the image installs."
        if need is Need.CALL and not beside:
            message = f"The module {top} is imported by a function, and nothing in the image provides it."
            self._report.warning(file, line, "import-lazy", message, hint)
        elif not beside and (self._open or self._modules.is_uncertain(folders[:1])):
            some = ", ".join(sorted(self._open)[:3]) or "a RUN"
            message = f"The module {top} is imported, and nothing that the image names provides it."
            self._report.warning(
                file,
                line,
                "import-undeclared",
                message,
                f"{hint} It is there only if {some} brings it.".strip(),
            )
        else:
            self._report.error(file, line, "import-missing", message, hint)

    def _where(self, folder: Path | None, name: str) -> str:
        """A sentence on a module that the context has, where the image lacks it."""
        if folder is None:
            return ""
        for path in (folder / f"{name}.py", folder / name / "__init__.py"):
            if path.is_file() and path.is_relative_to(self._context.root):
                shown = self._shown(path)
                if self._context.ignore.ignores(shown):
                    return f"'{shown}' exists, but {self._context.ignore.name} leaves it out."
                return f"'{shown}' exists, but is not copied to where it is looked for."
        return ""

    def _shown(self, path: Path) -> str:
        root = self._context.root
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _extras(projects: Iterable[Project]) -> set[str]:
    """Distributions that a project calls optional."""
    from packaging.utils import canonicalize_name

    from voxcue.image.distributions import requirement

    wanted = (
        requirement(text) for project in projects for needed in project.extras.values() for text in needed
    )
    return {canonicalize_name(each.name) for each in wanted if each}


def _top(module: Module) -> Path | None:
    """The folder of the context that absolute imports of a module's neighbours start from."""
    depth = len(module.package.split(".")) if module.package else 0
    return module.source.parents[depth] if module.source and len(module.source.parents) > depth else None
