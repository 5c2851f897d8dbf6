"""The build context: the files of a folder that a build may copy."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from voxcue.image.ignore import Ignore, regex


@dataclass(frozen=True)
class Matches:
    """What one source of COPY names: paths relative to the context, with ``/``."""

    there: tuple[str, ...]
    ignored: tuple[str, ...]
    """Those that exist, but that the ignore file leaves out with all that is in them."""


class Context:
    """A folder, seen through its ignore file."""

    def __init__(self, root: Path, ignore: Ignore) -> None:
        self.root = root
        self.ignore = ignore

    def matches(self, source: str, *, deep: bool = False) -> Matches:
        """The paths that a source names; ``deep`` lets ``**`` reach into folders, as with ``--parents``."""
        source = posixpath.normpath("/" + source).lstrip("/")
        if not is_pattern(source):
            found = [source] if (self.root / source).exists() else []
        elif deep and "**" in source:
            found = [path for path in self._all if regex(source).match(path)]
        else:
            found = list(self._expanded(source.split("/")))
        inside = [path for path in found if self._is_inside(path)]
        there = tuple(path for path in inside if self._holds(path))
        return Matches(there, tuple(path for path in inside if path not in there))

    def files(self, folder: str = "") -> Iterator[str]:
        """Every file at or below a path that is not ignored."""
        if folder and not (self.root / folder).is_dir():
            if not self.ignore.ignores(folder):
                yield folder
            return
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if not self.ignore.prunes(path):
                    yield from self.files(path)
            elif not self.ignore.ignores(path):
                yield path

    @cached_property
    def _all(self) -> list[str]:
        return list(self.files())

    def _expanded(self, parts: list[str], base: str = "") -> Iterator[str]:
        first, *rest = parts
        if is_pattern(first):
            pattern = regex(re.sub(r"\*+", "*", first))
            names = [name for name in _listed(self.root / base) if pattern.match(name)]
        else:
            names = [first] if (self.root / base / first).exists() else []
        for name in names:
            path = f"{base}/{name}" if base else name
            if rest:
                yield from self._expanded(rest, path)
            else:
                yield path

    def _is_inside(self, path: str) -> bool:
        return (self.root / path).resolve().is_relative_to(self.root.resolve())

    def _holds(self, path: str) -> bool:
        """Whether a path, or anything in it, is part of the context."""
        if not path or not self.ignore.ignores(path):
            return True
        return (self.root / path).is_dir() and any(True for _ in self.files(path))


def is_pattern(text: str) -> bool:
    """Whether a source has wildcards."""
    return bool(re.search(r"[*?\[]", text))


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
