"""The errors of models, each with its one wording."""

from __future__ import annotations

from voxcue.errors import UnavailableError
from voxcue.models.catalogue import Entry, File
from voxcue.models.store import Store


def missing(entry: Entry, store: Store) -> UnavailableError:
    """A model that is known and not here."""
    return UnavailableError(
        "model-missing",
        f"The model '{entry.name}' is not in '{store.root}'.",
        f"Fetch it{megabytes(entry.size)}: voxcue models fetch {entry.name}",
    )


def offline(entry: Entry, store: Store, files: list[File]) -> UnavailableError:
    """A model that is not here where nothing may be fetched."""
    places = "; ".join(
        f"{file.path} of huggingface.co/{file.repository} as {store.blob(file)}" for file in files
    )
    return UnavailableError(
        "model-missing",
        f"The model '{entry.name}' is not in '{store.root}', and VOXCUE_OFFLINE or HF_HUB_OFFLINE forbids "
        "to fetch it.",
        f"Copy that folder from a machine that has it; or put {places}; then run "
        f"'voxcue models fetch {entry.name}', which checks them.",
    )


def damaged(entry: Entry, file: File, found: str, expected: str) -> UnavailableError:
    """A file that is not the one that was published."""
    return UnavailableError(
        "model-damaged",
        f"The file '{file.path}' of the model '{entry.name}' is damaged: {found}, expected {expected}.",
        f"Run 'voxcue models fetch {entry.name}'; if that ends here too, its source holds another file.",
    )


def unreachable(what: str, reason: str, hint: str = "") -> UnavailableError:
    """A source of models that does not give a file."""
    return UnavailableError(
        "model-unreachable",
        f"{what} cannot be fetched: {reason.rstrip('.')}.",
        hint or "Try again: what has come so far is kept, and the fetch goes on from there.",
    )


def megabytes(size: int | None) -> str:
    """A size for a sentence, in brackets; "" for one that is not known."""
    return "" if size is None else f" ({size / 1e6:,.0f} MB)"
