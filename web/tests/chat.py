"""A chat in small: the page of web/test/host, served from an origin of its own, with an app in a sandboxed frame."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode

from playwright.sync_api import FrameLocator, Page

BUILT: Final = Path(__file__).parents[1] / "test" / "built"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Tests are read, not this."""


@contextmanager
def served() -> Iterator[str]:
    """The origin that the built page is served from. Raises FileNotFoundError with the mend."""
    if not (BUILT / "index.html").is_file():
        raise FileNotFoundError(f"{BUILT} holds no page; build it with `npm run --prefix web host`")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(BUILT))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Chat:
    """What a test sees of a chat: its app, and what the app told the model."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.app: FrameLocator = page.frame_locator("#app")

    def kept(self, what: str) -> Any:
        """messages, contexts, calls, sizes or result."""
        return self.page.evaluate("what => window.host[what]", what)

    def calls(self, tool: str) -> list[dict[str, Any]]:
        """The arguments of the app's calls of a tool, oldest first."""
        return [call["arguments"] for call in self.kept("calls") if call["name"] == tool]


def address(origin: str, server: str, tool: str, arguments: dict[str, Any], **others: str) -> str:
    """Where the chat is that calls a tool; `others` as web/test/host/host.ts says."""
    return f"{origin}/?{urlencode({'server': server, 'tool': tool, 'arguments': json.dumps(arguments)} | others)}"
