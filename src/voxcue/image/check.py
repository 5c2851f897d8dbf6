"""One check of a project's image, from the files alone: no build, no network, nothing of the project is run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from voxcue.errors import UsageError
from voxcue.image import workflows
from voxcue.image.build import Build
from voxcue.image.context import Context
from voxcue.image.findings import Report
from voxcue.image.ignore import Ignore
from voxcue.image.reach import Reach
from voxcue.image.stage import Stage, is_clean
from voxcue.image.starting import Starting


def check(
    root: Path,
    dockerfile: Path | None = None,
    *,
    forbidden: Collection[str] = (),
    allowed: Collection[str] = (),
    arguments: Mapping[str, str] | None = None,
) -> Report:
    """Find what will break in an image before it is built.

    Args:
        root: the build context.
        dockerfile: the Dockerfile, where it is not ``Dockerfile`` in the context.
        forbidden: distributions that must not be in the image.
        allowed: modules that may be missing from it.
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
        _check_last(stages[-1], context, file, report, forbidden, allowed)
    workflows.check(root, report)
    report.findings.sort()
    return report


def _check_last(
    stage: Stage,
    context: Context,
    file: str,
    report: Report,
    forbidden: Collection[str],
    allowed: Collection[str],
) -> None:
    """Look at what the last stage starts, imports and holds: it is the image."""
    starting = Starting(stage, file, context.root, report)
    starting.check()
    known = stage.files.known and is_clean(stage.image)
    reach = Reach(stage.files, context, report, allowed=allowed, known=known)
    reach.follow(starting.roots, stage.environ.get("PYTHONPATH", "").split(":"))
    sites = [site for site in stage.files.sites.values() if not site.wheels]
    report.checked["distributions"] += len({name for site in sites for name in site.installed})
    for name in sorted({canonicalize_name(each) for each in forbidden}):
        for site in sites:
            found = site.installed.get(name)
            if found:
                through = f", through {' > '.join(found.chain)}" if found.chain else ""
                report.error(
                    found.file,
                    found.line,
                    "package-forbidden",
                    f"{name} comes into the image{through}.",
                    "Take it out of what is installed, or lock without it.",
                )
