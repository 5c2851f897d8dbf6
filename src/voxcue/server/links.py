"""Where a file of a result can be had."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request

from voxcue.server.services import services


def link(request: Request, result: str, name: str) -> str:
    """A URL that works for ``url_lifetime`` seconds, for anyone who has it.

    Object stores sign it themselves; for a local folder it leads to this server.
    """
    found = services(request)
    seconds = found.settings.url_lifetime
    signed = found.storage.link(f"output/{result}/{name}", seconds)
    if signed is not None:
        return signed
    path = found.access.sign(f"/v1/speech/{result}/files/{quote(name)}", seconds)
    base = found.settings.public_url or str(request.base_url)
    return base.rstrip("/") + path
