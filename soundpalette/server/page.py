"""The page at / and the files that it loads from /web, as they were built: read once, compressed once."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from soundpalette.server.conditional import conditional

START: Final = "index.html"
ASSETS: Final = "web"
"""The folder of files whose names hold a hash of what is in them, and the path that they are served below."""
LICENCES: Final = "licences.md"
"""Those of bundled code, among them; its name stays while what is in it changes."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".md": "text/plain; charset=utf-8",
}
UNKNOWN_TYPE: Final = "application/octet-stream"
ANEW: Final = {"Cache-Control": "no-cache"}
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
NOT_BUILT: Final = (
    "this installation has no page; install soundpalette again, "
    "or (in its sources) run `npm ci` and `npm run build` in web/"
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page: its bytes, the same under gzip, their media type, and a tag that changes with them."""

    content: bytes
    packed: bytes
    media_type: str
    tag: str

    def answer(self, asked: Request, headers: Mapping[str, str]) -> Response:
        """The file, compressed where that is taken; 304 for who has it already."""
        packed = (lambda: self.packed) if len(self.packed) < len(self.content) else None
        return conditional(asked.headers, {**headers, "ETag": self.tag}, self.media_type, lambda: self.content, packed)


def built() -> Traversable:
    """The folder that `npm run build` writes."""
    return files("soundpalette.server") / "web"


def add_page(app: FastAPI, folder: Traversable) -> None:
    """Serve `folder` at / and /web: a fixed table, so that no path reaches anything else."""
    start = folder / START
    first = _asset(start) if start.is_file() else None
    assets = {file.name: _asset(file) for file in _inside(folder / ASSETS)}

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(request: Request) -> Response:
        if first is None:
            raise HTTPException(404, NOT_BUILT)
        return first.answer(request, {**ANEW, "Content-Security-Policy": POLICY})

    @app.api_route(f"/{ASSETS}/{{name}}", methods=["GET", "HEAD"], include_in_schema=False)
    async def asset(name: str, request: Request) -> Response:
        if name not in assets:
            raise HTTPException(404, "the page has no such file (any more); load it again")
        return assets[name].answer(request, ANEW if name == LICENCES else FOR_EVER)


def _inside(folder: Traversable) -> list[Traversable]:
    return [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []


def _asset(file: Traversable) -> Asset:
    content = file.read_bytes()
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'  # weak: of the content, however it is encoded
    kind = TYPES.get(PurePath(file.name).suffix, UNKNOWN_TYPE)
    return Asset(content, gzip.compress(content, mtime=0), kind, tag)
