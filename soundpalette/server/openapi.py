"""The OpenAPI document, and the page at /docs that shows it: all from this server, with no inline code."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.routing import APIRoute

from soundpalette.server.problems import Problem

OFFLINE: Final = "fastapi_offline"
"""The package that brings Swagger UI's files; its own page would need inline code."""
ABOUT: Final = """\
SoundPalette finds sounds in a sample library by what they sound like. The same functions are MCP tools at `/mcp`.

Where the server has a token, send it as `Authorization: Bearer TOKEN`. What goes wrong is told as
`application/problem+json` (RFC 9457), with one sentence that says what came, what is allowed and the mend.
"""
PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>SoundPalette: REST</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
START: Final = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null});\n'
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
KEPT: Final = {"Cache-Control": "private, max-age=3600"}


def operation_id(route: APIRoute) -> str:
    """The function's name, which is the tool's where it is one."""
    return route.name


def complete(app: FastAPI, *, token: bool, max_top_k: int, roles: Sequence[str]) -> None:
    """Let the document hold what FastAPI cannot know: what a problem is, the token, bounds from the configuration."""
    written = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        found = written()
        parts = found["components"]
        parts["schemas"]["Problem"] = Problem.model_json_schema()
        for schema in parts["schemas"].values():
            if "top_k" in schema.get("properties", {}):
                schema["properties"]["top_k"]["maximum"] = max_top_k
                schema["properties"]["role"]["enum"] = ["any", *roles]
        if token:
            _secure(found)
        return found

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation says


def _secure(found: dict[str, Any]) -> None:
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    for path, operations in found["paths"].items():
        if path.startswith("/health/"):
            for operation in operations.values():
                operation["security"] = []


def add_docs(app: FastAPI) -> None:
    """Serve /docs and its files."""
    static = files(OFFLINE) / "static"

    @app.get("/docs", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(START, media_type="text/javascript", headers=KEPT)

    @app.get("/docs/swagger-ui-bundle.js", include_in_schema=False)
    async def script() -> FileResponse:
        return FileResponse(str(static / "swagger-ui-bundle.js"), media_type="text/javascript", headers=KEPT)

    @app.get("/docs/swagger-ui.css", include_in_schema=False)
    async def style() -> FileResponse:
        return FileResponse(str(static / "swagger-ui.css"), media_type="text/css", headers=KEPT)
