"""Starting and stopping the server: a socket, uvicorn, and an end within a limit."""

from __future__ import annotations

import logging
import math
import os
import socket
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import Any

import uvicorn

from voxcue.errors import UsageError
from voxcue.server import logs
from voxcue.server.access import is_loopback
from voxcue.server.app import create_app
from voxcue.server.services import Services
from voxcue.server.wire import Protocol
from voxcue.settings import Settings

_LOG = logging.getLogger("voxcue.server")

_LAST_SECONDS = 20.0
"""After the time that running requests get, for closing everything; then the process ends as it is."""


def serve(settings: Settings, *, host: str, port: int, uds: Path | None, insecure: bool) -> None:
    """Serve until a signal ends it.

    Raises:
        UsageError: an address that cannot be listened on, or one that others can reach, without keys.
    """
    services = Services(settings, local=uds is None and is_loopback(host))
    if not (uds or is_loopback(host) or insecure or settings.api_keys.get_secret_value()):
        raise UsageError(
            "keys-missing",
            f"Others can reach a server on '{host}', and no API keys are set.",
            "Set VOXCUE_API_KEYS, or allow everyone with --insecure.",
        )
    services.check()
    logs.start()
    _raise_file_limit()
    with _unix(uds) if uds else _tcp(host, port) as listener:
        config = uvicorn.Config(
            create_app(services),
            http=Protocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
            backlog=2048,
        )
        listener.listen(2048)
        sys.stdout.write(f"Voxcue listens on {_shown(listener, host, uds)}; Ctrl-C stops it.\n")
        sys.stdout.flush()
        _Server(config, services).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Refuses new work from the moment of the signal, and ends by force if it cannot end in time."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._services.gate.closed:
            return
        self._services.gate.close()
        force = Timer(self._services.settings.shutdown_seconds + _LAST_SECONDS, _abandon)
        force.daemon = True
        force.start()


@contextmanager
def _tcp(host: str, port: int) -> Generator[socket.socket]:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise _unbound(
            f"{host}:{port}", error, "Choose another port with --port; 0 takes a free one."
        ) from error
    with listener:
        yield listener


@contextmanager
def _unix(path: Path) -> Generator[socket.socket]:
    """A Unix socket that only this user can connect to; one that a killed server left behind is replaced."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        umask = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(umask)
    except OSError as error:
        listener.close()
        raise _unbound(str(path), error, "Choose another path with --uds.") from error
    try:
        with listener:
            yield listener
    finally:
        path.unlink(missing_ok=True)


def _remove_stale(path: Path) -> None:
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def _unbound(place: str, error: Exception, hint: str) -> UsageError:
    reason = getattr(error, "strerror", None) or error
    return UsageError("address-unusable", f"The server cannot listen on '{place}': {reason}.", hint)


def _shown(listener: socket.socket, host: str, uds: Path | None) -> str:
    if uds:
        return str(uds)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


def _raise_file_limit() -> None:
    """As many connections as the system allows, not as many files as a shell's user usually needs."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _abandon() -> Any:
    _LOG.error("work did not end in time; stopping without it")
    os._exit(1)
