"""Fetching what a user names by URL: ``http(s)://`` from the public internet, ``s3://`` from allowed buckets.

What may be reached and how much may be taken is decided here; what the bytes are is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from voxcue.errors import OutputError
from voxcue.fetch import bucket, web
from voxcue.fetch.sink import Sink


def fetch(url: str, target: Path, *, max_bytes: int, seconds: float, buckets: Sequence[str]) -> None:
    """Fetch one URL to a file that appears when all of it is there, and not at all on an error.

    Blocks for ``seconds`` at most, name look-ups and redirects included; not to be called in an event loop.
    ``buckets`` are those that an ``s3://`` URL may name.

    Raises:
        FetchError: ``url-invalid``; ``url-refused`` (not a public address, or not a port of the web);
            ``url-unreachable``; ``url-redirects``; ``url-status``; ``url-encoded``; ``url-timeout``;
            ``bucket-refused``.
        LimitError: ``fetch-too-large``.
        OutputError: ``output-unwritable``, the target cannot be written.
    """
    part = target.with_name(f".{token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            sink = Sink(file, max_bytes)
            if url[:5].lower() == "s3://":
                bucket.download(url, sink, seconds, buckets)
            else:
                web.download(url, sink, seconds)
        part.replace(target)
    except OSError as error:
        raise OutputError(
            "output-unwritable",
            f"What is fetched cannot be written to '{target}': {error.strerror or error}.",
            "Check the free space and the rights on that folder.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
