"""Licences that forbid commercial use are said once, when their model is first used."""

from __future__ import annotations

import hashlib
import sys

from voxcue.models.model import Model
from voxcue.models.store import Store


def remind(model: Model, store: Store) -> None:
    """Say on standard error that a model is not for commercial use, unless that was said before.

    A file in the store's folder ``said`` remembers it; where it cannot be written, it is said again.
    """
    if "-NC" not in model.licence.upper():
        return
    said = f"{model.name} is licensed {model.licence}: not for commercial use."
    marker = store.root / "said" / hashlib.sha256(said.encode()).hexdigest()[:16]
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.open("x").close()
    except FileExistsError:
        return
    except OSError:
        pass
    sys.stderr.write(said + "\n")
