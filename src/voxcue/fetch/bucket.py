"""``s3://bucket/key`` URLs of users: buckets that the operator has named, read with the operator's rights."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from voxcue.errors import FetchError
from voxcue.fetch.sink import Sink

_CHUNK_BYTES = 1 << 20


def download(url: str, sink: Sink, seconds: float, buckets: Sequence[str]) -> None:
    """Write the object into ``sink``; where and as whom to ask for it comes from ``AWS_*`` variables.

    Raises ``FetchError`` and ``LimitError`` as ``voxcue.fetch.fetch`` says.
    """
    bucket, _, key = url[5:].partition("/")
    if not bucket or not key:
        raise FetchError("url-invalid", "The s3:// URL names no object.", "Write it as s3://bucket/key.")
    if bucket not in buckets:
        raise FetchError(
            "bucket-refused",
            "The s3:// URL names a bucket that this installation does not fetch from.",
            "Ask for it to be added to VOXCUE_FETCH_BUCKETS, or give a signed https:// URL.",
        )
    try:
        with ThreadPoolExecutor(1) as pool:  # a loop of its own, also where the caller's thread runs one
            limited = lambda: asyncio.run(asyncio.wait_for(_copy(bucket, key, sink, seconds), seconds))  # noqa: E731
            pool.submit(copy_context().run, limited).result()
    except TimeoutError as error:
        raise FetchError(
            "url-timeout",
            f"The object in the bucket '{bucket}' was not fetched within {seconds:g} seconds.",
            "Try again, or give a smaller file.",
        ) from error


async def _copy(bucket: str, key: str, sink: Sink, seconds: float) -> None:
    import obstore
    from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
    from obstore.store import S3Store

    # obstore's own limit for one request, 30 s, is shorter than a large file may need; ours is to decide. http://
    # is spoken only where the operator wrote it in AWS_ENDPOINT_URL.
    store = S3Store(bucket, timeout=f"{2 * seconds + 1:.0f}s", allow_http="true")
    try:
        found = await obstore.get_async(store, key)
        sink.expect(found.meta["size"])
        chunks = aiter(found.stream(min_chunk_size=_CHUNK_BYTES))
        while (chunk := await anext(chunks, None)) is not None:
            sink.write(bytes(chunk))
    except (FileNotFoundError, NotFoundError, PermissionDeniedError, UnauthenticatedError) as error:
        raise FetchError(
            "url-status",
            f"The bucket '{bucket}' has no such object, or does not hand it out.",
            "Check the key, and the rights of this installation.",
        ) from error
    except ValueError as error:
        raise FetchError(
            "url-invalid", "The s3:// URL does not name an object that can be read.", "Check the key."
        ) from error
    except BaseError as error:
        raise FetchError(
            "url-unreachable", f"The bucket '{bucket}' cannot be reached.", "Try again later."
        ) from error
