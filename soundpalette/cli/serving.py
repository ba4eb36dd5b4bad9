"""The command that serves the tools."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from soundpalette.cli.options import Encoder, app_with
from soundpalette.cli.output import errors_told


@contextmanager
def garbage_left() -> Iterator[None]:
    """Importing makes objects that stay: looking through them for garbage takes a sixth of the time of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Transport(StrEnum):
    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


def serve(
    transport: Annotated[
        Transport, typer.Option("--transport", help="stdio; or http: MCP at /mcp, SSE at /sse, REST, all on one port.")
    ] = Transport.STDIO,
    host: Annotated[str, typer.Option("--host", help="The address to bind; none: the configured one.")] = "",
    port: Annotated[
        int | None, typer.Option("--port", envvar="PORT", help="0: any free one.", min=0, max=65535)
    ] = None,
    encoder: Encoder = None,
) -> None:
    """Serve the tools to MCP clients, and over HTTP to everyone who has the token."""
    from soundpalette.server.logs import configure_logs
    from soundpalette.server.transports import serve_http, serve_stdio

    with errors_told():
        app = app_with(encoder)
        server = app.config.server
        configure_logs(server.log_level, server.log_format)
        if transport is Transport.STDIO:
            with garbage_left():
                mcp = app.server()
            serve_stdio(mcp)
            return
        path = "/sse" if transport is Transport.SSE else "/mcp"
        serve_http(
            app.http(),
            host or server.host,
            server.port if port is None else port,
            token=bool(app.token),
            announce=lambda address: typer.echo(f"MCP at {address}{path}, REST at {address}/docs", err=True),
        )
