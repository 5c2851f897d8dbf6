"""Every error as the one JSON shape, with the right status."""

from __future__ import annotations

import http
import logging
import math

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from voxcue.errors import AccessError, BusyError, VoxcueError
from voxcue.server.jobs import Gone
from voxcue.server.schemas import Fault, FaultReply

_LOG = logging.getLogger("voxcue.server")

_GONE = 499
"""What the log and the metrics say of a client that left before its reply; nobody receives it."""


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error in our shape."""

    @app.exception_handler(VoxcueError)
    def known(request: Request, error: VoxcueError) -> Response:
        return reply(request, error, error.http_status)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return reply(request, _invalid(error), 422)

    @app.exception_handler(HTTPException)
    def plain(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, VoxcueError):  # ours, raised while FastAPI read the body
            return known(request, error.__cause__)
        answer = reply(request, _plain(request, error), error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Gone)
    def gone(_: Request, __: Gone) -> Response:
        return Response(status_code=_GONE)

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> Response:
        log_defect(request, error)
        return reply(request, _defect(), 500)


def log_defect(request: Request, error: BaseException) -> None:
    """Log an error that is not a user's, with its trace."""
    if not isinstance(error, VoxcueError):
        _LOG.error("defect", exc_info=error, extra={"request_id": request_id(request)})


def cut_off(request: Request, error: BaseException) -> None:
    """Log an error that came after a reply had begun: its client sees the connection end."""
    cause = error.__cause__ or error  # Starlette wraps what it can no longer answer
    if isinstance(cause, VoxcueError):
        _LOG.warning("cut off", extra={"request_id": request_id(request), "code": cause.code})
    elif not isinstance(cause, Gone):
        log_defect(request, cause)


def fault(request: Request, error: BaseException) -> FaultReply:
    """The body that tells of an error; one that is not ours is a defect and is told as no more than that."""
    known = error if isinstance(error, VoxcueError) else _defect()
    return FaultReply(
        error=Fault(code=known.code, message=known.message, hint=known.hint, request_id=request_id(request))
    )


def reply(request: Request, error: VoxcueError, status: int) -> Response:
    """The response that tells of an error."""
    request.scope["voxcue.log"]["code"] = error.code
    answer = JSONResponse(fault(request, error).model_dump(), status)
    answer.headers["X-Request-ID"] = request_id(request)
    if isinstance(error, BusyError):
        answer.headers["Retry-After"] = str(math.ceil(error.retry_after))
    if status == AccessError.http_status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def too_large(request: Request) -> Response:
    """The refusal of a body that announces to be too large."""
    return reply(request, _plain(request, HTTPException(413)), 413)


def request_id(request: Request) -> str:
    """The id that the log, the reply and its header share."""
    return str(request.scope.get("voxcue.request_id", ""))


def _invalid(error: RequestValidationError) -> VoxcueError:
    first = error.errors()[0]
    place = [str(part)[:100] for part in first["loc"] if part not in {"body", "query", "path", "header"}]
    where = (
        f"'{'.'.join(place)}' of the request" if place and first["type"] != "json_invalid" else "The request"
    )
    return VoxcueError(
        "request-invalid",
        f"{where[0].upper() + where[1:]} cannot be used: {first['msg'].rstrip('.')}.",
        "See /openapi.json for what each request takes.",
    )


def _plain(request: Request, error: HTTPException) -> VoxcueError:
    phrase = http.HTTPStatus(error.status_code).phrase
    messages = {
        404: f"There is nothing at '{request.scope['path'][:200]}'.",
        405: f"'{request.scope['path'][:200]}' does not take {request.method}.",
        413: "The body of the request is larger than this server takes.",
    }
    # Its phrase is another one in Python 3.13.
    code = "content-too-large" if error.status_code == 413 else "-".join(phrase.lower().split())
    message = messages.get(error.status_code, f"{phrase}: {error.detail}.")
    return VoxcueError(code, message, "See /openapi.json for what there is.")


def _defect() -> VoxcueError:
    return VoxcueError(
        "internal",
        "This is a defect in Voxcue.",
        "The server's log says more under this request's id; please report it.",
    )
