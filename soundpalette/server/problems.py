"""What went wrong, told over HTTP: problem+json (RFC 9457) with the same sentences as everywhere."""

import logging
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from soundpalette.errors import (
    AudioError,
    BusyError,
    CatalogueError,
    EncoderError,
    NotFoundError,
    RequestError,
    SoundPaletteError,
    VectorIndexError,
)
from soundpalette.server.sentences import fault
from soundpalette.tools.names import clean

MEDIA_TYPE: Final = "application/problem+json"
LONGEST: Final = 1000
"""Characters of a sentence; it may quote a name."""
TITLES: Final = {
    400: "Bad request",
    401: "Token wanted",
    403: "Origin refused",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    413: "Too large",
    415: "Unsupported media type",
    416: "Range not satisfiable",
    421: "Host refused",
    422: "Cannot be done",
    429: "Too many requests",
    500: "Failed inside the server",
    503: "Not available",
}
STATUSES: Final[dict[type[SoundPaletteError], int]] = {
    NotFoundError: 404,
    RequestError: 422,
    AudioError: 422,
    BusyError: 429,
    VectorIndexError: 503,
    CatalogueError: 503,
    EncoderError: 503,
}
"""By class, the more special ones first."""
RETRY_SECONDS: Final = {429: 1, 503: 10}
log = logging.getLogger(__name__)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer of `status` with one sentence."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
    wait = {"Retry-After": str(RETRY_SECONDS[status])} if status in RETRY_SECONDS else {}
    return JSONResponse(body, status, {**wait, **(headers or {})}, MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Let every error of the application be told as a problem."""
    app.add_exception_handler(SoundPaletteError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def _ours(_request: Request, error: Exception) -> JSONResponse:
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)
    return problem(status, clean(str(error), LONGEST))


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    return problem(422, clean("; ".join(fault(one) for one in faults), LONGEST))


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, clean(str(error.detail), LONGEST), dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%r %r failed", request.method, request.url.path, exc_info=error)
    return problem(500, "the request failed inside the server; its log says why")
