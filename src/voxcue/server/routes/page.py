"""The studio page and its assets: plain files, nothing built, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

STUDIO = Path(__file__).parent.parent / "studio"

router = APIRouter(include_in_schema=False)

_POLICY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data: https:; media-src 'self' blob: https:; "
        "connect-src 'self' blob: https: http:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
"""Only our own code runs; files of a result may come from the object storage that they are kept in."""


@router.get("/")
async def page() -> Response:
    """The studio."""
    return FileResponse(STUDIO / "index.html", headers=_POLICY)


@router.get("/favicon.ico")
async def icon() -> Response:
    """Browsers ask for it at this place."""
    return FileResponse(STUDIO / "icon.svg", media_type="image/svg+xml")


class Assets(StaticFiles):
    """The files of the studio; a browser asks each time whether they are new, so an upgrade shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
