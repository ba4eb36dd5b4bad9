"""The whole application as a server runs it: every request has an id, a line in the log and a place in the figures."""

import logging
import time
import uuid
from collections.abc import Collection
from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundpalette.server.attendance import Attended
from soundpalette.server.calls import Calls
from soundpalette.server.logs import REQUEST_ID
from soundpalette.server.metrics import OTHER, Metrics

CLIENT_GONE: Final = 499
"""The status of a request whose client left before it was answered, as nginx counts it."""
FLUSH_SECONDS: Final = 0.2
"""For answers on their way through a stream that is about to end."""
log = logging.getLogger(__name__)


class Application:
    """An ASGI application that is observed, and that can be told to end."""

    def __init__(
        self, app: ASGIApp, attended: Attended, calls: Calls, metrics: Metrics, plain: Collection[str]
    ) -> None:
        """`plain` are the paths of routes that have no parameters."""
        self._app = app
        self._plain = frozenset(plain)
        self._attended = attended
        self._calls = calls
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, status, started = uuid.uuid4().hex, CLIENT_GONE, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        token = REQUEST_ID.set(request_id)
        try:
            await self._app(scope, receive, sending)
        except Exception:
            status = 500
            raise
        finally:
            self._tell(scope, status, time.perf_counter() - started)
            REQUEST_ID.reset(token)

    async def end(self) -> None:
        """Let the calls that came be answered, then end the streams that would stand for ever."""
        await self._calls.settled()
        await anyio.sleep(FLUSH_SECONDS)
        self._attended.leave()

    def _route(self, scope: Scope) -> str:
        """The template that the path was matched with; of what was refused before, or is no route of ours, `other`."""
        path: str = scope["path"] if scope["path"] in self._plain else OTHER
        return str(getattr(scope.get("route"), "path", path))

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], self._route(scope)
        self._metrics.count(method, route, status, seconds)
        milliseconds = round(1000 * seconds, 1)
        told = {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
        log.info("%s %s %d %.1f ms [%s]", method, route, status, milliseconds, REQUEST_ID.get(), extra=told)
