"""The whole system on one machine, end to end: ``make test-system``, or ``system.py [VOLUME]``.

The real image answers jobs with the engine f5, from an empty volume, which it sets up itself from the
package registry; results go to a real S3 server (SeaweedFS), jobs through a local control plane and the real
RunPod SDK. Layer 2 is killed in the middle of a job. Weights are random and of full size, as those published
cannot be had everywhere: what is said cannot be understood, all else is as it is.

VOLUME is an empty folder, for instance of a network file system; a temporary one by default. Prints one JSON
line a figure; exits with 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tools")]

from tests.seaweed import BUCKET, seaweed  # noqa: E402

from f5_files import FULL, TINY, folders  # noqa: E402
from image import container  # noqa: E402
from voxcue import speak  # noqa: E402
from voxcue.worker.launch import on_network  # noqa: E402
from voxcue.worker.localplane import LocalPlane, Policy  # noqa: E402

TRANSCRIPT = "Some call me nature, others call me mother nature; I have been here for a very long time."
PATIENCE = 1800.0


class System:
    """A plane and an S3 server for containers to work with; as a context."""

    def __init__(self, image: str, volume: Path, model: Path, vocoder: Path) -> None:
        self._image, self._volume = image, volume
        self._stack = ExitStack()
        self._environ = {
            "VOXCUE_ENGINE": "f5",
            "VOXCUE_VOLUME": "/runpod-volume/voxcue",
            "VOXCUE_VOLUME_LOCK": "cpu",
            "VOXCUE_F5_MODEL": f"/runpod-volume/{model.relative_to(volume)}",
            "VOXCUE_F5_VOCODER": f"/runpod-volume/{vocoder.relative_to(volume)}",
            "VOXCUE_F5_STEPS": "1",
            "VOXCUE_VERIFY": "flag",  # random weights speak noise, however often
        }

    def __enter__(self) -> System:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        store = self._stack.enter_context(seaweed(folder))
        self.plane = self._stack.enter_context(LocalPlane(policy=Policy(execution_seconds=PATIENCE)))
        self._environ |= store.env | {"VOXCUE_STORAGE": f"s3://{BUCKET}/system"}
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def worker(self, wheels: Path | None) -> Iterator[float]:
        """One container, from an empty local disk, as after a cold start; the time of its start."""
        environ = self._environ | self.plane.environ(f"worker-{uuid.uuid4().hex[:6]}")
        mounts = {self._volume: "/runpod-volume"}
        certificates = Path("/etc/ssl/certs/ca-certificates.crt")
        if certificates.exists():
            mounts[certificates] = f"{certificates}:ro"
            environ["UV_SYSTEM_CERTS"] = "1"
        if wheels:
            mounts[wheels] = "/wheels:ro"
            environ["PIP_FIND_LINKS"] = "/wheels"
        with container(self._image, environ, mounts) as run:
            drop_caches()  # what making the container has read, too
            begun = time.perf_counter()
            process = subprocess.Popen([*run, "voxcue", "worker"], start_new_session=True)
            try:
                yield begun
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait(60)

    def ask(self, **given: Any) -> dict[str, Any]:
        """The output of a job that must succeed."""
        job = self.submit(**given)
        while (found := self._call(f"/status/{job}"))["status"] in {"IN_QUEUE", "IN_PROGRESS"}:
            time.sleep(0.05)
        if found["status"] != "COMPLETED":
            sys.exit(f"the job {given} was not completed: {json.dumps(found)[:3000]}")
        output: dict[str, Any] = found["output"]
        return output

    def submit(self, **given: Any) -> str:
        """Queue a job: its id."""
        return str(self._call("/run", {"input": given})["id"])

    def status(self, job: str) -> str:
        """The status of a job."""
        return str(self._call(f"/status/{job}")["status"])

    def _call(self, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.plane.url + path, data, headers)) as reply:
            found: dict[str, Any] = json.load(reply)
        return found


def figure(name: str, **values: object) -> None:
    """One line."""
    print(json.dumps({"figure": name, **values}), flush=True)


def recording() -> str:
    """A voice: what the embedded engine says, as base64 of a WAV file."""
    with tempfile.TemporaryDirectory() as folder:
        speak(TRANSCRIPT).save(folder)
        return base64.b64encode((Path(folder) / "speech.wav").read_bytes()).decode()


def check(output: dict[str, Any], text: str) -> None:
    """Exit unless the audio and the captions of a job are in the bucket, and every word has its time."""
    if [word["text"] for word in output["words"]] != text.split():
        sys.exit(f"words are missing: {output['words']}")
    for kind, start in (("audio", b"RIFF"), ("ass", b"[Script Info]"), ("srt", b"1\n")):
        with urllib.request.urlopen(output["files"][kind]["url"]) as reply:
            content = reply.read().removeprefix(b"\xef\xbb\xbf")
        if not content.startswith(start):
            sys.exit(f"the file {kind} in the bucket begins with {content[:20]!r}")


def drop_caches() -> bool:
    """Have the kernel forget what it has read; false where this process may not."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def layer2() -> int:
    """The process of layer 2 in the container, as this machine sees it."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            arguments = command.read_bytes().split(b"\0")
            if b"serve" in arguments and b"--uds" in arguments and b"setpriv" not in arguments[0]:
                return int(command.parent.name)
    sys.exit("there is no layer 2")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("volume", nargs="?", type=Path, help="an empty folder")
    parser.add_argument("--image", default="voxcue:dev")
    parser.add_argument("--small", action="store_true", help="small weights: quick, for CI")
    parser.add_argument("--starts", type=int, default=2, help="cold starts to measure")
    chosen = parser.parse_args()
    wheels = Path(os.environ["PIP_FIND_LINKS"]) if os.environ.get("PIP_FIND_LINKS") else None
    text, voice = "The train leaves at 9:45 and costs $3.50.", "Ada"
    with ExitStack() as stack:
        volume = chosen.volume or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        model, vocoder = folders(volume / "weights", TINY if chosen.small else FULL)
        system = stack.enter_context(System(chosen.image, volume, model, vocoder))

        with system.worker(wheels) as begun:
            system.ask(task="voices.add", name=voice, audio=recording(), transcript=TRANSCRIPT)
            figure(
                "empty volume: start of the container to the first answer",
                seconds=time.perf_counter() - begun,
            )
            check(system.ask(text=text, voice=voice), text)
            pack = _wait_for_pack(volume)
            figure("pack of what a start opens", mib=pack / 2**20)

        for _ in range(chosen.starts):
            cold = drop_caches()
            with system.worker(wheels) as begun:
                system.ask(task="voices.show", name=voice)
                ready = time.perf_counter() - begun
                figure("volume set up: start of the container to the first answer", seconds=ready, cold=cold)
                check(system.ask(text=text, voice=voice), text)
                figure("and to the first speech", seconds=time.perf_counter() - begun)

        with system.worker(wheels):
            system.ask(task="voices.list")
            job = system.submit(text=" ".join([text] * (20 if chosen.small else 1)), voice=voice)
            while system.status(job) != "IN_PROGRESS":
                time.sleep(0.02)
            time.sleep(0.5)
            if system.status(job) != "IN_PROGRESS":
                sys.exit("the job was done before layer 2 was killed")
            os.kill(layer2(), signal.SIGKILL)
            begun = time.perf_counter()
            while system.status(job) == "IN_PROGRESS":
                time.sleep(0.05)
            figure("kill -9 of layer 2 in a job to its answer", seconds=time.perf_counter() - begun)
            if (system.status(job), system.plane.answers[job]) != ("COMPLETED", 1):
                sys.exit(f"the job was {system.status(job)}, answered {system.plane.answers[job]} times")
    print("the system works")


def _wait_for_pack(volume: Path) -> int:
    if not on_network(volume):
        print("no pack: the volume is on a local disk")
        return 0
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for pack in volume.glob("voxcue/packs/*.tar"):
            return pack.stat().st_size
        time.sleep(0.2)
    sys.exit("no pack was made")


if __name__ == "__main__":
    main()
