"""One check of a project's image, from the files alone: no build, no network, nothing is run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from voxcue.errors import UsageError
from voxcue.image import workflows
from voxcue.image.build import Build
from voxcue.image.context import Context
from voxcue.image.findings import Report
from voxcue.image.ignore import Ignore
from voxcue.image.packages import Packages
from voxcue.image.reach import Reach
from voxcue.image.stage import Stage, is_clean
from voxcue.image.starting import Starting


def check(
    root: Path,
    dockerfile: Path | None = None,
    *,
    forbidden: Collection[str] = (),
    required: Collection[str] = (),
    allowed: Collection[str] = (),
    arguments: Mapping[str, str] | None = None,
) -> Report:
    """Find what will break in an image before it is built.

    Args:
        root: the build context.
        dockerfile: the Dockerfile, where it is not ``Dockerfile`` in the context.
        forbidden: distributions that must not be in the image.
        required: distributions that must be in it.
        allowed: modules and distributions that may be missing from it.
        arguments: build arguments.

    Raises:
        UsageError: no such folder or file, or an ignore file that Docker would refuse.
    """
    root = root.resolve()
    if not root.is_dir():
        raise UsageError("image-context", f"There is no folder '{root}'.", "Name the folder that is built.")
    path = (dockerfile or root / "Dockerfile").resolve()
    if not path.is_file():
        raise UsageError(
            "image-dockerfile", f"There is no file '{path}'.", "Name the Dockerfile with --file."
        )
    report = Report()
    context = Context(root, Ignore.of(root, path))
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    stages = Build(context, path, file, report, arguments or {}).follow()
    if stages:
        _check_last(stages[-1], context, file, report, allowed)
        packages = Packages(stages[-1], context.root, file, report)
        packages.check_dependencies(allowed)
        packages.check_wishes(forbidden, required)
    workflows.check(root, report)
    report.findings.sort()
    return report


def _check_last(stage: Stage, context: Context, file: str, report: Report, allowed: Collection[str]) -> None:
    """Look at what the last stage starts and imports: it is the image."""
    starting = Starting(stage, file, context.root, report)
    starting.check()
    known = stage.files.known and is_clean(stage.image)
    reach = Reach(stage.files, context, report, allowed=allowed, known=known)
    reach.follow(starting.roots, stage.environ.get("PYTHONPATH", "").split(":"))
    _check_followed(stage, starting, file, report)


def _check_followed(stage: Stage, starting: Starting, file: str, report: Report) -> None:
    """Say so when a Python program is started and it could not be told which: its imports are not checked."""
    start = stage.entrypoint or stage.command
    is_python = any(path.endswith(".py") for path in stage.files.files) or any(
        site.installed for site in stage.files.sites.values()
    )
    if start and is_python and not stage.files.broken and not starting.is_followed:
        report.warning(
            file,
            start.line,
            "start-unchecked",
            "It cannot be told which Python module this starts, so its imports are not checked.",
            "Name it: 'python -m MODULE', a file, or a command of a project that the build installs.",
        )
