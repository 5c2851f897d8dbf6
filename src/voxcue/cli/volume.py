"""The commands about the volume: set it up, show it, examine it, clean it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voxcue.cli.present import Bar, document
from voxcue.settings import settings
from voxcue.volume import Progress, Volume
from voxcue.volume.progress import size

_SECONDS = 5.0
"""How often a line says that the same stage goes on."""


def set_up(folder: Path | None, lock: str | None, models: Sequence[str] | None, *, as_json: bool) -> None:
    """Build and fetch what is missing, with a line for every stage, and say where things are."""
    volume = _volume(folder)
    chosen = _models(models)
    found = volume.set_up(_lock(lock), chosen, _Lines(as_json=as_json))
    manifest = found.manifest
    about = {
        "environment": found.key,
        "path": str(found.path),
        "python": str(found.python),
        "files": manifest.files if manifest else None,
        "bytes": manifest.bytes if manifest else None,
        "stages": manifest.stages if manifest else None,
        "models": {"folder": str(volume.models), "names": chosen},
    }
    if as_json:
        _line(about)
        return
    amount = f", {manifest.files:,} files, {size(manifest.bytes)}" if manifest else ""
    sys.stdout.write(f"environment {found.key} is ready{amount}\n  {found.path}\n")
    sys.stdout.writelines(f"model {name} is ready\n  {volume.models}\n" for name in chosen)


def status(folder: Path | None, lock: str | None, *, as_json: bool) -> None:
    """Everything that is there, and what is being done."""
    from voxcue.models.store import Store
    from voxcue.volume.status import status as look

    volume = _volume(folder)
    found = look(volume)
    key = volume.key(_lock(lock))
    stored = Store(volume.models).stored()
    if as_json:
        document(
            {
                "volume": str(volume.root),
                "current": key,
                "ready": key in found.environments,
                "environments": [
                    asdict(each) | {"uses": found.uses.get(name, 0)}
                    for name, each in found.environments.items()
                ],
                "models": [{"name": each.name, "bytes": each.size} for each in stored],
                "building": [asdict(held.record) | {"lease": held.path.name} for held in found.building],
                "leftovers": [str(path) for path in found.leftovers],
            }
        )
        return
    sys.stdout.write(f"volume {volume.root}\n")
    for name, each in found.environments.items():
        mark = "current" if name == key else "another"
        used = found.uses.get(name, 0)
        sys.stdout.write(
            f"environment {name}: {mark}, '{each.lock}', Python {each.python}, {each.files:,} files, "
            f"{size(each.bytes)}, in use by {used}\n"
        )
    if key not in found.environments:
        sys.stdout.write(f"environment {key}: current, not built\n")
    sys.stdout.writelines(f"model {each.name}: {size(each.size)}\n" for each in stored)
    sys.stdout.writelines(f"{held.progress}\n" for held in found.building)
    if found.leftovers:
        sys.stdout.write(f"{len(found.leftovers)} leftovers; see 'voxcue volume clean --dry-run'\n")


def doctor(
    folder: Path | None, lock: str | None, models: Sequence[str] | None, *, deep: bool, as_json: bool
) -> bool:
    """Examine the volume, and say what to do: whether all is well."""
    from voxcue.volume.checkup import Finding, examine

    findings: list[Finding] = []
    for finding in examine(_volume(folder), _lock(lock), _models(models), deep=deep):
        findings.append(finding)
        if not as_json:
            sys.stdout.write(f"{'ok ' if finding.well else 'BAD'} {finding.what}: {finding.said}\n")
            sys.stdout.write(f"    {finding.hint}\n" if finding.hint and not finding.well else "")
            sys.stdout.flush()
    well = all(finding.well for finding in findings)
    if as_json:
        document({"well": well, "findings": [asdict(finding) for finding in findings]})
    return well


def clean(folder: Path | None, lock: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Remove what nobody needs, and say how much that was."""
    from voxcue.volume.cleaning import clean as remove

    volume = _volume(folder)
    with Bar("looking for living workers"):
        removed = remove(volume, [volume.key(_lock(lock))], dry_run=dry_run)
    total = sum(each.bytes for each in removed)
    if as_json:
        rows = [{"kind": each.kind, "path": str(each.path), "bytes": each.bytes} for each in removed]
        document({"removed": rows, "bytes": total, "dry_run": dry_run})
        return
    verb = "would remove" if dry_run else "removed"
    sys.stdout.writelines(f"{verb} {each.kind} {each.path}: {size(each.bytes)}\n" for each in removed)
    sys.stdout.write(f"{verb} {size(total)} in all\n")


class _Lines:
    """Prints progress: a line where the stage changes, and now and then."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._last: tuple[str, str, str] | None = None
        self._at = 0.0

    def __call__(self, progress: Progress) -> None:
        stage = (progress.what, progress.stage, progress.builder)
        if stage == self._last and progress.seconds - self._at < _SECONDS:
            return
        self._last, self._at = stage, progress.seconds
        if self._as_json:
            _line(asdict(progress))
        else:
            sys.stdout.write(f"{progress}\n")
            sys.stdout.flush()


def _line(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _volume(folder: Path | None) -> Volume:
    return Volume((folder or Path(settings().volume)).expanduser().absolute())


def _lock(name: str | None) -> Path:
    return Volume.lock_file(name or settings().volume_lock)


def _models(chosen: Sequence[str] | None) -> list[str]:
    """What was asked for, or what the engine of the settings needs."""
    if chosen:
        return list(dict.fromkeys(chosen))
    held = settings()
    return [held.f5_model, held.f5_vocoder] if held.engine == "f5" else []
