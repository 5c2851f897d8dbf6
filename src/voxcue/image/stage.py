"""One stage of a build, as far as it is known before the build."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from voxcue.image.dockerfile import Instruction
from voxcue.image.filesystem import Filesystem
from voxcue.image.variables import UNKNOWN

_CLEAN = {
    "alpine", "almalinux", "busybox", "cuda", "debian", "fedora", "pypy", "python", "rockylinux", "scratch",
    "ubuntu", "ubi", "uv", "wolfi-base",
}  # fmt: skip
"""Images that hold an operating system and at most Python: no packages, no files of an application."""


@dataclass(frozen=True)
class Start:
    """CMD, ENTRYPOINT or the command of HEALTHCHECK: a list of words, or a line for the shell."""

    line: int
    words: tuple[str, ...] = ()
    script: str = ""


@dataclass
class Stage:
    """What one stage holds and how it is configured."""

    name: str
    line: int
    image: str
    """The image that it begins with; that of its first ancestor, where it begins with a stage."""
    files: Filesystem = field(default_factory=Filesystem)
    environ: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    entrypoint: Start | None = None
    command: Start | None = None
    health: Start | None = None
    volumes: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    """Packages of the operating system that RUN installs."""
    triggers: list[Instruction] = field(default_factory=list)
    own_command: bool = False

    def child(self, name: str, line: int) -> Stage:
        """A stage that begins with this one."""
        return replace(
            self,
            name=name,
            line=line,
            files=self.files.copy(),
            environ=dict(self.environ),
            arguments={},
            volumes=set(self.volumes),
            packages=set(self.packages),
            triggers=[],
            own_command=False,
        )

    def lookup(self, name: str) -> str | None:
        """The value of a variable in an instruction."""
        value = self.environ.get(name)
        return self.arguments.get(name) if value is None else value

    @property
    def python(self) -> str:
        """The version of Python as the image's name tells it, "3.11" where it does not."""
        found = re.search(r"python:?-?(3\.\d+)", self.image)
        return found[1] if found else "3.11"

    @property
    def is_minimal(self) -> bool:
        """Whether the image is known to lack common tools."""
        return bool(re.search(r"[:-](slim|alpine)|^(.*/)?(debian|ubuntu|alpine|busybox)\b", self.image))


def is_clean(image: str) -> bool:
    """Whether an image is known to hold no Python packages and no files of an application."""
    name = re.split(r"[@:]", image.rsplit("/", 1)[-1])[0]
    return UNKNOWN not in image and name in _CLEAN
