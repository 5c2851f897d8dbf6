"""Build the image, hold it to its budget, and have it answer a job: ``make image`` and ``make test-image``.

    image.py build NAME     with Docker, or with buildah where no Docker engine runs
    image.py size NAME      what each part takes, in MB; 1 if one takes more than its budget
    image.py smoke NAME     start it, send it a job through the RunPod SDK's local API, check what comes back

A base image that cannot be fetched is made by ``.ci/base-image``, for machines that reach no registry of
images.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BASE = "docker.io/library/python:3.11-slim-bookworm"
BUILDAH = ("buildah", "--storage-driver", "vfs")

BUDGETS = {"base": 140, "engine": 160, "sdk": 45, "uv": 45, "voxcue": 6, "other": 75, "image": 450}
"""MB of each part, and of the whole."""

_MEASURE = """
import json, pathlib
PARTS = {
    "engine": "hibari onnxruntime numpy pocketsphinx obstore soxr _soundfile sentencex num2words",
    "sdk": "runpod aiohttp paramiko cryptography nacl bcrypt requests urllib3 yarl multidict",
    "uv": "uv uvx",
    "voxcue": "voxcue",
}
environment = pathlib.Path("/opt/voxcue")
site = next(environment.glob("lib/python*/site-packages"))
def part(path):
    if environment not in path.parents:
        return "base"
    name = path.relative_to(site).parts[0].split(".")[0] if site in path.parents else path.name
    return next((part for part, names in PARTS.items() if name in names.split()), "other")
sizes = dict.fromkeys(("base", *PARTS, "other"), 0)
seen = set()
for top in pathlib.Path("/").iterdir():
    for path in () if top.name in ("proc", "sys", "dev") or top.is_symlink() else top.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_ino not in seen:
            seen.add(path.stat().st_ino)
            sizes[part(path)] += path.stat().st_size
print(json.dumps(sizes))
"""


def has_docker() -> bool:
    """Whether a Docker engine runs here."""
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(["docker", "info"], capture_output=True).returncode
    )


def build(name: str) -> None:
    """Build the Dockerfile, and nothing else, under a name."""
    if has_docker():
        subprocess.run(["docker", "build", "--tag", name, ROOT], check=True)
        return
    if not _known(BASE):
        subprocess.run([ROOT / ".ci" / "base-image", BASE], check=True)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    command = [*BUILDAH, "bud", "--isolation", "chroot", "--pull-never", "--format", "docker", "--tag", name]
    command += ["--volume", f"{certificates}:{certificates}:ro"]
    subprocess.run([*command, str(ROOT)], check=True)


def _known(image: str) -> bool:
    return not subprocess.run([*BUILDAH, "inspect", "--type", "image", image], capture_output=True).returncode


@contextmanager
def container(
    name: str, environ: dict[str, str], mounts: dict[Path, str] | None = None
) -> Iterator[list[str]]:
    """The start of a command line that runs a program in a fresh container, on the host's network."""
    mounted = [f"--volume={here}:{there}" for here, there in (mounts or {}).items()]
    given = [f"--env={key}={value}" for key, value in environ.items()]
    if has_docker():
        yield ["docker", "run", "--rm", "--init", "--network=host", *mounted, *given, name]
        return
    made = subprocess.run(
        [*BUILDAH, "from", "--pull-never", name], check=True, capture_output=True, text=True
    )
    here = made.stdout.strip()
    try:
        yield [*BUILDAH, "run", "--isolation", "chroot", *mounted, *given, here, "--"]
    finally:
        subprocess.run([*BUILDAH, "rm", here], check=True, capture_output=True)


def size(name: str) -> int:
    """Print what the parts take beside their budgets; 1 if one takes more."""
    with container(name, {}) as run:
        done = subprocess.run([*run, "python", "-c", _MEASURE], check=True, capture_output=True, text=True)
    parts = {part: taken / 1e6 for part, taken in json.loads(done.stdout).items()}
    parts["image"] = sum(parts.values())
    for part, taken in parts.items():
        over = "  over its budget" if taken > BUDGETS[part] else ""
        print(f"{part:8} {taken:6.1f} MB of {BUDGETS[part]}{over}")
    return int(any(taken > BUDGETS[part] for part, taken in parts.items()))


def smoke(name: str, port: int = 8765) -> int:
    """Start the image without a volume and a GPU, and check the audio and captions that a job brings."""
    with container(name, {"VOXCUE_ENGINE": "hibari"}) as run:
        begun = time.perf_counter()
        command = [*run, "voxcue", "worker", "--rp_serve_api", "--rp_api_port", str(port)]
        process = subprocess.Popen(command, start_new_session=True)
        try:
            job = {
                "input": {"text": "It costs $3.50, really.", "captions": ["ass", "srt"], "delivery": "inline"}
            }
            reply = _post(f"http://127.0.0.1:{port}/runsync", job, process, patience=120)
            print(f"answered {time.perf_counter() - begun:.1f} s after the start of the container")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
    if reply.get("status") != "COMPLETED":
        sys.exit(f"the job was not completed: {json.dumps(reply)[:2000]}")
    output = reply["output"]
    with wave.open(io.BytesIO(base64.b64decode(output["files"]["audio"]["data"]))) as audio:
        seconds = audio.getnframes() / audio.getframerate()
    captions = base64.b64decode(output["files"]["srt"]["data"]).decode()
    words = [word["text"] for word in output["words"]]
    print(f"{seconds:.2f} s of speech, words {words}")
    right = 1 < seconds < 5 and words == ["It", "costs", "$3.50,", "really."] and "$3.50, really." in captions
    print("the image works" if right else f"the reply is wrong: {captions}")
    return int(not right)


def _post(url: str, body: object, process: subprocess.Popen[bytes], patience: float) -> dict[str, Any]:
    """The reply to a request, once the server listens."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"the container ended with status {process.returncode}")
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            sys.exit(f"{url}: {error.code} {error.read().decode()[:500]}")
        except OSError:
            time.sleep(0.2)
    sys.exit(f"nothing answered at {url} within {patience:.0f} s")


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("build", "size", "smoke"))
    parser.add_argument("name", nargs="?", default="voxcue:dev")
    chosen = parser.parse_args()
    return int({"build": build, "size": size, "smoke": smoke}[chosen.what](chosen.name) or 0)


if __name__ == "__main__":
    sys.exit(main())
