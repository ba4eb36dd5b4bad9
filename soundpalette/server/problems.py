"""What went wrong, told over HTTP: problem+json (RFC 9457) with the same sentences as everywhere."""

import logging
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

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
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="Always about:blank: title and status say all")
    title: str
    status: int
    detail: str = Field(description="One sentence: what came, what is allowed, the mend")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer of `status` with one sentence."""
    body = Problem(type="about:blank", title=TITLES.get(status, "Error"), status=status, detail=detail).model_dump()
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
    return problem(422, clean("; ".join(_sentence(one) for one in faults), LONGEST))


def _sentence(found: Any) -> str:
    if found["type"] == "json_invalid":
        return f"the body is no JSON at character {found['loc'][-1]}: {found['ctx']['error']}"
    return fault({**found, "loc": found["loc"][1:] or found["loc"]})  # a client knows where it put its parameters


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status, headers = error.status_code, dict(error.headers or {})
    if error.detail != HTTPStatus(status).phrase:
        return problem(status, clean(str(error.detail), LONGEST), headers)
    if status == 405:
        headers["Allow"] = _allowed(request)  # the router names those of one route of several alone
        return problem(405, f"{request.method} cannot be done here; {headers['Allow']} can", headers)
    return problem(status, "there is nothing at this path (no slash at its end?); /docs lists what there is", headers)


def _allowed(request: Request) -> str:
    routes = request.app.routes
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    full = [method for method, scope in scopes.items() if any(r.matches(scope)[0] is Match.FULL for r in routes)]
    return ", ".join(full)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%r %r failed", request.method, request.url.path, exc_info=error)
    return problem(500, "the request failed inside the server; its log says why")
