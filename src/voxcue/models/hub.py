"""Models from the Hugging Face Hub, or from what HF_ENDPOINT names; HF_TOKEN is sent where it is set.

Files go by plain HTTP into a part of ours: the hub's own download starts over after one that broke off, and
keeps a second copy in its cache.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from voxcue.errors import UnavailableError
from voxcue.models.catalogue import Entry, File
from voxcue.models.failures import damaged, unreachable
from voxcue.models.part import Part


class Hub:
    """A source of the files of one model.

    Raises:
        UnavailableError: ``models-hub-missing``: the package huggingface_hub is not installed.
    """

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the package is imported
        try:
            from huggingface_hub.utils.tqdm import disable_progress_bars
        except ImportError as error:
            raise UnavailableError(
                "models-hub-missing",
                f"The model '{entry.name}' cannot be fetched: the package 'huggingface_hub' is missing.",
                "Install it: pip install 'voxcue[f5]'",
            ) from error
        disable_progress_bars("huggingface_hub.http_get")

    def size(self, file: File) -> int:
        """Bytes of a file.

        Raises:
            UnavailableError: ``model-unreachable``; ``model-damaged`` if the hub announces another file.
        """
        from huggingface_hub import get_hf_file_metadata, get_token

        with _guard(file):
            announced = get_hf_file_metadata(_url(file), token=get_token(), library_name="voxcue")
        if announced.etag and len(announced.etag) == 64 and announced.etag != file.sha256:
            raise damaged(self._entry, file, f"SHA-256 {announced.etag}", file.sha256)
        if announced.size is None:
            raise unreachable(_named(file), "the hub does not say how long it is")
        return announced.size

    def pull(self, file: File, part: Part, size: int) -> None:
        """Write what the part lacks.

        Raises:
            UnavailableError: ``model-unreachable``.
            OutputError: ``models-unwritable``.
        """
        from huggingface_hub import get_token
        from huggingface_hub.file_download import http_get

        headers = {"user-agent": "voxcue", "accept-encoding": "identity"}
        if token := get_token():
            headers["authorization"] = f"Bearer {token}"
        with _guard(file):
            http_get(
                _url(file), cast(Any, part), resume_size=part.tell(), headers=headers, expected_size=size
            )


def _url(file: File) -> str:
    from huggingface_hub import hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
    return hf_hub_url(file.repository, file.path, revision=file.revision, endpoint=endpoint)


def _named(file: File) -> str:
    return f"The file {_url(file)}"


@contextmanager
def _guard(file: File) -> Generator[None]:
    """Turn errors of the network into ours; which library speaks HTTP depends on the hub's version."""
    from huggingface_hub.errors import HfHubHTTPError

    base: Any = HfHubHTTPError.__bases__[0]
    try:
        yield
    except (OSError, base) as error:
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        reason = f"HTTP status {status}" if status else str(error).partition("\n")[0] or type(error).__name__
        hint = {
            401: "Set HF_TOKEN to a token that may read the repository.",
            403: "Set HF_TOKEN to a token that may read the repository.",
            404: "The hub does not have it at that revision; a newer Voxcue may know where it is.",
        }.get(status or 0, "")
        raise unreachable(_named(file), reason, hint) from error
