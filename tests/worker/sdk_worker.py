"""A worker of the real SDK with a small handler.

``MODE`` is a number of jobs at once, or ``stream``: a generator, and a fresh container after each job.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import runpod

MODE = os.environ.get("MODE", "1")


async def handler(job: dict[str, Any]) -> Any:
    asked = job["input"]
    if "error" in asked:
        raise ValueError(asked["error"])
    if "progress" in asked:
        runpod.serverless.progress_update(job, asked["progress"])
    if "sleep" in asked:
        try:
            await asyncio.sleep(asked["sleep"])
        except asyncio.CancelledError:
            Path(asked["told"]).write_text("stopped", encoding="utf-8")
            raise
    return {"echo": asked.get("say"), "refresh_worker": asked.get("refresh", False)}


async def generator(job: dict[str, Any]) -> AsyncGenerator[Any]:
    for part in job["input"]["parts"]:
        yield part


if MODE == "stream":
    config = {"handler": generator, "return_aggregate_stream": True, "refresh_worker": True}
else:
    config = {"handler": handler, "concurrency_modifier": lambda _: int(MODE)}

if __name__ == "__main__":
    runpod.serverless.start(config)
