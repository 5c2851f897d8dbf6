"""Layer 2 as a process: started at once, watched, and started again when it dies or hangs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from voxcue.errors import UnavailableError, VoxcueError
from voxcue.settings import settings
from voxcue.worker.launch import Launch, make_pack

_STARTING_EVERY = 0.02
_WATCH_EVERY = 0.5
_RETRY_AFTER = 20.0
"""Seconds after which a start that failed for a reason that the user can change is tried again."""

_WINDOW = 300.0
"""Seconds: crashes within them count together."""

_START_LIMIT = 1800.0
"""Seconds that loading may take; a model on a slow disk is large."""


class State(Enum):
    """Where layer 2 is."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    """It runs or not, but cannot work; `Layer2.problem` says why. Tried again from time to time."""
    OVER = "over"
    """It is not started any more."""


@dataclass(frozen=True)
class Crash:
    """How one process ended. ``generation`` counts the processes from 1."""

    generation: int
    reason: str


class Layer2:
    """One process at a time that listens on ``socket``.

    Args:
        launch: how the next one is started; may take long, and may raise VoxcueError.
        socket: the path of its Unix socket, in a private folder.
        over: called, in a thread of ours, when it has crashed too often.
    """

    def __init__(
        self, launch: Callable[[], Launch], socket: Path, over: Callable[[], None] = lambda: None
    ) -> None:
        self.socket = socket
        self.state = State.STARTING
        self.generation = 0
        self.capacity = 1
        self.problem: VoxcueError | None = None
        self._launch = launch
        self._over = over
        self.started = Event()
        """Set when the first process runs, or cannot."""
        self._closing = Event()
        self._again = Event()
        self._hung = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._crashes: deque[tuple[float, Crash]] = deque(maxlen=100)
        self._thread = Thread(target=self._supervise, name="layer2", daemon=True)

    def start(self) -> None:
        """Start it; returns at once."""
        self._thread.start()

    async def ready(self) -> int:
        """Wait until it is ready: the number of its process.

        Raises:
            VoxcueError: it cannot become ready; what the caller can be told.
        """
        while True:
            if self.state is State.READY:
                return self.generation
            if self.state is not State.STARTING and self.problem:
                raise self.problem
            await asyncio.sleep(_STARTING_EVERY)

    async def end_of(self, generation: int, patience: float = 10.0) -> str:
        """Why a process ended, or that it has not, after waiting for its end for a while."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            for _, crash in list(self._crashes):
                if crash.generation == generation:
                    return crash.reason
            await asyncio.sleep(_STARTING_EVERY)
        return "it did not answer, and lives"

    def restart(self, reason: str) -> None:
        """Kill the process, as one that hangs."""
        self._hung = reason
        self._kill()

    def close(self, patience: float = 5.0) -> None:
        """End it: politely, then not."""
        self._closing.set()
        self._again.set()
        process = self._process
        if process and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        self._kill()
        self._thread.join(patience)

    def _supervise(self) -> None:
        while not self._closing.is_set():
            try:
                launch = self._launch()
                with launch.using():
                    crash = self._run(launch)
            except VoxcueError as error:
                self._fail(error)
                continue
            except Exception as error:  # a thread that died of it would leave jobs waiting for ever
                self._fail(VoxcueError("layer2-unstartable", f"Layer 2 cannot be started: {error}."))
                continue
            if self._closing.is_set():
                return
            if crash is None:  # it said why it cannot work
                continue
            self._record(crash)
            if self.state is State.OVER:
                self._over()
                return

    def _run(self, launch: Launch) -> Crash | None:
        """Run one process to its end; ``None`` if it was ended because it had failed."""
        self.socket.unlink(missing_ok=True)
        self._hung = ""
        self.generation += 1
        argv = [*_dies_with_us(), *launch.argv, "serve", "--uds", str(self.socket)]
        process = subprocess.Popen(
            argv, env=launch.environ, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
        )
        self._process = process
        self.started.set()
        begun = last = time.monotonic()
        transport = httpx.HTTPTransport(uds=str(self.socket))
        patience = min(5.0, settings().worker_hang_seconds)
        with httpx.Client(transport=transport, base_url="http://layer2", timeout=patience) as client:
            while process.poll() is None and not self._closing.is_set():
                health = _health(client)
                now = time.monotonic()
                if health:
                    last = now
                if self.state is not State.READY:
                    self._follow(health, launch)
                    if self.state is State.FAILED:
                        self._again.wait(_RETRY_AFTER)
                        self._kill()
                        process.wait()
                        self.state = State.STARTING if not self._closing.is_set() else self.state
                        return None
                limit = settings().worker_hang_seconds if self.state is State.READY else _START_LIMIT
                if now - (last if self.state is State.READY else begun) > limit:
                    self.restart(f"it hung: no answer for {limit:.0f} s")
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_WATCH_EVERY if self.state is State.READY else _STARTING_EVERY)
        self._kill()  # what it has left of its group
        return Crash(self.generation, self._hung or _ending(process.wait()))

    def _follow(self, health: dict[str, Any], launch: Launch) -> None:
        """Take over what a starting process says of itself."""
        if health.get("status") == "ok":
            self.capacity = health.get("capacity") or 1
            self.problem = None
            self.state = State.READY
            if launch.recording:
                Thread(target=self._pack, args=(launch,), name="pack", daemon=True).start()
        elif health.get("status") == "failed":
            self.problem = UnavailableError(
                health.get("code", "layer2-failed"),
                health.get("error", "Layer 2 cannot work; its log says why."),
                health.get("hint", ""),
            )
            self.state = State.FAILED

    def _pack(self, launch: Launch) -> None:
        """Have the process tell what it opened, and make a pack of it; a start without one is only slower."""
        assert launch.recording
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + 60
        while not launch.recording.opened.exists() and time.monotonic() < until:
            time.sleep(0.1)
        try:
            make_pack(launch.recording)
        except OSError as error:
            sys.stderr.write(f"No pack of the volume's files was made: {error}\n")

    def _fail(self, error: VoxcueError) -> None:
        self.problem = error
        self.state = State.FAILED
        self.started.set()
        sys.stderr.write(f"error: {error.message} [{error.code}]\n{error.hint}\n")
        self._again.wait(_RETRY_AFTER)
        if not self._closing.is_set():
            self.state = State.STARTING

    def _record(self, crash: Crash) -> None:
        now = time.monotonic()
        self._crashes.append((now, crash))
        recent = sum(1 for at, _ in self._crashes if now - at < _WINDOW)
        sys.stderr.write(f"Layer 2 ended: {crash.reason}.\n")
        if recent >= settings().worker_crashes:
            self.problem = UnavailableError(
                "layer2-broken",
                f"Layer 2 ended {recent} times within {_WINDOW:.0f} s, the last time as {crash.reason}.",
                "The worker ends; a fresh one may fare better. Its log says what led to this.",
            )
            self.state = State.OVER
            return
        self.state = State.STARTING
        self._closing.wait(min(0.25 * 2 ** (recent - 1), 10) if recent > 1 else 0)

    def _kill(self) -> None:
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _health(client: httpx.Client) -> dict[str, Any]:
    """What layer 2 says of itself; nothing if it does not answer."""
    try:
        found: dict[str, Any] = client.get("/readyz").json()
    except (httpx.HTTPError, ValueError, OSError):
        return {}
    return found


def _dies_with_us() -> list[str]:
    """A prefix that has the kernel kill the process when our thread ends, however it ends (Linux)."""
    tool = shutil.which("setpriv")
    return [tool, "--pdeathsig", "KILL"] if tool else []


def _ending(status: int) -> str:
    if status >= 0:
        return f"it exited with status {status}"
    name = signal.Signals(-status).name
    likely = {"SIGKILL": ", as when memory runs out", "SIGSEGV": ", a segmentation fault"}.get(name, "")
    return f"it was ended by {name}{likely}"
