"""Telling a webhook that its job is over."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx

_LOG = logging.getLogger("voxcue.worker")

_ATTEMPTS = 3


async def notify(url: str, reply: dict[str, Any], pause: float) -> None:
    """POST what ``/status`` shows, until the answer is 200: three times at most, so many seconds apart."""
    async with httpx.AsyncClient(timeout=10) as client:
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(pause)
            try:
                answer = await client.post(url, json=reply)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                _LOG.warning("webhook %s: %s", url, error)
                continue
            if answer.status_code == httpx.codes.OK:
                return
            _LOG.warning("webhook %s: status %d", url, answer.status_code)
