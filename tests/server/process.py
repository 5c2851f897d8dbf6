"""A real `voxcue serve` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass
class Server:
    """A running server: its address, its process, and the file that holds its log."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def client(self, **more: object) -> httpx.Client:
        """A client that knows the address."""
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, **more)  # type: ignore[arg-type]

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        with self.client() as client:
            page = client.get("/metrics").text
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE)
        return sum(map(float, found))

    def stop(self, seconds: float = 30.0) -> int:
        """End it as an operator does, with SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextmanager
def serving(folder: Path, *options: str, **env: str) -> Iterator[Server]:
    """Start a server on a free port, wait until it is ready, and end it.

    Args:
        folder: for its storage and its log.
        options: of the command.
        env: more environment variables.
    """
    port = () if "--port" in options else ("--port", "0")
    command = [sys.executable, "-m", "voxcue", "serve", *port, *options]
    settings = {"VOXCUE_STORAGE": (folder / "kept").as_uri(), **env}
    log = folder / "server.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env=os.environ | settings, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.search(r"http://\S+?(?=;)", line)
            assert found, line + log.read_text()
            server = Server(found[0], process, log)
            _wait_until_ready(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(server: Server) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(f"{server.url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(server.log.read_text())
