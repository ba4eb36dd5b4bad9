"""One application on one port: MCP over Streamable HTTP and SSE, REST, health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from soundpalette import __version__
from soundpalette.server.application import Application
from soundpalette.server.attendance import Attended
from soundpalette.server.calls import MOST_WAITING, Calls
from soundpalette.server.health import Readiness, add_health
from soundpalette.server.mcp import build
from soundpalette.server.metrics import CONTENT_TYPE, Metrics
from soundpalette.server.openapi import ABOUT, add_docs, complete, operation_id
from soundpalette.server.page import add_page, built
from soundpalette.server.problems import add_handlers, described
from soundpalette.server.rest import router
from soundpalette.server.security import BODY_BYTES, Access, Guard, session_cookie
from soundpalette.tools.workbench import Workbench

MCP: Final = "/mcp"
SSE: Final = "/sse"
MESSAGES: Final = "/messages/"
CORS_METHODS: Final = ("GET", "HEAD", "POST", "DELETE")
CORS_EXPOSED: Final = ("Accept-Ranges", "Content-Range", "ETag", "Mcp-Session-Id", "Retry-After", "WWW-Authenticate")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Who may ask, origins whose pages may read the answers, and how many calls may wait."""

    access: Access = field(default_factory=Access)
    cors: tuple[str, ...] = ()
    waiting: int = MOST_WAITING


def http_app(bench: Workbench, settings: HttpSettings) -> Application:
    """The application over one workbench."""
    calls = Calls(settings.waiting, network=True)
    server = build(bench, calls)
    checks = _sdk_checks(settings.access)
    # The guard has checked Host, Origin and bodies before: the SDK checks them again, should it ever be mounted bare.
    mcp = server.streamable_http_app(
        streamable_http_path=MCP, transport_security=checks, max_request_body_size=BODY_BYTES
    )
    sse = server.sse_app(
        sse_path=SSE, message_path=MESSAGES, transport_security=checks, max_request_body_size=BODY_BYTES
    )

    readiness, metrics = Readiness(bench), Metrics(bench.searcher, calls)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        readiness.begin()
        async with server.session_manager.run():
            yield
        readiness.end()

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
    complete(app, token=bool(settings.access.token), max_top_k=bench.max_top_k, roles=bench.roles)
    app.include_router(router(bench, calls))
    add_docs(app)
    add_page(app, built())
    add_health(app, readiness)
    _add_metrics(app, metrics)
    _add_session(app, settings.access)
    app.router.routes.extend([*mcp.routes, *map(_forgiving, sse.routes)])
    add_handlers(app)
    attended = Attended(app, (MCP, SSE, MESSAGES))
    guarded: ASGIApp = Guard(attended, settings.access)
    if settings.cors:
        # Outside the guard: a page may read its refusals, too. Preflights carry no token and reach nothing within.
        guarded = CORSMiddleware(
            guarded, settings.cors, allow_methods=CORS_METHODS, allow_headers=["*"], expose_headers=CORS_EXPOSED
        )
    plain = {MESSAGES, *(path for route in app.routes if "{" not in (path := getattr(route, "path", "{")))}
    return Application(guarded, attended, calls, metrics, plain)


def _forgiving(route: BaseRoute) -> BaseRoute:
    """The SDK's route; for messages to a stream that ended meanwhile no error, since they have been answered."""
    if not isinstance(route, Mount):
        return route
    taken = route.app

    async def take(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            await taken(scope, receive, send)

    return Mount(route.path, take)


def _add_metrics(app: FastAPI, metrics: Metrics) -> None:
    @app.get(
        "/metrics", tags=["server"], responses=described(401, 403, 413, 421, 503), response_class=PlainTextResponse
    )
    async def figures() -> Response:
        """Requests, calls, cache and library in Prometheus' format."""
        return Response(await to_thread.run_sync(metrics.text), media_type=CONTENT_TYPE)


def _add_session(app: FastAPI, access: Access) -> None:
    @app.post("/session", tags=["server"], status_code=204, responses=described(401, 403, 413, 421))
    async def open_session(request: Request) -> Response:
        """Give a browser that sent the token a cookie in its place."""
        return session_cookie(request, access)

    @app.delete("/session", tags=["server"], status_code=204, responses=described(401, 403, 413, 421))
    async def close_session(request: Request) -> Response:
        """Take the cookie back."""
        return session_cookie(request, access, end=True)


def _sdk_checks(access: Access) -> TransportSecuritySettings:
    names = [f"[{name}]" if ":" in name else name for name in access.names]
    hosts = [form for name in names for form in (name, f"{name}:*")]
    own = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[*own, *access.origins])
