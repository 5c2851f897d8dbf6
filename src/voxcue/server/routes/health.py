"""`/healthz`, `/readyz` and `/metrics`: for whoever runs the server."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from voxcue import __version__
from voxcue.server.schemas import Health, responses
from voxcue.server.services import Services, services

router = APIRouter(tags=["health"])

Found = Annotated[Services, Depends(services)]


@router.get("/healthz", summary="Whether the server lives")
async def healthz() -> Health:
    """Always "ok": it answered."""
    return Health(status="ok", version=__version__)


@router.get("/readyz", responses={503: {"model": Health}}, summary="Whether it is ready for work")
async def readyz(found: Found) -> Response:
    """Ready when the default engine is loaded, and until the server begins to stop."""
    if found.gate.closed:
        health = Health(status="stopping", version=__version__)
    elif found.problem:
        problem = found.problem
        health = Health(
            status="failed",
            version=__version__,
            error=problem.message,
            code=problem.code,
            hint=problem.hint,
        )
    else:
        health = Health(status="ok" if found.ready else "starting", version=__version__)
        health.capacity = found.capacity if found.ready else None
    return JSONResponse(health.model_dump(exclude_none=True), 200 if health.status == "ok" else 503)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **responses(401, 403)},
    summary="Numbers for Prometheus",
)
def metrics(found: Found) -> Response:
    """Requests, seconds of speech, stages, queue, engine passes, real-time factor."""
    return Response(found.metrics.page(), media_type=CONTENT_TYPE_LATEST)
