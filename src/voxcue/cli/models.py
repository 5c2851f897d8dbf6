"""The commands about models: list them, fetch, check and remove their files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from voxcue.cli.present import Bar, document, table


def list_models(*, as_json: bool) -> None:
    """Every model that can be fetched, and those that are stored in another version or under another name."""
    from voxcue import models

    held = {each.name: each for each in models.stored()}
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys((*models.names(), *held)):
        entry = models.known(name) if name in models.names() else held[name]
        rows.append(
            {
                "name": name,
                "size": held[name].size if entry.size is None and name in held else entry.size,
                "licence": entry.licence,
                "languages": list(entry.languages),
                "here": models.is_here(name),
                "old": name in held and not models.is_here(name),
            }
        )
    if as_json:
        document(rows)
        return
    table(
        [
            {
                "name": row["name"],
                "size": _size(row["size"]),
                "licence": row["licence"],
                "languages": ", ".join(row["languages"]),
                "here": "yes" if row["here"] else "an old version" if row["old"] else "no",
            }
            for row in rows
        ]
    )


def fetch(names: Sequence[str], *, as_json: bool) -> None:
    """Fetch models one after the other, and say where their files lie."""
    from voxcue import models

    entries = [models.known(name) for name in names]  # a wrong name is found before the first download
    rows: list[dict[str, Any]] = []
    for entry in entries:
        with Bar(f"Fetching {entry.name}{models.megabytes(entry.size)}") as bar:
            model = models.fetch(entry.name, bar)
        files = {role: str(path) for role, path in model.files.items()}
        size = sum(path.stat().st_size for path in model.files.values())
        rows.append({"name": entry.name, "size": size, "licence": model.licence, "files": files})
        if not as_json:
            sys.stdout.write(f"{entry.name}, {_size(size)}, {model.licence}\n")
            sys.stdout.writelines(f"  {role}: {path}\n" for role, path in files.items())
    if as_json:
        document(rows)


def verify(name: str | None) -> None:
    """Check the hashes of one stored model, or of all."""
    from voxcue import models

    chosen = [name] if name else [each for each in models.names() if models.is_here(each)]
    for each in chosen:
        with Bar(f"Checking {each}"):
            models.verify(each)
        sys.stdout.write(f"{each} is whole\n")
    if not chosen:
        sys.stdout.write("no models are stored\n")


def remove(name: str) -> None:
    """Remove one model from this machine."""
    from voxcue import models

    sys.stdout.write(f"removed {name}: {_size(models.remove(name))}\n")


def _size(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 1e6:,.1f} MB"
