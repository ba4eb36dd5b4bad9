"""How the server is reached: over stdin and stdout, or over HTTP on one port."""

import ipaddress
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Final

import anyio

from soundpalette.errors import ServeError

if TYPE_CHECKING:  # the handshake over stdio waits for no web framework
    from soundpalette.server.application import Application
    from soundpalette.server.mcp import SoundPaletteServer

GOODBYE_SECONDS: Final = 10
"""What a request may still take after the server was told to stop."""
LAST_SECONDS: Final = 5
"""Then, for what was cut off to end: a thread that reads a large file cannot be, and ends with the process."""
KEPT_SECONDS: Final = 75
"""An idle connection is kept for, longer than load balancers keep theirs (60 s): who closes first gets no 502."""
BACKLOG: Final = 512
PROBE_SECONDS: Final = 2.0
ANYWHERE: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that can be bound but not called, and what answers there."""
log = logging.getLogger(__name__)


def serve_stdio(server: "SoundPaletteServer") -> None:
    """Speak MCP over stdin and stdout until stdin closes. The SDK sends whatever else prints to stdout to stderr."""
    anyio.run(server.run_stdio_async)


def serve_http(app: "Application", host: str, port: int, *, token: bool, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then answer what came before and exit with 0.

    `announce` is given the server's address once it is bound.

    Raises ServeError where the address cannot be bound, or would be open to others without a `token`.
    """
    check_reach(host, token=token)
    bound = bind(host, port)
    announce(url(host, bound.getsockname()[1]))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)  # before uvicorn listens to them, and when it sends them on at its end
    with bound:
        _run(app, bound)


def _run(app: "Application", bound: socket.socket) -> None:
    import uvicorn
    from sse_starlette.sse import AppStatus

    from soundpalette.server.connections import HurriedProtocol

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            _exit_at_last()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(app.end)
                await super().shutdown(sockets)
                tasks.cancel_scope.cancel()

    AppStatus.enable_automatic_graceful_drain = False  # it would cut off calls that are still at work
    settings = uvicorn.Config(
        app,
        http=HurriedProtocol,  # one parser, the strict one, whatever else is installed
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
    Server(settings).run(sockets=[bound])


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _exit_at_last() -> None:
    def exit_now() -> None:
        log.warning("what was asked for last did not end within %d s and was given up", GOODBYE_SECONDS + LAST_SECONDS)
        os._exit(1)

    timer = threading.Timer(GOODBYE_SECONDS + LAST_SECONDS, exit_now)
    timer.daemon = True
    timer.start()


def check_reach(host: str, *, token: bool) -> None:
    """Raises ServeError for an address that others can reach, where no token is asked."""
    if not token and not _is_loopback(host):
        raise ServeError(
            f"host {host} can be reached from outside and there is no token; set SOUNDPALETTE_SERVER__TOKEN "
            "(or [server] token_file), or bind 127.0.0.1"
        )


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises ServeError where the address cannot be bound."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise ServeError(
            f"{host}:{port} cannot be bound ({error.strerror}); stop what uses it, or choose another one: "
            "--port or [server] port (of `serve` also --host or [server] host)"
        ) from error
    # asyncio switches Nagle's algorithm off only where it reads TCP, which create_server leaves out: each answer, which
    # is written in two parts, would wait some 40 ms for the client's delayed acknowledgement of the first.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=bound.detach())


def answers(host: str, port: int) -> bool:
    """Whether a server of ours answers there."""
    import httpx

    try:
        told = httpx.get(f"{url(ANYWHERE.get(host, host), port)}/health/live", timeout=PROBE_SECONDS, trust_env=False)
        return bool(told.json() == {"status": "live"})
    except (httpx.HTTPError, ValueError):
        return False


def url(host: str, port: int) -> str:
    """The address of a server, without a slash at its end."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
