"""The distributions of an image against what its projects need, and what the caller wishes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from packaging.utils import canonicalize_name

from voxcue.image.distributions import applies, requirement
from voxcue.image.filesystem import Site
from voxcue.image.findings import Report
from voxcue.image.project import Project
from voxcue.image.stage import Stage


class Packages:
    """What is installed in one stage."""

    def __init__(self, stage: Stage, root: Path, file: str, report: Report) -> None:
        self._stage = stage
        self._root = root
        self._file = file
        self._report = report
        self._sites: list[Site] = [site for site in stage.files.sites.values() if not site.wheels]
        self._installed = {name: found for site in self._sites for name, found in site.installed.items()}
        is_open = any(site.open for site in self._sites) or not stage.files.known or stage.files.broken
        self._is_closed = not is_open
        report.checked["distributions"] += len(self._installed)

    def check_dependencies(self, allowed: Collection[str]) -> None:
        """A lock that has fallen behind, with ``--no-deps``, leaves out what the project itself declares."""
        spared: set[str] = {canonicalize_name(each) for each in allowed}
        for site in self._sites:
            spared |= site.left_out
        for site in self._sites if self._is_closed else ():
            for project in site.projects.values():
                self._check_project(project, spared)

    def _check_project(self, project: Project, spared: Collection[str]) -> None:
        for text in project.dependencies:
            wanted = requirement(text)
            name = canonicalize_name(wanted.name) if wanted else ""
            if not wanted or name in self._installed or name in spared:
                continue
            if applies(wanted, (), self._stage.python):
                self._report.error(
                    project.file,
                    project.line_of(self._root, name),
                    "dependency-missing",
                    f"{project.name} depends on {name}, and nothing that the image installs names it.",
                    "Bring the lock up to date with the project.",
                )

    def check_wishes(self, forbidden: Collection[str], required: Collection[str]) -> None:
        """Distributions that must not be in the image, and those that must."""
        for name in sorted({canonicalize_name(each) for each in forbidden} & set(self._installed)):
            found = self._installed[name]
            through = f", through {' > '.join(found.chain)}" if found.chain else ""
            self._report.error(
                found.file,
                found.line,
                "package-forbidden",
                f"{name} comes into the image{through}.",
                "Take it out of what is installed, or lock without it.",
            )
        for name in sorted({canonicalize_name(each) for each in required} - set(self._installed)):
            self._report.error(
                self._file,
                self._stage.line,
                "package-required",
                f"{name} is not among what the image installs.",
                "Add it to the requirements or the lock.",
            )
