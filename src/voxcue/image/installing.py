"""What the package installers of Python put into an image: pip, uv, Poetry, Pipenv, pipx and build."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from voxcue.image import locks
from voxcue.image.distributions import add_with_dependencies, applies, requirement
from voxcue.image.filesystem import Filesystem, Installed, Site, is_under, normal
from voxcue.image.findings import Report
from voxcue.image.project import Project, modules, read
from voxcue.image.shell import Command
from voxcue.image.variables import UNKNOWN

SYSTEM = "/usr/local"
_VALUES = {
    "-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-i", "--index-url",
    "--extra-index-url", "--index", "--default-index", "-f", "--find-links", "-t", "--target", "--prefix",
    "--root", "-e", "--editable", "-p", "--python", "-w", "--wheel-dir", "--trusted-host", "--platform",
    "--python-version", "--python-platform", "--only-binary", "--no-binary", "--upgrade-strategy",
    "--cache-dir", "--progress-bar", "--timeout", "--retries", "--index-strategy", "--torch-backend",
    "--src", "-b", "--build-constraint", "--group", "--only-group", "--no-group", "--extra",
    "--exclude-newer", "--config-settings", "--override", "--overrides", "--prerelease", "--resolution",
    "--link-mode", "-P", "--upgrade-package", "--reinstall-package", "--no-build-package",
    "--no-binary-package", "--keyring-provider", "-o", "--out-dir", "--outdir", "--output-file", "--with",
    "--without", "--only", "--extras", "-E", "--package", "--no-install-package", "--directory", "--project",
    "--format", "--spec",
}  # fmt: skip
"""Options of all these installers that take a value."""
_BUILDERS = {"flit", "hatch", "hatchling", "poetry"}


@dataclass
class Arguments:
    """The words of an installer's command: options with their values, and the others."""

    options: dict[str, list[str]] = field(default_factory=dict)
    positional: list[str] = field(default_factory=list)

    def all(self, *names: str) -> list[str]:
        """The values of an option under any of its names."""
        return [value for name in names for value in self.options.get(name, [])]

    def last(self, *names: str) -> str | None:
        """The last value of an option; ``None`` when it is not given."""
        return next(reversed(self.all(*names)), None)

    def has(self, *names: str) -> bool:
        """Whether an option is given."""
        return any(name in self.options for name in names)


def arguments(words: Sequence[str], with_value: Collection[str] = ()) -> Arguments:
    """Split the words after a command; ``with_value`` names more options that take a value."""
    read = Arguments()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            read.positional += rest
        elif not word.startswith("-") or word == "-":
            read.positional.append(word)
        elif re.fullmatch(r"-[rcewtf].+", word) and not word.startswith("--"):
            read.options.setdefault(word[:2], []).append(word[2:].lstrip("="))
        elif equals:
            read.options.setdefault(name, []).append(value)
        else:
            read.options.setdefault(word, []).append(
                next(rest, "") if word in _VALUES or word in with_value else ""
            )
    return read


@dataclass
class Place:
    """Where a command of RUN stands: the image so far, and what it is called in messages."""

    files: Filesystem
    folder: str
    """The working directory."""
    environ: dict[str, str]
    python: str
    file: str
    line: int
    root: Path
    """The folder that is checked."""
    report: Report
    venv: str = ""
    """The virtual environment that was activated in this RUN."""

    def path(self, word: str) -> str:
        """A path in the image, from a word of the command."""
        return normal(posixpath.join(self.folder, word))

    def shown(self, source: Path) -> str:
        """A file of the context as messages name it."""
        return source.relative_to(self.root).as_posix() if source.is_relative_to(self.root) else str(source)


def install(command: Command, place: Place) -> bool:
    """Do what an installer does; False when the command is none."""
    words = _after_interpreter(command.words)
    if not words:
        return False
    program, rest = words[0].rsplit("/", 1)[-1], words[1:]
    if re.fullmatch(r"pip3?(\.\d+)?", program):
        _pip(rest, place, _pip_prefix(command.words[0], place))
    elif program == "uv":
        _uv(rest, command, place)
    elif program in {"venv", "virtualenv"}:
        _make_environment(next(iter(arguments(rest).positional), ".venv"), place)
    elif program in {"poetry", "pipenv"} and rest[:1] in {("install",), ("sync",)}:
        _locked_install(program, rest[1:], place)
    elif program == "pipx" and rest[:1] == ("install",):
        _add_words(arguments(rest[1:]), place, place.files.site(site_path("/root/.local")))
    elif program == "build" or (program in _BUILDERS and rest[:1] == ("build",)):
        given = arguments(rest, {"-d"} if program != "build" else ())
        _build(given if program == "build" else Arguments(given.options), place)
    else:
        return program in {"pipx", "pipenv", *_BUILDERS}
    return True


def _after_interpreter(words: Sequence[str]) -> tuple[str, ...]:
    """``python -m pip`` is ``pip``."""
    if words and re.fullmatch(r"(.*/)?(python|pypy)[\d.]*", words[0]):
        rest = list(words[1:])
        while rest and rest[0].startswith("-") and rest[0] != "-m":
            rest = rest[2:] if rest[0] in {"-W", "-X"} else rest[1:]
        return tuple(rest[1:]) if rest[:1] == ["-m"] else ()
    return tuple(words)


def site_path(prefix: str) -> str:
    """The folder of packages below a prefix."""
    return normal(f"{prefix}/lib/python3/site-packages")


def _pip_prefix(program: str, place: Place) -> str:
    if "/bin/" in program:
        return normal(place.path(program).rsplit("/bin/", 1)[0])
    return _environment(place) or SYSTEM


def _environment(place: Place) -> str:
    """The virtual environment that is in force: activated, or first on the PATH."""
    if place.venv:
        return place.venv
    for entry in place.environ.get("PATH", "").split(":"):
        prefix = posixpath.dirname(entry.rstrip("/"))
        if entry.rstrip("/").endswith("/bin") and site_path(prefix) in place.files.sites:
            return normal(prefix)
    return ""


def _uv_prefix(words: Sequence[str], command: Command, place: Place) -> str:
    given = arguments(words)
    environ = {**place.environ, **command.variables}
    chosen = given.last("--python", "-p") or environ.get("UV_PYTHON", "")
    if "/" in chosen:
        return normal(place.path(re.sub(r"/bin/python[\d.]*$", "", chosen)))
    if given.has("--system") or environ.get("UV_SYSTEM_PYTHON"):
        return SYSTEM
    if environ.get("VIRTUAL_ENV"):
        return normal(environ["VIRTUAL_ENV"])
    local = place.path(".venv")
    return _environment(place) or (local if site_path(local) in place.files.sites else SYSTEM)


def _uv(words: Sequence[str], command: Command, place: Place) -> None:
    verb, given = words[0] if words else "", arguments(words[1:])
    environ = {**place.environ, **command.variables}
    if verb == "pip":
        _pip(words[1:], place, _uv_prefix(words[1:], command, place))
    elif verb == "venv":
        target = next(iter(given.positional), environ.get("VIRTUAL_ENV") or ".venv")
        _make_environment(target, place)
    elif verb == "sync":
        active = environ.get("VIRTUAL_ENV") if given.has("--active") else None
        prefix = active or environ.get("UV_PROJECT_ENVIRONMENT") or ".venv"
        _locked_install("uv", words[1:], place, place.path(prefix))
    elif verb in {"add", "tool"}:
        rest = Arguments(given.options, given.positional[1:] if verb == "tool" else given.positional)
        prefix = "/root/.local/share/uv" if verb == "tool" else place.path(".venv")
        place.files.add_unknown("/root/.local/bin")
        _add_words(rest, place, place.files.site(site_path(prefix)))
    elif verb == "build":
        _build(given, place)
    elif verb == "export":
        output = given.last("-o", "--output-file")
        if output or command.outputs:
            place.files.add_unknown(place.path(output or command.outputs[0]))


def _make_environment(target: str, place: Place) -> None:
    prefix = place.path(target)
    place.files.add_folder(prefix)
    place.files.add_unknown(f"{prefix}/bin")
    place.files.site(site_path(prefix))


def _pip(words: Sequence[str], place: Place, prefix: str) -> None:
    verb, given = words[0] if words else "", arguments(words[1:])
    if verb == "wheel":
        site = place.files.site(place.path(given.last("-w", "--wheel-dir") or "."))
        site.wheels = True
        _add_words(given, place, site)
        return
    if verb not in {"install", "sync"}:
        return
    target = given.last("-t", "--target")
    if target is None:
        if given.has("--user"):
            prefix = "/root/.local"
        prefix = place.path(given.last("--prefix", "--root") or prefix)
        place.files.add_unknown(f"{prefix}/bin")
    site = place.files.site(place.path(target) if target else site_path(prefix))
    if verb == "sync":
        given.options.setdefault("-r", []).extend(given.positional)
        given.positional = []
    _add_words(given, place, site)


def _add_words(given: Arguments, place: Place, site: Site) -> None:
    """Install what the words of ``pip install`` name."""
    alone = given.has("--no-deps", "--no-dependencies")
    for name in given.all("-r", "--requirement", "--requirements"):
        _add_file(name, place, site, alone=alone or given.has("--require-hashes"))
    editables = given.all("-e", "--editable")
    for at, word in enumerate(editables + given.positional):
        editable = at < len(editables)
        if word.startswith(UNKNOWN):
            site.open.add("what a variable names")
            continue
        word = word.replace(UNKNOWN, "0")
        if not _add_local(word, place, site, alone=alone, editable=editable):
            wanted = _named(word)
            if wanted:
                _add(
                    wanted,
                    Installed(canonicalize_name(wanted.name), place.file, place.line),
                    place,
                    site,
                    alone,
                )
            else:
                site.open.add(word)


def _named(word: str) -> Requirement | None:
    """A requirement, or the name in a URL: ``git+https://host/owner/NAME.git@v1#egg=NAME``."""
    if "://" not in word or re.match(r"[\w.-]+(\[[\w.,-]*\])?\s*@", word):
        return requirement(word)
    egg = re.search(r"[#&]egg=([\w.-]+)", word)
    if egg:
        return requirement(egg[1])
    last = re.split(r"[@#?]", word.rstrip("/").rsplit("/", 1)[-1])[0].removesuffix(".git")
    if last.endswith(".whl"):
        last = last.split("-", 1)[0]
    return requirement(re.sub(r"-\d.*\.(tar\.gz|zip)$", "", last))


def _add(wanted: Requirement, installed: Installed, place: Place, site: Site, alone: bool) -> None:
    name = canonicalize_name(wanted.name)
    if not applies(wanted, (), place.python):
        site.left_out.add(name)
        return
    for other in list(place.files.sites.values()):
        if other.wheels and name in other.projects:
            _add_wheels(other, site, place, [name], wanted.extras, alone=alone)
            return
    if alone:
        site.installed.setdefault(name, installed)
    else:
        add_with_dependencies(site, wanted, installed, place.python)


def _add_file(name: str, place: Place, site: Site, *, alone: bool) -> None:
    path = place.path(name)
    source = place.files.files.get(path)
    if source is None:
        if "\0" not in name and "://" not in name and place.files.has(path) is False:
            place.files.broken = True
            place.report.error(
                place.file,
                place.line,
                "path-missing",
                f"RUN installs from '{name}', and there is no {path} in the image at this point.",
                "Copy it before this RUN.",
            )
        site.open.add(name)
        return
    place.report.checked["paths"] += 1
    asked = locks.requirements(path, place.files.files.get)
    for inner, line, holder in asked.missing:
        held = place.files.files.get(normal(holder))
        place.report.error(
            place.shown(held) if held else holder,
            line,
            "path-missing",
            f"The requirements include '{posixpath.relpath(inner, posixpath.dirname(holder))}', "
            f"and there is no {inner} in the image at this point.",
            "Copy it beside the file that includes it.",
        )
    for wanted, line, holder in asked.wanted:
        held = place.files.files[normal(holder)]
        file = place.shown(held) if held else holder
        _add(
            wanted, Installed(canonicalize_name(wanted.name), file, line), place, site, alone or asked.closed
        )
    for folder in asked.folders:
        _add_local(folder, place, site, alone=alone, editable=True)


def _add_local(word: str, place: Place, site: Site, *, alone: bool, editable: bool) -> bool:
    """Install a project of the context or wheels that lie in the image; False when the word names neither."""
    word, extras = _without_extras(word.removeprefix("file://"))
    if (
        not (word.startswith((".", "/")) or word.endswith((".whl", ".tar.gz", "/")) or "/" in word)
        or "://" in word
    ):
        return False
    path = place.path(word)
    for folder, other in list(place.files.sites.items()):
        if other.wheels and is_under(posixpath.dirname(path), folder):
            first = posixpath.basename(path).split("-", 1)[0]
            names = [name for name in other.projects if canonicalize_name(first) == name] or None
            _add_wheels(other, site, place, names if word.endswith(".whl") else None, extras, alone=alone)
            return True
    if word.endswith((".whl", ".tar.gz", ".zip")):
        return _add_archive(word, path, place, site)
    add_project(path, word, extras, place, site, alone=alone, editable=editable)
    return True


def _without_extras(word: str) -> tuple[str, set[str]]:
    found = re.search(r"\[([\w\s.,-]*)\]$", word)
    if not found:
        return word, set()
    return word[: found.start()], {canonicalize_name(each.strip()) for each in found[1].split(",")}


def _add_archive(word: str, path: str, place: Place, site: Site) -> bool:
    """A wheel that came from the context, or that the build made by means that cannot be looked into."""
    pattern = re.compile(re.escape(path).replace(r"\*", "[^/]*") + r"\Z")
    found = [each for each in place.files.files if pattern.match(each)] or [path]
    for each in found:
        wanted = requirement(posixpath.basename(each).split("-", 1)[0])
        if wanted and "*" not in each:
            add_with_dependencies(
                site, wanted, Installed(canonicalize_name(wanted.name), place.file, place.line), place.python
            )
        else:
            site.open.add(word)
    return True


def _add_wheels(
    wheels: Site, site: Site, place: Place, names: list[str] | None, extras: set[str], *, alone: bool
) -> None:
    """Install wheels that the build made: all, or those of the projects named."""
    projects = [wheels.projects[name] for name in (names or wheels.projects)]
    if names is None:
        site.add(wheels)
    else:
        site.source.update(wheels.source)
        site.projects.update({project.name: project for project in projects})
    for project in projects:
        site.installed.setdefault(project.name, Installed(project.name, project.file, 0))
        if not alone:
            _add_dependencies(project, extras, place, site)


def add_project(
    path: str, word: str, extras: set[str], place: Place, site: Site, *, alone: bool, editable: bool = False
) -> Project | None:
    """Install the project that lies in a folder of the image; says so when there is none."""
    files = {
        each[len(path) :].lstrip("/"): source
        for each, source in place.files.below(path)
        if source is not None
    }
    project = None
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        if name in files:
            folder = files[name].parent
            project = project or read(folder, place.shown(folder))
    if project is None:
        if place.files.is_uncertain(path):
            site.open.add(word)
        else:
            place.files.broken = True
            place.report.error(
                place.file,
                place.line,
                "path-missing",
                f"RUN installs '{word}', and there is no pyproject.toml or setup.py in {path} at this point.",
                "Copy the project's files before this RUN.",
            )
        return None
    _check_metadata(project, path, files, place)
    site.projects[project.name] = project
    site.installed.setdefault(project.name, Installed(project.name, project.file, 0))
    if editable:
        site.paths += tuple(normal(posixpath.join(path, root)) for root in _import_folders(project))
    else:
        site.source.update(modules(project, files))
    if not alone and not site.wheels:
        _add_dependencies(project, extras, place, site)
    return project


def _import_folders(project: Project) -> list[str]:
    if project.packages is None:
        return project.roots
    return [posixpath.dirname(package) or "." for package in project.packages]


def _check_metadata(project: Project, path: str, files: dict[str, Path], place: Place) -> None:
    """A build backend reads the files that the metadata names: without them it fails."""
    for name in project.needs:
        place.report.checked["paths"] += 1
        if name not in files and not place.files.is_uncertain(path):
            place.report.error(
                place.file,
                place.line,
                "path-missing",
                f"{project.file} names '{name}', and there is no {normal(f'{path}/{name}')} at this point.",
                "Copy it with the project, and see that the ignore file keeps it.",
            )


def _add_dependencies(project: Project, extras: set[str], place: Place, site: Site) -> None:
    if not project.whole:
        site.open.add(project.name)
    queue = [*project.dependencies]
    for extra in extras:
        queue += project.extras.get(extra, [])
    for text in queue:
        wanted = requirement(text)
        if wanted is None:
            continue
        name = canonicalize_name(wanted.name)
        if name == project.name:
            more: set[str] = {canonicalize_name(each) for each in wanted.extras}
            _add_dependencies(project, more - extras, place, site)
            continue
        if name in site.installed:  # a lock came first: it has all that this brings
            continue
        _add(
            wanted, Installed(name, project.file, project.line_of(place.root, name)), place, site, alone=False
        )


def _locked_install(tool: str, words: Sequence[str], place: Place, prefix: str = "") -> None:
    """Install with a tool that reads its own lock beside ``pyproject.toml`` or ``Pipfile``."""
    given = arguments(words)
    site = place.files.site(site_path(prefix or _environment(place) or SYSTEM))
    if prefix:
        place.files.add_unknown(f"{prefix}/bin")
    lock_name = {"uv": "uv.lock", "poetry": "poetry.lock", "pipenv": "Pipfile.lock"}[tool]
    lock = place.files.files.get(place.path(lock_name))
    manifest = place.files.files.get(place.path("Pipfile" if tool == "pipenv" else "pyproject.toml"))
    if lock is None or (manifest is None and tool != "pipenv"):
        missing = lock_name if lock is None else "pyproject.toml"
        strict = given.has("--frozen", "--locked", "--deploy") or tool == "uv" or missing == "pyproject.toml"
        if place.files.has(place.path(missing)) is False and strict:
            place.files.broken = True
            place.report.error(
                place.file,
                place.line,
                "path-missing",
                f"RUN {tool} reads {missing}, and there is no {place.path(missing)} at this point.",
                "Copy it before this RUN.",
            )
        site.open.add(lock_name)
        return
    project = read(manifest.parent, place.shown(manifest.parent)) if manifest else None
    project = project or Project("", "pyproject.toml")
    found = _of_lock(tool, lock, given, project, place)
    if found is None:
        site.open.add(lock_name)
    for installed in found or ():
        site.installed.setdefault(installed.name, installed)
    bare = given.has("--no-install-project", "--no-root", "--no-install-workspace") or tool == "pipenv"
    if not bare and project.name:
        editable = tool == "poetry" or not given.has("--no-editable")
        add_project(place.path("."), ".", set(), place, site, alone=True, editable=editable)


def _of_lock(
    tool: str, lock: Path, given: Arguments, project: Project, place: Place
) -> list[Installed] | None:
    shown = place.shown(lock)
    if tool == "uv":
        extras = list(project.extras) if given.has("--all-extras") else given.all("--extra")
        groups = [*given.all("--group", "--only-group")]
        if not given.has("--no-dev", "--no-default-groups", "--only-group"):
            groups.append("dev")
        return locks.uv_lock(lock, shown, project, extras, groups, place.python)
    if tool == "poetry":
        without = {each for value in given.all("--without") for each in value.split(",")}
        main = given.has("--no-dev") or "main" in given.all("--only")
        groups = given.all("--with") + ([] if main or "dev" in without else ["dev"])
        return locks.poetry_lock(lock, shown, project, groups)
    return locks.pipfile_lock(lock, shown, dev=given.has("--dev", "-d"))


def _build(given: Arguments, place: Place) -> None:
    """Make a wheel of a project: ``python -m build``, ``uv build``, ``hatchling build``."""
    folder = next(iter(given.positional), ".")
    output = place.path(
        given.last("-o", "--out-dir", "--outdir", "-d", "--directory") or posixpath.join(folder, "dist")
    )
    place.files.add_unknown(output)
    site = place.files.site(output)
    site.wheels = True
    add_project(place.path(folder), folder, set(), place, site, alone=True)
