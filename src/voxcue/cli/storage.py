"""The commands about what is stored: list results, and remove old ones."""

from __future__ import annotations

import sys
from typing import Any

from voxcue.cli.present import document, table


def stored(*, as_json: bool) -> None:
    """The complete results of the storage, the newest first."""
    from voxcue.settings import settings
    from voxcue.storage import Storage, results

    rows: list[dict[str, Any]] = [
        {
            "id": result.id,
            "created": result.created.isoformat(timespec="seconds"),
            "duration": result.about.get("duration"),
            "words": _count(result.about.get("words")),
            "size": result.size,
            "files": [file.name for file in result.files.values()],
        }
        for result in results(Storage(settings().storage))
    ]
    if as_json:
        document(rows)
        return
    table(
        [
            {
                "id": row["id"],
                "created": row["created"],
                "duration": "" if row["duration"] is None else f"{row['duration']:.1f} s",
                "words": "" if row["words"] is None else str(row["words"]),
                "size": _size(row["size"]),
            }
            for row in rows
        ]
    )


def clean(older_than: float | None, *, dry_run: bool, as_json: bool) -> None:
    """Remove what is older than the retention, and say how much that was."""
    from voxcue.settings import settings
    from voxcue.storage import Storage
    from voxcue.storage import clean as remove

    days = settings().retention_days if older_than is None else older_than
    cleaned = remove(Storage(settings().storage), days, dry_run=dry_run)
    if as_json:
        document({**vars(cleaned), "older_than_days": days, "dry_run": dry_run})
        return
    verb = "would remove" if dry_run else "removed"
    amount = f"{_many(cleaned.objects, 'file')}, {_size(cleaned.bytes)}"
    sys.stdout.write(f"{verb} {_many(cleaned.results, 'result')}: {amount}\n")


def _count(words: Any) -> int | None:
    if isinstance(words, list):
        return len(words)
    return words if isinstance(words, int) else None


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _size(count: float) -> str:
    """Bytes as people read them: 999 B, 1.2 MB."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.{0 if unit == 'B' else 1}f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
