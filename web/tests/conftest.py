"""Real servers over a freshly indexed crate, and a real browser that must keep its console clean."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CRATE
from web.tests.browser import OPTIONS, Watch, find_chromium
from web.tests.chat import LISTEN, Chat, address
from web.tests.chat import served as chat_page
from web.tests.server import Server, index, isolated, running

TOKEN: Final = "correct horse battery staple"
PATIENCE_MS: Final = 20_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make pictures` keeps what is drawn."""
    parser.addoption("--pictures", metavar="FOLDER", help="where pictures of the page are kept")


class Visit(Protocol):
    """Opens a server's page in a context of its own; options are those of Browser.new_context."""

    def __call__(self, server: Server, path: str = "/", **options: Any) -> "Visited": ...


class Open(Protocol):
    """Opens a chat in which the model calls a tool."""

    def __call__(self, tool: str, arguments: dict[str, Any], width: int = 760, **others: str) -> Chat: ...


@dataclass(frozen=True)
class Visited:
    """A page and what is watched of it."""

    page: Page
    watch: Watch


@pytest.fixture(scope="session")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose data folder has the demo crate indexed."""
    folder = tmp_path_factory.mktemp("crate")
    index(CRATE, isolated(folder))
    return folder


@pytest.fixture(scope="session")
def served(crate: Path) -> Iterator[Server]:
    """A server over the crate, for all tests that only ask."""
    with running(isolated(crate), crate / "served.log") as server:
        yield server


@pytest.fixture(scope="session")
def locked(crate: Path) -> Iterator[Server]:
    """A server over the crate that wants TOKEN."""
    with running(isolated(crate, SOUNDPALETTE_SERVER__TOKEN=TOKEN), crate / "locked.log") as server:
        yield server


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over nothing."""
    folder = tmp_path_factory.mktemp("empty")
    with running(isolated(folder), folder / "served.log") as server:
        yield server


@pytest.fixture
def mortal(crate: Path, tmp_path: Path) -> Iterator[Server]:
    """A server over the crate that a test may kill and start again."""
    with running(isolated(crate), tmp_path / "served.log") as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*OPTIONS])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens pages; what goes wrong in any of them fails the test at its end."""
    closing: list[Callable[[], None]] = []
    watches: list[Watch] = []

    def opened(server: Server, path: str = "/", **options: Any) -> Visited:
        context = browser.new_context(base_url=server.address, **{"viewport": {"width": 1024, "height": 800}} | options)
        closing.append(context.close)
        watches.append(Watch(server.address).over(context))
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(path)
        return Visited(page, watches[-1])

    yield opened
    for close in closing:
        close()
    for watch in watches:
        watch.judge()


@pytest.fixture
def visited(visit: Visit, served: Server) -> Visited:
    """The page over the crate."""
    return visit(served)


@pytest.fixture
def page(visited: Visited) -> Page:
    """The page over the crate."""
    return visited.page


@pytest.fixture(scope="session")
def chats() -> Iterator[str]:
    """The origin of a chat's page."""
    with chat_page() as origin:
        yield origin


@pytest.fixture(scope="session")
def answering(crate: Path, chats: str) -> Iterator[Server]:
    """A server that the chat's page may ask."""
    environment = isolated(crate, SOUNDPALETTE_SERVER__CORS_ORIGINS=f'["{chats}"]')
    with running(environment, crate / "chat.log") as server:
        yield server


@pytest.fixture
def chat(browser: Browser, answering: Server, chats: str) -> Iterator[Open]:
    closing: list[Callable[[], None]] = []

    def opened(tool: str, arguments: dict[str, Any], width: int = 760, **others: str) -> Chat:
        context = browser.new_context(viewport={"width": width, "height": 900})
        watch = Watch(chats).over(context)
        watch.expect(rf"asked elsewhere: {re.escape(answering.address)}/mcp")
        closing.extend((context.close, watch.judge))
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.goto(address(chats, answering.address, tool, arguments, **others))
        return Chat(page)

    yield opened
    for close in closing:
        close()
