"""Clients that leave and a server that leaves, as messages of ASGI."""

from typing import Any, Final

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from soundpalette.server.attendance import Attended

pytestmark = pytest.mark.anyio
SECONDS: Final = 30
HEAD: Final[Message] = {"type": "http.response.start", "status": 200, "headers": []}
GONE: Final[Message] = {"type": "http.disconnect"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Client:
    """One request: a body in two parts, then (once it leaves) the word that it has gone; what it was sent."""

    def __init__(self, path: str) -> None:
        self.scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": []}
        self.sent: list[Message] = []
        self.left = anyio.Event()
        self._parts: list[Message] = [
            {"type": "http.request", "body": b"a", "more_body": True},
            {"type": "http.request", "body": b"b", "more_body": False},
        ]

    async def receive(self) -> Message:
        if self._parts:
            return self._parts.pop(0)
        await self.left.wait()
        return GONE

    async def send(self, message: Message) -> None:
        self.sent.append(message)


async def read(receive: Receive) -> bytes:
    return b"".join([(await receive())["body"], (await receive())["body"]])


async def test_a_request_is_answered_while_its_client_waits() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await send(HEAD)
        await send({"type": "http.response.body", "body": await read(receive), "more_body": False})

    client = Client("/search/text")
    await Attended(app, ["/mcp"])(client.scope, client.receive, client.send)
    assert [message.get("body") for message in client.sent] == [None, b"ab"]


async def test_what_a_client_asked_for_that_has_gone_is_cancelled() -> None:
    at_work, outcome = anyio.Event(), list[str]()

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        assert await read(receive) == b"ab"
        at_work.set()
        try:
            await anyio.sleep_forever()
        finally:
            outcome.append("cancelled")

    client = Client("/search/text")
    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Attended(app, ["/mcp"]), client.scope, client.receive, client.send)
            await at_work.wait()
            client.left.set()
    assert (outcome, client.sent) == (["cancelled"], [])


async def test_the_application_is_told_that_its_client_has_gone() -> None:
    told: list[Message] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await read(receive)
        with anyio.CancelScope(shield=True):
            told.append(await receive())

    client = Client("/search/text")
    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Attended(app, ["/mcp"]), client.scope, client.receive, client.send)
            client.left.set()
    assert told == [GONE]


async def test_what_an_application_raises_comes_out_as_it_is() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    client = Client("/search/text")
    with pytest.raises(ZeroDivisionError):
        await Attended(app, ["/mcp"])(client.scope, client.receive, client.send)


@pytest.mark.parametrize("begun", [True, False])
async def test_a_standing_stream_ends_in_order_once_the_server_leaves(begun: bool) -> None:
    stands = anyio.Event()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await read(receive)
        if begun:
            await send(HEAD)
        stands.set()
        assert await receive() == GONE
        await send(HEAD)  # as the SDK does when its client has gone: nobody is to see it

    attended, client = Attended(app, ["/mcp"]), Client("/mcp")
    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(attended, client.scope, client.receive, client.send)
            await stands.wait()
            attended.leave()
    end: dict[str, Any] = {"type": "http.response.body", "body": b"", "more_body": False}
    assert client.sent == ([HEAD, end] if begun else [])


async def test_the_server_leaving_cuts_no_other_request_off() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await read(receive)
        await send(HEAD)

    attended, client = Attended(app, ["/mcp"]), Client("/search/text")
    attended.leave()
    await attended(client.scope, client.receive, client.send)
    assert client.sent == [HEAD]
