"""Replies that begin before the work is done."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

LIVE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Headers of a reply that must not wait in a proxy."""


async def started(items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same items, the first of which is there already: its errors come before a status is sent."""
    first = await anext(items)
    return _from(first, items)


async def _from(first: T, items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    async with aclosing(items):
        yield first
        async for item in items:
            yield item
