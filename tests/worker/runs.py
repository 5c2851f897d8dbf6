"""A worker in a process of its own, as the image starts it, under a local control plane."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from voxcue.worker.localplane import LocalPlane, Policy

Output = dict[str, Any]
WAIT = 60.0


@dataclass
class Running:
    """A worker, and the clients' side of its plane."""

    plane: LocalPlane
    process: subprocess.Popen[bytes]
    client: httpx.Client
    log: Path

    def run(self, **given: Any) -> str:
        """Queue a job: its id."""
        return str(self.client.post("/run", json={"input": given}).json()["id"])

    def status(self, job: str) -> Output:
        found: Output = self.client.get(f"/status/{job}").json()
        return found

    def done(self, job: str, patience: float = WAIT) -> Output:
        """Its final status."""
        wait_for(lambda: self.status(job)["status"] not in {"IN_QUEUE", "IN_PROGRESS"}, patience)
        return self.status(job)

    def ask(self, **given: Any) -> Output:
        """The output of a job that must succeed."""
        found = self.done(self.run(**given))
        assert found["status"] == "COMPLETED", found
        output: Output = found["output"]
        return output

    def fault(self, **given: Any) -> Output:
        """The final status of a job that must fail."""
        found = self.done(self.run(**given))
        assert found["status"] == "FAILED", found
        return found

    def layer2(self) -> int:
        """The process of layer 2, once there is one."""
        wait_for(lambda: bool(children(self.process.pid)), WAIT)
        return children(self.process.pid)[0]

    def ended(self, patience: float = WAIT) -> int:
        """The worker's exit status."""
        return self.process.wait(patience)


@contextmanager
def running(tmp_path: Path, **environ: str) -> Iterator[Running]:
    """A plane and one worker of hibari, unless ``environ`` says otherwise."""
    policy = Policy(hold_seconds=1, lost_seconds=4)
    log = tmp_path / "worker.log"
    with LocalPlane(policy=policy) as plane, log.open("wb") as written:
        given = os.environ | plane.environ("worker-1")
        given |= {"VOXCUE_ENGINE": "hibari", "VOXCUE_STORAGE": (tmp_path / "kept").as_uri()} | environ
        command = [sys.executable, "-m", "voxcue", "worker"]
        process = subprocess.Popen(
            command, env=given, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
        with httpx.Client(base_url=plane.url, timeout=WAIT) as client:
            try:
                yield Running(plane, process, client, log)
            finally:
                if process.poll() is None:
                    process.terminate()
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(20)
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """The servers of layer 2 that a worker has started (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text(encoding="utf-8").rpartition(") ")
            state, parent = rest.split()[:2]
            command = (status.parent / "cmdline").read_bytes()
            if int(parent) == pid and state != "Z" and b"serve" in command.split(b"\0"):
                found.append(int(name.split(" ")[0]))
    return found


def wait_for(what: Callable[[], bool], patience: float) -> None:
    """Until something is so."""
    until = time.monotonic() + patience
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
