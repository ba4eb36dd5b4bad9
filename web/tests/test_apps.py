"""The apps inside a chat: a real server, a real host bridge, a sandboxed frame under the default policy."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, expect

from web.tests.browser import Watch
from web.tests.chat import Chat, address, served
from web.tests.server import Server, isolated, running

KICK = {"query": "a dry kick drum", "top_k": 8}


class Open(Protocol):
    """Opens a chat that calls a tool."""

    def __call__(self, tool: str, arguments: dict[str, Any], width: int = 760, **others: str) -> Chat: ...


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def server(crate: Path, origin: str) -> Iterator[Server]:
    environment = isolated(crate, SOUNDPALETTE_SERVER__CORS_ORIGINS=f'["{origin}"]')
    with running(environment, crate / "chat.log") as server:
        yield server


@pytest.fixture
def chat(browser: Browser, server: Server, origin: str) -> Iterator[Open]:
    closing: list[Callable[[], None]] = []

    def opened(tool: str, arguments: dict[str, Any], width: int = 760, **others: str) -> Chat:
        context = browser.new_context(viewport={"width": width, "height": 900})
        watch = Watch(origin).over(context)
        watch.expect(rf"asked elsewhere: {re.escape(server.address)}/mcp")
        closing.extend((context.close, watch.judge))
        page = context.new_page()
        page.goto(address(origin, server.address, tool, arguments, **others))
        return Chat(page)

    yield opened
    for close in closing:
        close()


def test_the_hits_of_a_search_are_rows(chat: Open) -> None:
    app = chat("search_by_text", KICK).app
    expect(app.get_by_role("grid", name="Results").get_by_role("row")).to_have_count(8)
    expect(app.get_by_role("status")).to_contain_text("8 sounds")
