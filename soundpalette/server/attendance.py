"""Who still waits for an answer: what a client that has gone asked for is not done, and streams end with the server."""

import asyncio
from collections.abc import Sequence

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GONE: Message = {"type": "http.disconnect"}


class Attended:
    """Cancels a request whose client has gone, so that its call waits for no place any more.

    Below the paths of `standing`, where requests stand for as long as a session, the application watches its client
    itself; there the client is said to have gone once the server leaves.
    """

    def __init__(self, app: ASGIApp, standing: Sequence[str]) -> None:
        self._app = app
        self._standing = tuple(standing)
        self._leaving = anyio.Event()

    def leave(self) -> None:
        """End the standing streams."""
        self._leaving.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(self._standing):
            await self._stand(scope, receive, send)
        else:
            await self._attend(scope, receive, send)

    async def _attend(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Once the body has come, all that is still received is that the client has gone."""
        read, gone = asyncio.Event(), asyncio.Event()

        async def receiving() -> Message:
            if read.is_set():
                await gone.wait()
                return GONE
            message = await receive()
            if not message.get("more_body", False):
                read.set()
            return message

        async def watch(request: anyio.CancelScope) -> None:
            await read.wait()
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.set()
            request.cancel()

        # A task group would wrap what the application raises in an exception group.
        with anyio.CancelScope() as request:
            watching = asyncio.ensure_future(watch(request))
            try:
                await self._app(scope, receiving, send)
            finally:
                watching.cancel()

    async def _stand(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, begun, cut_off = False, False, False

        async def receiving() -> Message:
            nonlocal read, cut_off
            if read:
                message = await self._until_leaving(receive)
                cut_off = message is GONE
                return message
            message = await receive()
            read = not message.get("more_body", False)
            return message

        async def sending(message: Message) -> None:
            nonlocal begun
            if not cut_off:  # whoever believes that the client has gone may send anything, as a server ignores it then
                begun = True
                await send(message)

        await self._app(scope, receiving, sending)
        if cut_off and begun:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_leaving(self, receive: Receive) -> Message:
        """What is received, or GONE once the server leaves."""
        message = GONE
        async with anyio.create_task_group() as tasks:

            async def leave() -> None:
                await self._leaving.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(leave)
            message = await receive()
            tasks.cancel_scope.cancel()
        return message
