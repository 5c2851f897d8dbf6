"""The command ``worker``."""

from __future__ import annotations

import typer

from voxcue.settings import settings
from voxcue.worker.desk import serve
from voxcue.worker.run import run


def work(options: list[str], *, local: bool, host: str, port: int, workers: int) -> None:
    """Work, here or on RunPod; exits with the status of the worker."""
    settings()  # what is wrong with them is said before anything starts
    status = serve(host, port, workers) if local else run(options)
    raise typer.Exit(status)
