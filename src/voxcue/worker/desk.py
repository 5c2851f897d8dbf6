"""`voxcue worker --local`: the queue and the API of RunPod on this machine, and workers beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from threading import Event

from voxcue.settings import settings
from voxcue.worker.localplane import LocalPlane, Policy

_PATIENCE = 10.0
"""Seconds over the time that jobs get to finish, after which a worker is killed."""


def serve(host: str, port: int, workers: int) -> int:
    """Serve until SIGINT or SIGTERM: the exit status.

    Raises:
        UsageError: ``address-unusable``.
    """
    desk = Desk(host, port, workers)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: desk.stop())
    return desk.run()


class Desk:
    """A local control plane with ``workers`` workers, which are started again when they end."""

    def __init__(self, host: str, port: int, workers: int) -> None:
        self._plane = LocalPlane(host, port, policy=Policy(), on_stop=self._refresh)
        self._wanted = workers
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._started = 0
        self._stop = Event()

    def run(self) -> int:
        """Serve until `stop`: the exit status, that of the last worker if all of them fail at once."""
        with self._plane:
            sys.stdout.write(_GREETING.format(url=self._plane.url))
            sys.stdout.flush()
            failures = 0
            while not self._stop.is_set():
                for name, process in list(self._workers.items()):
                    if process.poll() is not None:
                        del self._workers[name]
                        self._plane.worker_ended(name)
                        failures = failures + 1 if process.returncode == 2 else 0
                if failures >= self._wanted:
                    return 2  # its message is on standard error already
                while len(self._workers) < self._wanted:
                    self._start()
                self._stop.wait(0.2)
            self._end()
        return 0

    def stop(self) -> None:
        """End the workers, then the plane."""
        self._stop.set()

    def _start(self) -> None:
        self._started += 1
        name = f"worker-{self._started}"
        environ = os.environ | self._plane.environ(name)
        self._workers[name] = subprocess.Popen(
            [sys.executable, "-m", "voxcue", "worker"], env=environ, start_new_session=True
        )

    def _refresh(self, name: str) -> None:
        process = self._workers.get(name)
        if process:
            process.terminate()

    def _end(self) -> None:
        for process in self._workers.values():
            with suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + settings().shutdown_seconds + _PATIENCE
        for process in self._workers.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


_GREETING = """RunPod's API, on this machine: {url}; Ctrl-C ends it.
  curl -X POST {url}/runsync -d '{{"input": {{"text": "Doors open at 7:30 p.m."}}}}'
  Also /run, /status/ID, /stream/ID, /cancel/ID, /health; the same under /v2/ANY-ID, for RunPod's own clients.
"""
