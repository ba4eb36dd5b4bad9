"""Who may ask, and how much: Host, Origin, token and the size of bodies, for MCP, SSE and REST alike."""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundpalette.server.problems import problem

COOKIE: Final = "soundpalette"
OPEN: Final = ("/health/live", "/health/ready")
"""Asked by load balancers, which know neither token nor name; they tell nothing about the library."""
PAGE: Final = "/"
PAGE_FILES: Final = "/web/"
"""The page, which asks for the token itself, and its files: the same for everybody, with nothing of the library."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 60.0
UPLOAD: Final = "/search/audio/upload"
UPLOADS_AT_ONCE: Final = 8
"""Each may take `upload_bytes` of temporary space, and 115 MB more while it is searched by."""
MOST_DIGITS: Final = 18
_HOST: Final = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::[0-9]{0,5})?", re.ASCII | re.IGNORECASE)
"""A name or an address, and a port: no user, no path, no white space."""
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
    body_seconds: float = BODY_SECONDS

    @property
    def names(self) -> tuple[str, ...]:
        """What this host is called, without ports and brackets."""
        return (*LOOPBACK, *(_name(one) or _name(f"[{one}]") for one in self.hosts))

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server, with any port."""
        return bool(host) and _name(host) in self.names

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may ask: one that came from here, or one that is listed. Never "null"."""
        return origin in self.origins or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")

    def knows(self, headers: Headers) -> bool:
        """Whether the token came, as a bearer's or in the cookie that was given for it."""
        if not self.token:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _equal(given.strip(), self.token):
            return True
        return _equal(_cookie(headers), session_of(self.token))

    def bound(self, path: str) -> int:
        """Bytes that a body may have."""
        return self.upload_bytes if path == UPLOAD else BODY_BYTES


def session_of(token: str) -> str:
    """What the cookie holds: it proves the token and does not tell it."""
    return hmac.new(token.encode(), b"soundpalette session", hashlib.sha256).hexdigest()


class Guard:
    """Refuses what may not ask before anything else sees it, bounds bodies while they are read, sets safe headers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._uploads = 0

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
            return
        uploads = scope["path"] == UPLOAD
        self._uploads += uploads
        try:
            bound = self._access.bound(scope["path"])
            await self._app(scope, _bounded(receive, bound, self._access.body_seconds), sending)
        finally:
            self._uploads -= uploads

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] in OPEN:
            return None
        return (
            self._stranger(scope, headers) or self._misframed(scope, headers) or self._unwanted_upload(scope, headers)
        )

    def _stranger(self, scope: Scope, headers: Headers) -> Response | None:
        if not scope["path"].startswith("/"):  # `GET http://elsewhere/`, `OPTIONS *`: what proxies are asked
            return problem(400, "the request's target has to be a path of this server")
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._access.knows_host(hosts[0]):
            return problem(421, "this server does not answer to that Host; name it in [server] allowed_hosts")
        if any(not self._access.knows_origin(origin, hosts[0]) for origin in origins):
            return problem(403, "pages of that Origin may not ask; name it in [server] allowed_origins")
        if not _is_page(scope["path"]) and not self._access.knows(headers):
            wanted = {"WWW-Authenticate": 'Bearer realm="soundpalette"'}
            return problem(401, "send the server's token as `Authorization: Bearer TOKEN`", wanted)
        return None

    def _misframed(self, scope: Scope, headers: Headers) -> Response | None:
        declared, bound = headers.get("content-length", "0"), self._access.bound(scope["path"])
        if "content-length" in headers and "transfer-encoding" in headers:  # what request smuggling is made of
            return problem(400, "send Content-Length or Transfer-Encoding, not both", {"Connection": "close"})
        if not declared.isdecimal() or len(declared) > MOST_DIGITS or int(declared) > bound:
            return problem(413, f"the body is too large; up to {bound:,} bytes are allowed")
        return None

    def _unwanted_upload(self, scope: Scope, headers: Headers) -> Response | None:
        if scope["path"] != UPLOAD or scope["method"] != "POST":
            return None
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
            return problem(415, "an upload comes as multipart/form-data with the sound in the field `file`")
        if self._uploads >= UPLOADS_AT_ONCE:
            return problem(429, f"{UPLOADS_AT_ONCE} uploads are under way; send it again in a second")
        return None


def _is_page(path: str) -> bool:
    return path == PAGE or path.startswith(PAGE_FILES)


def _bounded(receive: Receive, bound: int, seconds: float) -> Receive:
    """`receive` of a body of at most `bound` bytes that has come as a whole after `seconds`."""
    read, done, deadline = 0, False, time.monotonic() + seconds

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
        raise HTTPException(408, f"the body did not come within {seconds:g} seconds")

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
    found = _HOST.fullmatch(host)
    return found[1].lower().strip("[]") if found else ""


def _equal(given: str, wanted: str) -> bool:
    """Compared in constant time; headers are decoded as Latin-1."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())


def _cookie(headers: Headers) -> str:
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def session_cookie(request: Request, access: Access, *, end: bool = False) -> Response:
    """An answer with the cookie that stands for the token, or with its end.

    It is for TLS alone where the browser came by it: as a trusted proxy says (uvicorn's FORWARDED_ALLOW_IPS), or as
    the page's origin does, which the guard has checked.
    """
    response = Response(status_code=204)
    secure = request.url.scheme == "https" or request.headers.get("origin", "").lower().startswith("https://")
    if end:
        response.delete_cookie(COOKIE, secure=secure, httponly=True, samesite="strict")
    elif access.token:
        response.set_cookie(COOKIE, session_of(access.token), secure=secure, httponly=True, samesite="strict")
    return response
