"""From a storage URL to clients of obstore, with timeouts under which a dead endpoint fails soon.

Credentials, region and endpoint come from the environment, under the names that the stores' own tools use
(``AWS_*``, ``GOOGLE_*``, ``AZURE_*``); obstore reads them. They never stand in the URL.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from voxcue.errors import UsageError, VoxcueError
from voxcue.storage.failures import guard
from voxcue.storage.keys import valid

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

Remote = S3Store | GCSStore | AzureStore
Store = Remote | LocalStore

_QUICK = timedelta(seconds=12)
"""Longest time for one request that carries little."""
_BULK = timedelta(seconds=120)
"""Longest time for one request with a part of a file: 8 MiB at half a megabit a second."""
_RETRY: RetryConfig = {
    "max_retries": 7,
    "retry_timeout": timedelta(seconds=15),  # later failures are final: a store that is silent fails in 30 s
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=3),
        "base": 2,
    },
}
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


@dataclass(frozen=True)
class Connection:
    """Two clients of one place; ``root`` is the folder of a local one."""

    quick: Store
    bulk: Store
    root: Path | None


def connect(url: str) -> Connection:
    """Make the clients; nothing is sent yet, but a local folder is made.

    Raises:
        UsageError: ``storage-url-invalid``, ``storage-endpoint-invalid``.
        OutputError: the local folder cannot be made.
        StorageError: something that the store needs is not in the environment.
    """
    parts = _split(url)
    if parts.scheme == "file":
        root = Path(unquote(parts.path))
        with guard(url):
            local = LocalStore(root, automatic_cleanup=True, mkdir=True)
        return Connection(local, local, root)
    with guard(url):
        return Connection(_remote(parts, _QUICK), _remote(parts, _BULK), None)


def _remote(parts: SplitResult, timeout: timedelta) -> Remote:
    options: ClientConfig = {"connect_timeout": timedelta(seconds=4), "timeout": timeout}
    if parts.scheme == "s3" and _endpoint().startswith("http://"):
        options["allow_http"] = True
    make = _STORES[parts.scheme]
    return make(
        parts.netloc,
        prefix=unquote(parts.path).strip("/") or None,
        client_options=options,
        retry_config=_RETRY,
    )


_STORES: dict[str, Callable[..., Remote]] = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}


def _endpoint() -> str:
    """The endpoint in the environment; obstore panics on one without a scheme.

    Raises:
        UsageError: ``storage-endpoint-invalid``.
    """
    name = next((name for name in _ENDPOINTS if os.environ.get(name)), None)
    if name is None:
        return ""
    endpoint = urlsplit(os.environ[name])
    if endpoint.scheme not in ("http", "https") or not endpoint.hostname:
        raise UsageError(
            "storage-endpoint-invalid",
            f"The environment variable {name} is not the URL of an S3 server.",
            "It looks like https://account.r2.cloudflarestorage.com or http://localhost:9000.",
        )
    return os.environ[name]


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _invalid("The storage URL cannot be read.") from error
    if parts.scheme not in ("file", *_STORES):
        raise _invalid(f"The storage URL begins with '{parts.scheme[:20]}', which is not known here.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise _invalid(
            "The storage URL has a part that does not belong there: a user, a query or a fragment."
        )
    if parts.scheme == "file" and (parts.netloc not in ("", "localhost") or not parts.path.startswith("/")):
        raise _invalid(f"The storage URL '{url}' does not name a folder by its full path.")
    if parts.scheme != "file" and not parts.netloc:
        raise _invalid(f"The storage URL '{url}' names no bucket.")
    folder = unquote(parts.path).strip("/")
    if parts.scheme != "file" and folder and not valid(folder):
        raise _invalid(f"The storage URL '{url}' names a folder that cannot be.")
    return parts


def _invalid(message: str) -> VoxcueError:
    return UsageError(
        "storage-url-invalid",
        message,
        "Set VOXCUE_STORAGE to file:///folder, s3://bucket/folder, gs://bucket/folder or az://container/folder.",
    )
