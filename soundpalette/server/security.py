"""Who may ask, and how much: Host, Origin, token and the size of bodies, for MCP, SSE and REST alike."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundpalette.server.problems import problem

COOKIE: Final = "soundpalette"
OPEN: Final = ("/health/live", "/health/ready")
"""Asked by load balancers, which know neither token nor name; they tell nothing about the library."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 60.0
UPLOAD: Final = "/search/audio/upload"
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
"""Of every answer that does not set its own."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: the token ("" for none, on loopback alone), further names of this host, further origins of pages."""

    token: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    upload_bytes: int = 64 << 20

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server, with any port."""
        name = _name(host)
        return bool(name) and (name in LOOPBACK or any(name == _name(one) for one in self.hosts))

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may ask: one that came from here, or one that is listed."""
        return origin in self.origins or urlsplit(origin).netloc == host

    def knows(self, headers: Headers) -> bool:
        """Whether the token came, as a bearer's or in the cookie that was given for it."""
        if not self.token:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _equal(given.strip(), self.token):
            return True
        return _equal(_cookie(headers), session_of(self.token))


def session_of(token: str) -> str:
    """What the cookie holds: it proves the token and does not tell it."""
    return hmac.new(token.encode(), b"soundpalette session", hashlib.sha256).hexdigest()


class Guard:
    """Refuses what may not ask before anything else sees it, bounds bodies while they are read, sets safe headers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        sending = _with_headers(send)
        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, sending)
        else:
            bound = self._access.upload_bytes if scope["path"] == UPLOAD else BODY_BYTES
            await self._app(scope, _bounded(receive, bound), sending)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] in OPEN:
            return None
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if len(headers.getlist("host")) != 1 or not self._access.knows_host(host):
            return problem(421, "this server does not answer to that Host; name it in [server] allowed_hosts")
        if origin and not self._access.knows_origin(origin, host):
            return problem(403, "pages of that Origin may not ask; name it in [server] allowed_origins")
        if scope["method"] != "OPTIONS" and not self._access.knows(headers):
            wanted = {"WWW-Authenticate": 'Bearer realm="soundpalette"'}
            return problem(401, "send the server's token as `Authorization: Bearer TOKEN`", wanted)
        bound = self._access.upload_bytes if scope["path"] == UPLOAD else BODY_BYTES
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > bound:
            return problem(413, f"the body is too large; up to {bound:,} bytes are allowed")
        return None


def _bounded(receive: Receive, bound: int) -> Receive:
    """`receive` of a body of at most `bound` bytes that has come as a whole after 60 s."""
    read, done, deadline = 0, False, time.monotonic() + BODY_SECONDS

    async def bounded() -> Message:
        nonlocal read, done
        if done:
            return await receive()
        with anyio.move_on_after(max(deadline - time.monotonic(), 0)):
            message = await receive()
            read += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if read > bound:
                raise HTTPException(413, f"the body is too large; up to {bound:,} bytes are allowed")
            return message
        raise HTTPException(408, f"the body did not come within {BODY_SECONDS:g} seconds")

    return bounded


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _name(host: str) -> str:
    """The name in a Host header, without its port, in lower case; "" for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return "" if parts.path or parts.query or parts.fragment or parts.username else (parts.hostname or "")


def _equal(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _cookie(headers: Headers) -> str:
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def session_cookie(response: Response, access: Access | None) -> Response:
    """`response` with the cookie that stands for the token, or, without `access`, with its end."""
    if access is None:
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    elif access.token:
        response.set_cookie(COOKIE, session_of(access.token), httponly=True, samesite="strict")
    return response
