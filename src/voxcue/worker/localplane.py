"""A stand-in for RunPod's control plane on one machine: for tests, and for a desk (`voxcue worker --local`).

It speaks the protocol of a queue-based endpoint on both sides. The SDK runs in a worker unchanged with the
variables of `environ()`, and clients, the official one among them, call ``<url>/v2/<any id>`` or ``<url>``.

What is known of the platform, and from where:

- From its documentation: the operations of clients, their replies, the states of a job, the limits of
  payloads, ``policy``, ``webhook`` (three attempts, 10 s apart), ``wait``, for how long results are kept, and
  that what a generator yields is the output of ``/status`` only if the worker aggregates it.
- From reports of people who use it: "exceeded max body size of 10MiB" with status 400, for results as well;
  "executionTimeout exceeded" with FAILED; ``retries`` and ``workerId`` in ``/status``; a job that its worker
  does not name is given out again after 40 s, once, and then fails with "job timed out after 1 retries"; an
  empty input does not reach the worker.
- From the source of the SDK 1.12 only: the side of workers, its paths, queries and bodies; that ``/stream``
  gives every part once.
- Our guess: that lost jobs go to the head of the queue; that ``job_in_progress=0`` means that jobs taken
  before are lost; that the first result counts whoever sends it; that purged jobs are CANCELLED; for how long
  polls are held; the words of other refusals.

Not here: limits of rates, priorities, several endpoints, parts of a stream above 1 MB cut in pieces,
``/status?ttl=``, starting and stopping of containers (``on_stop`` says when one is asked for).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import uvicorn

from voxcue.errors import UsageError
from voxcue.worker.plane.job import Job
from voxcue.worker.plane.ledger import Ledger, Policy
from voxcue.worker.plane.routes import create_app
from voxcue.worker.plane.webhook import notify

__all__ = ["Job", "LocalPlane", "Policy"]

_START_SECONDS = 10.0
_STOP_SECONDS = 5


class LocalPlane:
    """A control plane that lives in a thread of this process while it is entered as a context.

    ``port`` 0 takes a free one. With an ``api_key``, clients and workers must show it. ``on_stop`` is called,
    in the plane's thread, with the id of a worker that asks for a fresh container (``refresh_worker``); the
    worker then gets no jobs until whoever stopped it says so with `worker_ended`.

    Raises:
        UsageError: on entering, for an address that cannot be listened on.
    """

    endpoint = "local"
    """The id of the endpoint; any other is answered, too."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        api_key: str = "",
        policy: Policy | None = None,
        on_stop: Callable[[str], None] | None = None,
    ) -> None:
        self.policy = policy or Policy()
        self._host = host
        self._port = port
        self._api_key = api_key
        self._ledger = Ledger(self.policy, finished=self._notify, on_stop=on_stop)
        self._hooks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="localplane", daemon=True)

    def __enter__(self) -> Self:
        self._socket = _listener(self._host, self._port)
        self._port = self._socket.getsockname()[1]
        self._thread.start()
        if not self._started.wait(_START_SECONDS):
            raise RuntimeError(f"the local control plane did not start on {self.url}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close)
        self._thread.join(2 * _STOP_SECONDS)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The jobs that are not forgotten yet, by id."""
        return self._ledger.jobs.copy()

    @property
    def answers(self) -> Mapping[str, int]:
        """How many results were sent for each job, by id; forgotten jobs stay."""
        return self._ledger.answers.copy()

    def environ(self, worker: str) -> dict[str, str]:
        """The variables that make the SDK in a process the worker with this id."""
        base = f"{self.url}/v2/{self.endpoint}"
        return {
            "RUNPOD_ENDPOINT_ID": self.endpoint,
            "RUNPOD_POD_ID": worker,
            "RUNPOD_POD_HOSTNAME": worker,
            "RUNPOD_AI_API_KEY": self._api_key or "local",
            "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=local",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=local",
            "RUNPOD_WEBHOOK_POST_STREAM": f"{base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=local",
            "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID?gpu=local",
            "RUNPOD_PING_INTERVAL": str(1000 * max(1, round(self.policy.lost_seconds / 4))),
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }

    def worker_ended(self, worker: str) -> None:
        """The process of this worker has ended: its jobs are lost now, not after ``lost_seconds``."""
        self._call(lambda: self._ledger.ended(worker))

    def _call(self, what: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            create_app(self._ledger, self._api_key),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        self._server = uvicorn.Server(config)
        config.load()
        self._loop.call_soon(self._started.set)
        await self._server.serve(sockets=[self._socket])
        for hook in self._hooks:
            hook.cancel()
        await asyncio.gather(*self._hooks, return_exceptions=True)

    def _close(self) -> None:
        self._ledger.close()
        self._server.should_exit = True

    def _notify(self, job: Job) -> None:
        if url := job.request.get("webhook"):
            hook = asyncio.create_task(notify(url, job.reply(), self.policy.webhook_pause_seconds))
            self._hooks.add(hook)
            hook.add_done_callback(self._hooks.discard)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise UsageError(
            "address-unusable",
            f"The local control plane cannot listen on '{host}:{port}': "
            f"{getattr(error, 'strerror', None) or error}.",
            "Choose another port; 0 takes a free one.",
        ) from error
    # asyncio does this only for sockets that name their protocol; without it, small replies wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
