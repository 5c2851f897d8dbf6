"""The command about images: what will break in one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from voxcue.cli.present import document
from voxcue.errors import UsageError

_SHOWN = ("sources", "modules", "paths", "commands", "distributions", "workflows")


def check(
    folder: Path,
    file: Path | None,
    *,
    forbid: Sequence[str],
    require: Sequence[str],
    allow: Sequence[str],
    build_arg: Sequence[str],
    strict: bool,
    as_json: bool,
) -> int:
    """Check an image and print what was found; the exit status, 1 when something is wrong."""
    from voxcue import image

    report = image.check(
        folder, file, forbidden=forbid, required=require, allowed=allow, arguments=_pairs(build_arg)
    )
    warnings = len(report.findings) - report.errors
    if as_json:
        found = [asdict(finding) for finding in report.findings]
        document(
            {
                "findings": found,
                "errors": report.errors,
                "warnings": warnings,
                "checked": dict(report.checked),
            }
        )
    else:
        for finding in report.findings:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            sys.stdout.write(f"{where}: {finding.severity}: {finding.message} [{finding.code}]\n")
            sys.stdout.write(f"  hint: {finding.hint}\n" if finding.hint else "")
        counts = ", ".join(_counted(report.checked[what], what) for what in _SHOWN)
        result = (
            f"{_counted(report.errors, 'errors')}, {_counted(warnings, 'warnings')}"
            if report.findings
            else "clean"
        )
        sys.stdout.write(f"{result}: {counts}\n")
    return 1 if report.errors or (strict and warnings) else 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what.removesuffix('s') if count == 1 else what}"


def _pairs(words: Sequence[str]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise UsageError("build-arg", f"--build-arg takes NAME=VALUE, not '{word}'.")
    return dict(word.split("=", 1) for word in words)
