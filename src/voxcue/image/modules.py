"""Finding a module in the image as Python would: on a search path of folders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voxcue.image.filesystem import Filesystem, normal

_COMPILED = re.compile(r"^(\w+)\.(?:[\w.-]+\.)?(?:so|pyd|pyc)$")


@dataclass(frozen=True)
class Module:
    """A module that was found."""

    name: str
    path: str
    """Its file in the image; the folder, for a package without ``__init__.py``."""
    source: Path | None
    """Its source in the build context; ``None`` for what has none, as compiled modules."""
    is_package: bool

    @property
    def package(self) -> str:
        """The package that relative imports in it start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]


class Modules:
    """The modules in one image."""

    def __init__(self, files: Filesystem) -> None:
        self._files: dict[str, Path | None] = dict(files.files)
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._uncertain = files.is_uncertain
        self.sites = [path for path, site in files.sites.items() if not site.wheels]
        for path in self.sites:
            self._files.update(
                {f"{path}/{name}": source for name, source in files.sites[path].source.items()}
            )
        self.editable = [each for path in self.sites for each in files.sites[path].paths]
        for path in self._files:
            folder, _, name = path.rpartition("/")
            self._names[folder].add(name)
            if name.endswith((".py", ".so", ".pyc")):
                while folder:
                    above, _, inner = folder.rpartition("/")
                    if inner in self._names[above]:
                        break
                    self._names[above].add(inner)
                    folder = above

    def find(self, name: str, folders: Sequence[str]) -> Module | None:
        """The module of a dotted name, looked for in folders of the image; of a missing part, ``None``."""
        found: Module | None = None
        for part in name.split("."):
            inside = folders if found is None else [_folder(found)]
            if found is not None and not found.is_package:
                return None
            full = f"{found.name}.{part}" if found else part
            found = next((each for folder in inside if (each := self._in(normal(folder), part, full))), None)
            if found is None:
                return None
        return found

    def file(self, path: str) -> Path | None:
        """The source of a file in the image."""
        return self._files.get(path)

    def is_uncertain(self, folders: Sequence[str]) -> bool:
        """Whether one of the folders may hold more than is known."""
        return any(self._uncertain(folder) for folder in folders if folder not in self.sites)

    def _in(self, folder: str, part: str, full: str) -> Module | None:
        prefix = "" if folder == "/" else folder
        names = self._names.get(prefix, set())
        package = f"{prefix}/{part}/__init__.py"
        if package in self._files:
            return Module(full, package, self._files[package], is_package=True)
        if f"{part}.py" in names:
            return Module(full, f"{prefix}/{part}.py", self._files[f"{prefix}/{part}.py"], is_package=False)
        for name in names:
            compiled = _COMPILED.match(name)
            if compiled and compiled[1] == part:
                return Module(full, f"{prefix}/{name}", None, is_package=False)
        if part in names and f"{prefix}/{part}" in self._names:
            return Module(full, f"{prefix}/{part}", None, is_package=True)
        return None


def _folder(module: Module) -> str:
    return module.path.removesuffix("/__init__.py")
