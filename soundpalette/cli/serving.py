"""The commands that serve the tools and the page."""

import threading
from enum import StrEnum
from typing import Annotated, Final

import typer

from soundpalette.cli.options import Encoder, app_with
from soundpalette.cli.output import errors_told
from soundpalette.garbage import garbage_left

LOOPBACK: Final = "127.0.0.1"


class Transport(StrEnum):
    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


Port = Annotated[int | None, typer.Option("--port", envvar="PORT", help="0: any free one.", min=0, max=65535)]


def serve(
    transport: Annotated[
        Transport, typer.Option("--transport", help="stdio; or http: MCP at /mcp, SSE at /sse, REST, all on one port.")
    ] = Transport.STDIO,
    host: Annotated[str, typer.Option("--host", help="The address to bind; none: the configured one.")] = "",
    port: Port = None,
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
            announce=lambda address: typer.echo(
                f"MCP at {address}{path}, REST at {address}/docs, the page at {address}/", err=True
            ),
        )


def open_page(
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say where the page is.")] = False,
    port: Port = None,
) -> None:
    """Find, hear and choose sounds on a page in your browser. Serves it until Ctrl-C, unless a server runs already."""
    from soundpalette.server.logs import configure_logs
    from soundpalette.server.transports import answers, serve_http, url

    def announce(address: str) -> None:
        typer.echo(f"SoundPalette is at {address}/", err=True)
        if not no_browser:  # beside the server, for a browser of the terminal stays until it is left
            threading.Thread(target=_browse, args=(f"{address}/",)).start()

    with errors_told():
        app = app_with(None)
        server = app.config.server
        chosen = server.port if port is None else port
        if chosen and answers(LOOPBACK, chosen):
            announce(url(LOOPBACK, chosen))
            return
        configure_logs(server.log_level, server.log_format)
        serve_http(app.http(), LOOPBACK, chosen, token=bool(app.token), announce=announce)


def _browse(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        typer.echo(f"no browser could be started; open {address} in yours", err=True)
