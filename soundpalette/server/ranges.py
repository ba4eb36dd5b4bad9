"""An open file as an answer, whole or in one range, as players ask for it (RFC 9110, section 14)."""

import hashlib
import os
import re
from collections.abc import AsyncIterator, Mapping
from email.utils import formatdate
from typing import BinaryIO, Final, Literal
from urllib.parse import quote

from anyio import to_thread
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from soundpalette.server.problems import problem
from soundpalette.tools.names import clean

BLOCK_BYTES: Final = 1 << 16
MOST_DIGITS: Final = 18
_RANGE: Final = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))", re.ASCII | re.IGNORECASE)


class OpenFile(StreamingResponse):
    """What an open file holds; the file is closed once it is sent or the client is gone.

    One range is answered with 206, or 416 beyond the end; what is no range, and several at once, with the whole.
    """

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        media_type: str,
        asked: Mapping[str, str],
        disposition: Literal["inline", "attachment"] = "inline",
    ) -> None:
        status = os.fstat(file.fileno())
        self._file, self._size = file, status.st_size
        tag = hashlib.sha256(f"{status.st_mtime_ns} {status.st_size} {status.st_ino}".encode()).hexdigest()
        headers = {
            "Accept-Ranges": "bytes",
            "ETag": f'"{tag[:32]}"',
            "Last-Modified": formatdate(status.st_mtime, usegmt=True),
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(clean(name), safe='')}",
        }
        wanted = asked.get("range", "")
        if asked.get("if-range", headers["ETag"]) not in (headers["ETag"], headers["Last-Modified"]):
            wanted = ""
        part = _part(wanted, self._size)
        self._part = range(self._size) if part is None else part
        headers["Content-Length"] = str(len(self._part))
        if part:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{self._size}"
        super().__init__(self._blocks(), 206 if part else 200, headers, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            if self._size and not self._part:
                beyond = {"Content-Range": f"bytes */{self._size}", "Accept-Ranges": "bytes"}
                await problem(416, f"the file has {self._size:,} bytes; ask for some of these", beyond)(
                    scope, receive, send
                )
            elif scope["method"] == "HEAD":  # nothing is read that would not be sent
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": b""})
            else:
                await super().__call__(scope, receive, send)

    async def _blocks(self) -> AsyncIterator[bytes]:
        self._file.seek(self._part.start)
        left = len(self._part)
        while left:
            block = await to_thread.run_sync(self._file.read, min(BLOCK_BYTES, left))
            if not block:  # it was cut while being sent; the length told before says so to the client
                return
            left -= len(block)
            yield block


def _part(wanted: str, size: int) -> range | None:
    """The bytes that a Range header wants, none of them where it lies beyond the end; None where it is ignored."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or any(len(number or "") > MOST_DIGITS for number in found.groups()):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return range(max(size - int(suffix), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
