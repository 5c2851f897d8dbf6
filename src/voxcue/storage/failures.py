"""What obstore raises, as errors that a user can act on.

Messages are made here of what is known to be harmless: the store's URL, the key, an HTTP status, the code
that S3 gives. The words of obstore, less the store's answer and every query string, go into a note of the
error, which only a traceback shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from voxcue.errors import OutputError, StorageError, VoxcueError
from voxcue.storage.keys import missing

_NO_KEYS = (
    r"169[.]254[.]169[.]254|/latest/api/token|token request|account must be specified|account file|credential"
)
"""obstore looked for keys where a machine of the cloud would have them, or found none."""


@contextmanager
def guard(url: str, key: str | None = None) -> Generator[None]:
    """Turn errors of obstore and of the system into ours; with ``key``, a missing object is that one.

    Raises:
        NotFoundError: ``object-missing``.
        OutputError: ``storage-full``, ``storage-unwritable``: a local folder.
        StorageError: ``storage-denied``, ``storage-bucket-missing``, ``storage-unreachable``,
            ``storage-busy``, ``storage-failing``, ``storage-refused``.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        shown = _local(url, key, error) if url.startswith("file:") else _remote(url, key, error)
        shown.add_note(re.sub(r"\?[^\s\"']*", "?…", _own_words(error)))
        raise shown from None  # its text may hold a query with a signature


def bucket_missing(error: BaseException) -> bool:
    """Whether S3, Google or Azure said that it is the bucket that does not exist."""
    return bool(re.search("NoSuchBucket|ContainerNotFound|bucket does not exist", str(error)))


def lost_at_once(error: BaseException) -> bool:
    """Whether the connection broke and obstore, unsure whether the request may be repeated, did not do so."""
    text = str(error)
    return "HTTP error" in text and not re.search(r"after \d+ retries", text)


def _local(url: str, key: str | None, error: Exception) -> VoxcueError:
    if isinstance(error, FileNotFoundError) and key is not None:
        return missing(key)
    found = re.search(r"os error (\d+)|code: (\d+)", str(error))
    number = int(found[1] or found[2]) if found else getattr(error, "errno", None)
    reason = os.strerror(number) if number else type(error).__name__
    if number in (28, 122):  # ENOSPC, EDQUOT
        return OutputError(
            "storage-full",
            f"The storage folder '{url}' is full.",
            "Free some space, or remove old results: voxcue storage clean --older-than 1.",
        )
    return OutputError(
        "storage-unwritable",
        f"The storage folder '{url}' cannot be used: {reason}.",
        "Check the rights on the folder, or choose another one with VOXCUE_STORAGE.",
    )


def _remote(url: str, key: str | None, error: Exception) -> VoxcueError:
    text = str(error)
    if bucket_missing(error) or (isinstance(error, FileNotFoundError) and key is None):
        return StorageError(
            "storage-bucket-missing",
            f"The bucket of the storage '{url}' does not exist.",
            "Create the bucket, or correct VOXCUE_STORAGE and the endpoint (AWS_ENDPOINT_URL).",
        )
    if isinstance(error, FileNotFoundError) and key is not None:
        return missing(key)
    status = _status(text)
    if re.search(_NO_KEYS, _own_words(error), re.IGNORECASE):
        return StorageError(
            "storage-denied", f"No access keys were found for the storage '{url}'.", _credentials(url)
        )
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in (401, 403):
        return StorageError(
            "storage-denied",
            f"The storage '{url}' refuses the access keys{_code(text)}.",
            f"Check the keys in the environment. {_credentials(url)}",
        )
    if status in (429, 503):
        return StorageError(
            "storage-busy",
            f"The storage '{url}' asks to slow down{_code(text)}.",
            "Try again later, or send fewer requests at once.",
        )
    if status is not None and status >= 500:
        return StorageError(
            "storage-failing",
            f"The storage '{url}' answers with HTTP status {status}{_code(text)}.",
            "Try again later; the fault is on the side of the storage.",
        )
    if status is not None:
        return StorageError(
            "storage-refused",
            f"The storage '{url}' refuses the request with HTTP status {status}{_code(text)}.",
            "Check the bucket's settings, the region (AWS_REGION) and the endpoint (AWS_ENDPOINT_URL).",
        )
    return StorageError(
        "storage-unreachable",
        f"The storage '{url}' cannot be reached, or does not answer in time.",
        "Check the network and the endpoint (AWS_ENDPOINT_URL for S3).",
    )


def _own_words(error: BaseException) -> str:
    """What obstore says, without the answer of the store, in which S3 quotes the access key."""
    return str(error).split("\n\nDebug source")[0].split("<")[0]


def _credentials(url: str) -> str:
    return {
        "gs": "Set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account.",
        "az": "Set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY.",
    }.get(url[:2], "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")


def _status(text: str) -> int | None:
    """The HTTP status in the words of obstore; a redirect is what S3 answers from the wrong region."""
    found = re.search(r"status code: (\d{3})|\((\d{3}) [A-Z]", text)
    if found:
        return int(found[1] or found[2])
    return 301 if "redirect" in text.lower() else None


def _code(text: str) -> str:
    found = re.search(r"<Code>(\w+)</Code>", text)
    return f" ({found[1]})" if found else ""
