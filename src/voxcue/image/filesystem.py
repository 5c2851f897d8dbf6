"""What is known of the files in an image while it is built.

Paths are absolute and POSIX. A file that came from the build context is known with its source; of what RUN
makes, only the folder may be known. Where content cannot be known, questions are answered with ``None``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from voxcue.image.project import Project

_PYTHON = re.compile(r"/lib(?:64)?/(?:python|pypy)3?(?:\.\d+)?(?=/|$)")
_SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/var",
)
_BARE = ("/home", "/media", "/mnt", "/opt", "/root", "/srv")


@dataclass(frozen=True)
class Installed:
    """A distribution in the image: who asked for it, and the file and line that name it."""

    name: str
    file: str
    line: int
    chain: tuple[str, ...] = ()
    """The distributions through which it came, the one that was asked for first."""


@dataclass
class Site:
    """A folder that Python packages are installed to."""

    installed: dict[str, Installed] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    """Distributions whose own dependencies are not known here, so that more may be installed."""
    left_out: set[str] = field(default_factory=set)
    """Distributions that a lock names with a marker that does not hold here."""
    source: dict[str, Path] = field(default_factory=dict)
    """Modules and packages built from the context: their path below the folder, and their source."""
    projects: dict[str, Project] = field(default_factory=dict)
    """The projects of the context that are installed here, or lie here as wheels, by name."""
    wheels: bool = False
    """It holds wheels, which are not importable before they are installed."""
    paths: tuple[str, ...] = ()
    """Folders in the image that editable installs point to."""

    def add(self, other: Site) -> None:
        """Take in what another holds."""
        for name, installed in other.installed.items():
            self.installed.setdefault(name, installed)
        self.open |= other.open
        self.left_out |= other.left_out
        self.source.update(other.source)
        self.projects.update(other.projects)
        self.paths += tuple(path for path in other.paths if path not in self.paths)


class Filesystem:
    """The files of one stage."""

    def __init__(self, *, known: bool = True) -> None:
        """Begin with a base image; ``known`` is False when it may hold anything."""
        self.files: dict[str, Path | None] = {}
        self.sites: dict[str, Site] = {}
        self.executable: set[str] = set()
        self.known = known
        self.broken = False
        """Something that was to be copied or installed is missing, which has been said."""
        self._folders: set[str] = {"/"}
        self._unknown: set[str] = set()
        self._touched: set[str] = set()

    def copy(self) -> Filesystem:
        """An image that begins with what this one holds."""
        twin = Filesystem(known=self.known)
        twin.broken = self.broken
        twin.executable = set(self.executable)
        twin._folders = set(self._folders)
        twin._unknown = set(self._unknown)
        twin._touched = set(self._touched)
        twin.take(self, "/", "/")
        return twin

    def add_file(self, path: str, source: Path | None) -> None:
        """Put a file in its place; ``source`` is the file of the context that it is a copy of."""
        path = normal(path)
        if source and source.is_dir():  # a link to a folder, which stays a link
            self.add_unknown(path)
            return
        self.files[path] = source
        self.add_folder(posixpath.dirname(path))

    def add_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        path = normal(path)
        while path not in self._folders:
            self._folders.add(path)
            path = posixpath.dirname(path)

    def add_unknown(self, path: str) -> None:
        """Something is at this path, and if it is a folder, anything may be in it."""
        path = normal(path)
        self._unknown.add(path)
        self.add_folder(posixpath.dirname(path))

    def add_touched(self, path: str) -> None:
        """A command that is not known was run here: it may have made files, though hardly Python modules."""
        self._touched.add(normal(path))

    def forget(self, path: str) -> None:
        """Take back that anything may be at a path: a mount that has ended."""
        self._unknown.discard(normal(path))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        path = normal(path)
        self.files = {each: source for each, source in self.files.items() if not is_under(each, path)}
        self._folders = {each for each in self._folders if each == "/" or not is_under(each, path)}
        self._unknown = {each for each in self._unknown if not is_under(each, path)}

    def has(self, path: str) -> bool | None:
        """Whether there is something at a path; ``None`` where that cannot be known."""
        path = normal(path)
        if path in self.files or path in self._folders:
            return True
        if not self.known or any(is_under(path, each) for each in self._unknown | self._touched):
            return None
        if any(is_under(path, each) or is_under(each, path) for each in self.sites):
            return None
        return None if path.startswith(_SYSTEM) or path in _BARE else False

    def is_folder(self, path: str) -> bool:
        """Whether a path is known to be a folder."""
        return normal(path) in self._folders

    def is_uncertain(self, path: str) -> bool:
        """Whether the content of a folder was made by something that cannot be looked into."""
        return not self.known or any(is_under(normal(path), each) for each in self._unknown)

    def paths(self) -> set[str]:
        """Every path that is known."""
        return {*self.files, *self._folders, *self._unknown}

    def below(self, folder: str) -> Iterator[tuple[str, Path | None]]:
        """The known files in a folder, at any depth."""
        folder = normal(folder)
        for path, source in self.files.items():
            if is_under(path, folder):
                yield path, source

    def site(self, path: str) -> Site:
        """The folder of packages at a path, made when it is first asked for."""
        return self.sites.setdefault(normal(path), Site())

    def take(self, other: Filesystem, source: str, target: str) -> None:
        """Copy a path of another stage here, with what is installed in it."""
        source, target = normal(source), normal(target)
        self.broken = self.broken or other.broken
        for path, file in list(other.below(source)):
            self.add_file(_moved(path, source, target), file)
        self.executable |= {
            _moved(path, source, target) for path in other.executable if is_under(path, source)
        }
        for folder in other._folders:
            if is_under(folder, source):
                self.add_folder(_moved(folder, source, target))
        for add, paths in ((self.add_unknown, other._unknown), (self.add_touched, other._touched)):
            for path in list(paths):
                if is_under(path, source):
                    add(_moved(path, source, target))
                elif is_under(source, path):
                    add(target)
        self._take_sites(other, source, target)
        if not other.known and source != "/":
            self.add_unknown(target)

    def _take_sites(self, other: Filesystem, source: str, target: str) -> None:
        for path, site in list(other.sites.items()):
            if is_under(path, source):
                mine = self.site(_moved(path, source, target))
                mine.wheels = site.wheels
                mine.add(site)


def normal(path: str) -> str:
    """An absolute path in one spelling; the version of Python in it does not matter."""
    return _PYTHON.sub("/lib/python3", posixpath.normpath("/" + path.lstrip("/")))


def is_under(path: str, folder: str) -> bool:
    """Whether a path is a folder, or in it."""
    return folder == "/" or path == folder or path.startswith(folder + "/")


def _moved(path: str, source: str, target: str) -> str:
    return normal(f"{target}/{path[len(source) :]}" if source != "/" else f"{target}/{path}")
