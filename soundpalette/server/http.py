"""One application on one port: MCP over Streamable HTTP and SSE, REST, health."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI, Response
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from soundpalette import __version__
from soundpalette.errors import SoundPaletteError
from soundpalette.server.calls import MOST_WAITING, Calls
from soundpalette.server.mcp import build
from soundpalette.server.openapi import ABOUT, add_page, complete, operation_id
from soundpalette.server.problems import add_handlers, described, problem
from soundpalette.server.rest import router
from soundpalette.server.security import BODY_BYTES, LOOPBACK, Access, Guard, session_cookie
from soundpalette.tools.workbench import Workbench

Application = ASGIApp
MCP: Final = "/mcp"
SSE: Final = "/sse"
MESSAGES: Final = "/messages/"
CORS_METHODS: Final = ("GET", "HEAD", "POST", "DELETE")
CORS_EXPOSED: Final = ("Accept-Ranges", "Content-Range", "ETag", "Mcp-Session-Id", "Retry-After", "WWW-Authenticate")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Who may ask, origins whose pages may read the answers, and how many calls may wait."""

    access: Access = field(default_factory=Access)
    cors: tuple[str, ...] = ()
    waiting: int = MOST_WAITING


def http_app(bench: Workbench, settings: HttpSettings) -> ASGIApp:
    """The ASGI application over one workbench."""
    calls = Calls(settings.waiting)
    server = build(bench, calls)
    checks = _sdk_checks(settings.access)
    # The guard has checked Host, Origin and bodies before: the SDK checks them again, should it ever be mounted bare.
    mcp = server.streamable_http_app(
        streamable_http_path=MCP, transport_security=checks, max_request_body_size=BODY_BYTES
    )
    sse = server.sse_app(
        sse_path=SSE, message_path=MESSAGES, transport_security=checks, max_request_body_size=BODY_BYTES
    )

    readiness = _Readiness(bench)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        readiness.begin()
        async with server.session_manager.run():
            yield

    app = FastAPI(
        title="SoundPalette",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    complete(app, token=bool(settings.access.token), max_top_k=bench.max_top_k)
    app.include_router(router(bench, calls))
    add_page(app)
    _add_health(app, readiness)
    _add_session(app, settings.access)
    app.router.routes.extend([*mcp.routes, *sse.routes])
    add_handlers(app)
    guarded: ASGIApp = Guard(app, settings.access)
    if settings.cors:
        # Outside the guard: a page may read its refusals, too. Preflights carry no token and reach nothing within.
        guarded = CORSMiddleware(
            guarded, settings.cors, allow_methods=CORS_METHODS, allow_headers=["*"], expose_headers=CORS_EXPOSED
        )
    return guarded


class _Readiness:
    """Loads text tower and index in a thread of its own; `reached` when a query would be answered at once."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.reached = False

    def begin(self) -> None:
        threading.Thread(target=self._load, name="warm-up", daemon=True).start()

    def _load(self) -> None:
        try:
            self._bench.searcher.warm_up()
            self.reached = True
        except SoundPaletteError as error:  # the first call will say the same to whoever asks
            log.warning("%s", error)


def _add_health(app: FastAPI, readiness: _Readiness) -> None:
    @app.get("/health/live", tags=["server"])
    async def live() -> dict[str, str]:
        """That the process answers."""
        return {"status": "live"}

    @app.get("/health/ready", tags=["server"], responses=described(503))
    async def ready() -> Any:
        """That a query would be answered at once: text tower and index are loaded."""
        if not readiness.reached:
            return problem(503, "the encoder and the index are being loaded; ask again in some seconds")
        return {"status": "ready"}


def _add_session(app: FastAPI, access: Access) -> None:
    @app.post("/session", tags=["server"], status_code=204, responses=described(401, 403, 413, 421))
    async def open_session() -> Response:
        """Give a browser that sent the token a cookie in its place."""
        return session_cookie(Response(status_code=204), access)

    @app.delete("/session", tags=["server"], status_code=204, responses=described(401, 403, 413, 421))
    async def close_session() -> Response:
        """Take the cookie back."""
        return session_cookie(Response(status_code=204), None)


def _sdk_checks(access: Access) -> TransportSecuritySettings:
    names = [f"[{name}]" if ":" in name else name for name in (*LOOPBACK, *access.hosts)]
    hosts = [form for name in names for form in (name, f"{name}:*")]
    own = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[*own, *access.origins])
