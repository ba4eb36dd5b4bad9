"""A sample's file as players ask for it: whole, or in ranges (RFC 9110, section 14)."""

from typing import Final

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

MALFORMED: Final = 400
UNSATISFIABLE: Final = 416


class _IgnoreRangeError(Exception):
    """The range is in a unit that is not known, or makes no sense."""


class Playback(FileResponse):
    """Starlette's answer with a file, save that a range outside it is a problem, and one that is none is ignored."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises HTTPException for a range outside the file."""

        async def sending(message: Message) -> None:
            status = message.get("status")
            if status == MALFORMED:
                raise _IgnoreRangeError
            if status == UNSATISFIABLE:
                held = {name.decode(): value.decode() for name, value in message["headers"] if name == b"content-range"}
                raise HTTPException(
                    UNSATISFIABLE,
                    f"the range lies outside the file ({held['content-range']}); ask for bytes in it",
                    held,
                )
            await send(message)

        try:
            await super().__call__(scope, receive, sending)
        except _IgnoreRangeError:
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            await super().__call__({**scope, "headers": headers}, receive, send)
