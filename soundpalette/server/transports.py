"""How the server is reached: over stdin and stdout, or over HTTP on one port."""

import ipaddress
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import anyio

from soundpalette.errors import ServeError

if TYPE_CHECKING:  # the handshake over stdio waits for no web framework
    from starlette.types import ASGIApp

    from soundpalette.server.mcp import SoundPaletteServer

GOODBYE_SECONDS: Final = 10
"""What a request may still take after the server was told to stop."""
BACKLOG: Final = 512
log = logging.getLogger(__name__)


def serve_stdio(server: "SoundPaletteServer") -> None:
    """Speak MCP over stdin and stdout until stdin closes. The SDK sends whatever else prints to stdout to stderr."""
    anyio.run(server.run_stdio_async)


def serve_http(app: "ASGIApp", host: str, port: int, *, token: bool, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is given the server's address once it is bound.

    Raises ServeError where the address cannot be bound, or would be open to others without a `token`.
    """
    import uvicorn

    if not token and not _is_loopback(host):
        raise ServeError(
            f"host {host} can be reached from outside and there is no token; set SOUNDPALETTE_SERVER__TOKEN "
            "(or [server] token_file), or bind 127.0.0.1"
        )
    bound = bind(host, port)
    name = f"[{host}]" if ":" in host else host
    announce(f"http://{name}:{bound.getsockname()[1]}")
    settings = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GOODBYE_SECONDS
    )
    with bound:
        uvicorn.Server(settings).run(sockets=[bound])


def bind(host: str, port: int) -> socket.socket:
    """A listening TCP socket. Raises ServeError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise ServeError(
            f"{host}:{port} cannot be bound ({error.strerror}); stop what uses it, or pass another --host or --port"
        ) from error
    # asyncio switches Nagle's algorithm off only where it reads TCP, which create_server leaves out: each answer, which
    # is written in two parts, would wait some 40 ms for the client's delayed acknowledgement of the first.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=bound.detach())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
