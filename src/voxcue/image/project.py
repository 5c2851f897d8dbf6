"""A Python project in the build context: its name, dependencies, commands, plugins and packages."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name


@dataclass
class Project:
    """What ``pyproject.toml``, ``setup.cfg`` or ``setup.py`` says."""

    name: str
    file: str
    """The file that says so, relative to the folder that is checked."""
    dependencies: list[str] = field(default_factory=list)
    extras: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    """Entry points other than commands: "group: name" to "module:object"."""
    roots: list[str] = field(default_factory=list)
    """Folders, relative to the project, that packages are looked for in; the first that has any counts."""
    packages: list[str] | None = None
    """Paths of the packages, where the project names them."""
    whole: bool = True
    """False when dependencies are computed, so that they cannot be read."""
    needs: list[str] = field(default_factory=list)
    """Files that building the project reads, by their path relative to it."""

    def line_of(self, root: Path, name: str) -> int:
        """The line of the project's file that names a distribution; 0 when none does."""
        spelt = r"[-_.]".join(map(re.escape, name.split("-")))
        return find_line(root / self.file, re.compile(rf"(?<![\w.-]){spelt}(?![\w-])", re.IGNORECASE).search)


def read(folder: Path, shown: str) -> Project | None:
    """Read the project in a folder; ``shown`` is how messages call the folder; ``None`` if there is none."""
    pyproject, cfg, setup = (folder / name for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    if pyproject.is_file():
        try:
            table = tomllib.loads(pyproject.read_text(encoding="utf-8", errors="replace"))
        except tomllib.TOMLDecodeError:
            return None
        project = _from_table(table, posixpath.normpath(posixpath.join(shown, "pyproject.toml")))
        if "project" in table or "poetry" in table.get("tool", {}):
            return project
    if cfg.is_file() or setup.is_file():
        name = "setup.cfg" if cfg.is_file() else "setup.py"
        project = Project("", posixpath.normpath(posixpath.join(shown, name)), roots=["src", "."])
        if cfg.is_file():
            _add_cfg(project, cfg)
        if setup.is_file():
            _add_setup(project, setup)
        return project if project.name or setup.is_file() else None
    return None


def _from_table(table: dict[str, Any], file: str) -> Project:
    meta = table.get("project", {})
    tool = table.get("tool", {})
    points = meta.get("entry-points", {})
    project = Project(
        canonicalize_name(meta.get("name", "")),
        file,
        list(meta.get("dependencies", [])),
        {
            canonicalize_name(name): list(needed)
            for name, needed in meta.get("optional-dependencies", {}).items()
        },
        _groups(table.get("dependency-groups", {})),
        {**meta.get("scripts", {}), **meta.get("gui-scripts", {})},
        {f"{group}: {name}": target for group, named in points.items() for name, target in named.items()},
        whole="dependencies" not in meta.get("dynamic", []),
    )
    _add_poetry(project, tool.get("poetry", {}))
    readme = meta.get("readme", "")
    version = tool.get("hatch", {}).get("version", {}).get("path", "")
    named = (readme.get("file", "") if isinstance(readme, dict) else readme, version)
    project.needs = [posixpath.normpath(each) for each in named if each]
    hatch = tool.get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {})
    setuptools = tool.get("setuptools", {})
    packages = hatch.get("packages") or None
    if isinstance(setuptools.get("packages"), list):
        base = setuptools.get("package-dir", {}).get("", ".")
        packages = [posixpath.join(base, name.replace(".", "/")) for name in setuptools["packages"]]
    if isinstance(setuptools.get("py-modules"), list):
        packages = (packages or []) + [f"{name}.py" for name in setuptools["py-modules"]]
    find = setuptools.get("packages", {}) if isinstance(setuptools.get("packages"), dict) else {}
    where = find.get("find", {}).get("where", [])
    project.packages = project.packages or packages
    project.roots = [*where] if where else ["src", "."]
    return project


def _groups(table: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [each for each in needed if isinstance(each, str)] for name, needed in table.items()}


def _add_poetry(project: Project, poetry: dict[str, Any]) -> None:
    if not poetry:
        return
    project.name = project.name or canonicalize_name(poetry.get("name", ""))
    for name, wanted in poetry.get("dependencies", {}).items():
        if name != "python" and not (isinstance(wanted, dict) and wanted.get("optional")):
            project.dependencies.append(name)
    for name, names in poetry.get("extras", {}).items():
        project.extras.setdefault(name, []).extend(names)
    project.scripts.update(
        {name: target for name, target in poetry.get("scripts", {}).items() if isinstance(target, str)}
    )
    if poetry.get("packages"):
        project.packages = [
            posixpath.join(each.get("from", "."), each["include"]) for each in poetry["packages"]
        ]


def _add_cfg(project: Project, path: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except configparser.Error:
        return

    def lines(section: str, option: str) -> list[str]:
        return [
            line.strip() for line in parser.get(section, option, fallback="").splitlines() if line.strip()
        ]

    project.name = canonicalize_name(parser.get("metadata", "name", fallback=""))
    project.dependencies = lines("options", "install_requires")
    if parser.has_section("options.extras_require"):
        for name in parser.options("options.extras_require"):
            project.extras[canonicalize_name(name)] = lines("options.extras_require", name)
    for line in lines("options.entry_points", "console_scripts"):
        name, _, target = line.partition("=")
        project.scripts[name.strip()] = target.strip()


def _add_setup(project: Project, path: Path) -> None:
    """Read the literals in a call of ``setup()``; what is computed is not seen."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
    except SyntaxError:
        project.whole = False
        return
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("setup"):
            continue
        given = {word.arg: word.value for word in call.keywords}
        project.name = project.name or canonicalize_name(str(_literal(given.get("name")) or ""))
        if "install_requires" in given:
            needed = _literal(given["install_requires"])
            project.whole = isinstance(needed, list)
            project.dependencies += needed if isinstance(needed, list) else []
        points = _literal(given.get("entry_points"))
        for line in points.get("console_scripts", []) if isinstance(points, dict) else []:
            name, _, target = line.partition("=")
            project.scripts[name.strip()] = target.strip()


def _literal(node: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(node) if node else None
    except ValueError:
        return None


def modules(project: Project, files: dict[str, Path]) -> dict[str, Path]:
    """What installing a project puts into site-packages, of the files that are there.

    Args:
        project: the project.
        files: the files of the project, by their path relative to it.

    Returns:
        Their paths below site-packages, and their sources.
    """
    if project.packages is not None:
        return dict(_named(project.packages, files))
    for root in project.roots:
        prefix = "" if root in {".", ""} else root.strip("/") + "/"
        found = {path[len(prefix) :]: source for path, source in files.items() if path.startswith(prefix)}
        chosen = {path: source for path, source in found.items() if _is_packaged(path, found, project)}
        if chosen:
            return chosen
    return {}


def _named(packages: list[str], files: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    for package in packages:
        package = posixpath.normpath(package)
        base = posixpath.dirname(package)
        for path, source in files.items():
            if path == package or path.startswith(package + "/"):
                yield (path[len(base) :].lstrip("/") if base else path), source


def _is_packaged(path: str, found: dict[str, Path], project: Project) -> bool:
    """Whether automatic discovery takes a file: those of packages, and a module of the project's name."""
    first, _, rest = path.partition("/")
    if not rest:
        return first.removesuffix(".py") == project.name.replace("-", "_")
    return f"{first}/__init__.py" in found or first == project.name.replace("-", "_")


def find_line(path: Path, matches: Callable[[str], object]) -> int:
    """The number of the first line that matches; 0 when none does."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return next((number for number, line in enumerate(text.splitlines(), 1) if matches(line)), 0)
