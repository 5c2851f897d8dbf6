"""Packs: the small files that a start opens, in one archive, and the names of the large ones.

On a network volume each small file costs several round trips, and an engine opens thousands. A pack is one
tar archive next to the environments, ``packs/<key>-<engine>.tar``: first a manifest, then the files that a
recorded start (`voxcue.volume.recording`) opened. `voxcue.volume.hydrating` lays them out on the local disk.
"""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voxcue.volume.tree import parallel

LARGE = 1 << 20
"""Bytes from which a file stays on the volume and is read ahead instead."""

MANIFEST = "manifest.json"

_ALWAYS = ("*.pth", "*.dist-info/METADATA", "*.dist-info/entry_points.txt", "*.dist-info/top_level.txt")
"""What Python and its metadata look for at every start, whatever is opened; relative to site-packages."""


@dataclass(frozen=True)
class Manifest:
    """What a pack holds. Paths are relative to the environment, but those of ``large`` to the volume.

    Args:
        folders: for every folder with a packed file in it, the names in it that are not packed.
        large: files to read ahead.
        files: how many are packed.
    """

    folders: dict[str, list[str]] = field(default_factory=dict)
    large: list[str] = field(default_factory=list)
    files: int = 0


def pack(volume: Path, environment: Path, opened: Iterable[str], target: Path) -> None:
    """Write a pack of the files that a start of ``environment`` opened.

    Args:
        volume: the folder that holds environments and models.
        environment: one of its environments.
        opened: absolute paths, of any files; what is outside the volume is left out.
        target: appears when it is complete.
    """
    inside = {path for each in opened if volume in (path := Path(os.path.normpath(each))).parents}
    sizes = dict(zip(inside, parallel(_size, inside), strict=True))
    small = {path for path in inside if environment in path.parents and 0 <= sizes[path] < LARGE}
    large = {path: size for path, size in sizes.items() if size >= LARGE}
    for pattern in _ALWAYS:
        small.update(environment.glob(f"lib/python*/site-packages/{pattern}"))
    sources = {source for path in small if (source := _source(path))} - small
    small.update(path for path, size in zip(sources, parallel(_size, sources), strict=True) if size >= 0)
    small.add(environment / "pyvenv.cfg")
    ahead = [str(path.relative_to(volume)) for path in _in_turn(large, environment)]
    manifest = Manifest(_folders(environment, small), ahead, len(small))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        _write(temporary, manifest, environment, sorted(small))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """The first member of a pack.

    Raises:
        ValueError: it is not a pack.
    """
    first = archive.next()
    held = archive.extractfile(first) if first and first.name == MANIFEST else None
    if held is None:
        raise ValueError("the archive does not begin with its manifest")
    found: dict[str, Any] = json.load(held)
    return Manifest(**found)


def _size(path: Path) -> int:
    """In bytes; -1 for what is no file, or not there."""
    try:
        found = path.stat()
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _in_turn(large: dict[Path, int], environment: Path) -> list[Path]:
    """Libraries first, as weights are read after them; small before large, so that little waits for much."""
    return sorted(large, key=lambda path: (environment not in path.parents, large[path], path))


def _source(path: Path) -> Path | None:
    """The module that a file in ``__pycache__`` was compiled from; Python looks at both."""
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return None
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"


def _folders(environment: Path, small: set[Path]) -> dict[str, list[str]]:
    """Names that are not packed, by folder, in every folder on the way to a packed file."""
    above = {folder for path in small for folder in path.parents if environment in (folder, *folder.parents)}
    held = small | above
    return {
        str(folder.relative_to(environment)): sorted(
            entry.name for entry in os.scandir(folder) if Path(entry.path) not in held
        )
        for folder in sorted(above)
    }


def _write(target: Path, manifest: Manifest, environment: Path, small: list[Path]) -> None:
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
        text = json.dumps(asdict(manifest)).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(text)
        archive.addfile(head, io.BytesIO(text))
        for path, (mode, content) in zip(small, parallel(_content, small), strict=True):
            member = tarfile.TarInfo(str(path.relative_to(environment)))
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _content(path: Path) -> tuple[int, bytes]:
    return stat.S_IMODE(path.stat().st_mode), path.read_bytes()
