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

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

WEB: Final = Path(__file__).parents[1]
BUILT: Final = WEB / "test" / "built"
LISTEN: Final = (WEB / "tests" / "listen.js").read_text("utf-8")
AXE: Final = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FIND: Final = """
async () => (await axe.run(document)).violations
  .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)
"""


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


def address(origin: str, server: str, tool: str, arguments: dict[str, Any], **others: str) -> str:
    """Where the chat is that calls a tool; `others` as web/test/host/host.ts says."""
    return f"{origin}/?{urlencode({'server': server, 'tool': tool, 'arguments': json.dumps(arguments)} | others)}"


class Chat:
    """What a test sees of a chat: its app, and what the app told the model."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.app: FrameLocator = page.frame_locator("#app")

    @property
    def document(self) -> Locator:
        """The app's, which tells what is heard: see listen.js."""
        return self.app.locator("html")

    @property
    def status(self) -> Locator:
        """What the app says."""
        return self.app.get_by_role("status")

    @property
    def alert(self) -> Locator:
        """What it says that went wrong."""
        return self.app.get_by_role("alert")

    @property
    def rows(self) -> Locator:
        """The hits of a search, or the sounds of a palette."""
        return self.app.locator("[role=row], [aria-label='Chosen sounds'] > li")

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.app.get_by_role("button", name=name, exact=True)

    def names(self) -> list[str]:
        """Of the sounds, as they are shown."""
        expect(self.rows.first).to_be_visible()
        return [row.locator(".name").first.inner_text() for row in self.rows.all()]

    def kept(self, what: str) -> Any:
        """messages, contexts, calls, sizes or result."""
        return self.page.evaluate("what => window.host[what]", what)

    def called(self, tool: str) -> list[dict[str, Any]]:
        """The arguments of the app's calls of a tool, oldest first."""
        return [call["arguments"] for call in self.kept("calls") if call["name"] == tool]

    def told(self) -> str:
        """The text that the app sent last as the user's message."""
        expect(self.status).to_contain_text("The chat was told.")
        return str(self.kept("messages")[-1]["content"][0]["text"])

    def play(self, name: str) -> None:
        """Plays a short sound from its beginning to its end."""
        self.button(f"Play {name}").first.click()
        expect(self.document).to_have_attribute("data-ended", "1")

    def frame(self) -> Frame:
        """The app's own document."""
        (frame,) = self.page.main_frame.child_frames
        return frame

    def faults(self) -> list[str]:
        """What axe-core finds in the app."""
        self.frame().evaluate(AXE)
        return list(self.frame().evaluate(FIND))
