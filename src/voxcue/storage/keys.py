"""Which keys an object may have: relative paths that no store can read as anything else."""

from __future__ import annotations

from voxcue.errors import NotFoundError, UsageError

_FORBIDDEN = set('\\#%?*:|"<>')
"""What folders, URLs and other systems give a meaning to; LocalStore keeps ``#`` for files in the making."""


def valid(key: str) -> bool:
    """Whether every segment is a plain name: not empty, no dots alone, nothing with a meaning of its own."""
    return all(
        segment not in ("", ".", "..")
        and segment == segment.strip()
        and len(segment.encode("utf-8", "replace")) <= 240
        and segment.isprintable()
        and not _FORBIDDEN & set(segment)
        for segment in key.split("/")
    )


def writable(key: str) -> str:
    """The key, if an object may be stored under it.

    Raises:
        UsageError: ``storage-key-invalid``.
    """
    if not valid(key):
        raise UsageError(
            "storage-key-invalid",
            f"Nothing can be stored under the name {key[:100]!r}.",
            "Use names of letters, digits, spaces, dots, dashes and underscores.",
        )
    return key


def readable(key: str) -> str:
    """The key, if there can be an object under it.

    Raises:
        NotFoundError: ``object-missing``.
    """
    if not valid(key):
        raise missing(key)
    return key


def missing(key: str) -> NotFoundError:
    """The error for an object that is not there."""
    return NotFoundError(
        "object-missing",
        f"There is nothing stored under {key[:100]!r}.",
        "It may have been removed because its retention is over.",
    )
