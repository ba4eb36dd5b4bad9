"""`soundpalette serve` with little patience, so that a test need not wait for a minute."""

from dataclasses import replace

import typer

from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.server.connections import HurriedProtocol
from soundpalette.server.http import HttpSettings, http_app
from soundpalette.server.transports import serve_http
from soundpalette.tools.workbench import Reach

if __name__ == "__main__":
    app = App(load_config())
    HurriedProtocol.head_seconds = 1.0
    settings = HttpSettings(replace(app.access, body_seconds=2.0))
    serve_http(
        http_app(app.workbench(Reach()), settings),
        "127.0.0.1",
        0,
        token=True,
        announce=lambda address: typer.echo(f"MCP at {address}/mcp,", err=True),
    )
