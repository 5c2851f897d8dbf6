"""The worker: layer 2 on the one hand, the loop of the RunPod SDK on the other."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from voxcue.errors import UsageError
from voxcue.worker.ending import Ending
from voxcue.worker.handler import Handler
from voxcue.worker.launch import Launcher
from voxcue.worker.layer2 import Layer2, State

if TYPE_CHECKING:
    from voxcue.volume import Progress

_LOCAL_OPTIONS = ("--rp_serve_api", "--test_input")
"""Options of the SDK with which it works without a platform."""

_HEAD_START = 10.0
"""Seconds: longer than unpacking takes, shorter than a platform waits for a sign of life."""

_REPORT_EVERY = 5.0
"""Seconds."""


def run(options: list[str]) -> int:
    """Work until a signal, or until layer 2 is beyond repair: the exit status.

    Args:
        options: of the command line, for the SDK.

    Raises:
        UsageError: ``worker-nowhere``: there is no platform to take jobs from; ``worker-sdk-missing``.
    """
    if not (any(map(_is_local, options)) or os.environ.get("RUNPOD_WEBHOOK_GET_JOB")):
        raise UsageError(
            "worker-nowhere",
            "There is no RunPod here to take jobs from: RUNPOD_WEBHOOK_GET_JOB is not set.",
            "On your own machine: voxcue worker --local. On RunPod: use the image as an endpoint's.",
        )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the SDK shows every logger's lines
    scratch = Path(tempfile.mkdtemp(prefix="voxcue-"))
    ending = Ending()
    layer2 = Layer2(Launcher(scratch, _Report()), scratch / "layer2.sock", over=ending.set)
    try:
        layer2.start()
        _work(options, layer2, ending)
    finally:
        layer2.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return int(layer2.state is State.OVER)


def _work(options: list[str], layer2: Layer2, ending: Ending) -> None:
    layer2.started.wait(_HEAD_START)  # importing the SDK would slow down what the start of layer 2 waits for
    os.environ.setdefault("RUNPOD_DEBUG_LEVEL", "INFO")  # it logs each of its steps otherwise
    try:
        from voxcue.worker import sdk  # while layer 2 loads
    except ModuleNotFoundError as error:
        raise UsageError(
            "worker-sdk-missing",
            f"The RunPod SDK cannot be imported: {error}.",
            "Install it: pip install 'voxcue[worker]'",
        ) from error
    sdk.start(options, layer2, Handler(layer2, sdk.Progress()), ending)


def _is_local(option: str) -> bool:
    return option.startswith(_LOCAL_OPTIONS)


class _Report:
    """Says how the volume's set-up goes: each stage, and every few seconds."""

    def __init__(self) -> None:
        self._stage, self._said = "", 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage or now - self._said >= _REPORT_EVERY:
            self._stage, self._said = progress.stage, now
            sys.stderr.write(f"volume: {progress}\n")
