"""The server's log: one JSON object a line on standard error."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter

_NAMES = {"asctime": "time", "levelname": "level", "message": "event"}


def start() -> None:
    """Send everything that is logged in this process to standard error, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    form = " ".join(f"%({name})s" for name in (*_NAMES, "name"))
    handler.setFormatter(
        JsonFormatter(form, rename_fields=_NAMES, datefmt="%Y-%m-%dT%H:%M:%S%z", json_ensure_ascii=False)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log whole URLs, signatures included
