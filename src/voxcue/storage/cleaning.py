"""Retention: removing results that are old, and what uploads that broke off have left.

The manifest goes first, so that a result is never listed without its files, also when cleaning is killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from voxcue.storage.results import FOLDER, MANIFEST, grouped
from voxcue.storage.store import Storage, StoredObject

_ABANDONED = timedelta(days=1)
"""An upload without a manifest, in which nothing has happened for so long, is not going to be completed."""
_UNDER_WAY = timedelta(hours=1)
"""An upload in which something has happened since is never touched, whatever the retention."""


@dataclass(frozen=True)
class Cleaned:
    """What was removed: complete results, objects (theirs and those of broken uploads), bytes."""

    results: int
    objects: int
    bytes: int


def clean(
    storage: Storage, older_than_days: float, *, now: datetime | None = None, dry_run: bool = False
) -> Cleaned:
    """Remove results that are older than the retention, and what broken uploads have left.

    Args:
        storage: where.
        older_than_days: the retention; 0 removes every result.
        now: the time that ages are counted to, with a zone; the present by default.
        dry_run: count, and remove nothing.

    Raises:
        StorageError, OutputError: what is left is removed by the next call.
    """
    now = now or datetime.now(UTC)
    retention = timedelta(days=min(older_than_days, 36_500))
    abandoned = max(min(retention, _ABANDONED), _UNDER_WAY)
    halves = {half.key: half for half in storage.halves(FOLDER)}

    manifests: list[StoredObject] = []
    files: list[StoredObject] = []
    for owner, group in grouped(chain(storage.list(FOLDER), halves.values())).items():
        manifest = group.pop(f"{FOLDER}/{owner}/{MANIFEST}", None)
        if manifest is not None and now - manifest.modified >= retention:
            manifests.append(manifest)
            files.extend(group.values())
        if manifest is None and now - max(each.modified for each in group.values()) >= abandoned:
            files.extend(group.values())
    if not dry_run:
        storage.delete(each.key for each in manifests)
        storage.delete(each.key for each in files if each.key not in halves)
        for each in files:
            if each.key in halves:
                storage.delete_half(each)
    gone = [*manifests, *files]
    return Cleaned(len(manifests), len(gone), sum(each.size for each in gone))
