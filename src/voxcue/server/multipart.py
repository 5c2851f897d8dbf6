"""A reply of several parts (RFC 2046, `multipart/mixed`), sent as they are made."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a part: its file name, plain ASCII of our own making, and its media type."""

    name: str
    content_type: str


async def body(boundary: str, items: AsyncIterable[Part | bytes | None]) -> AsyncGenerator[bytes]:
    """Bytes of a whole reply from parts, each followed by its content in any number of pieces."""
    async for item in items:
        if isinstance(item, Part):
            yield (
                f"\r\n--{boundary}\r\nContent-Type: {item.content_type}\r\n"
                f'Content-Disposition: attachment; filename="{item.name}"\r\n\r\n'
            ).encode()
        elif item:
            yield item
    yield f"\r\n--{boundary}--\r\n".encode()
