"""axe-core finds nothing serious in any state, in both schemes; nothing is wider than the window."""

from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Page

from web.tests.conftest import Visit
from web.tests.server import Server
from web.tests.states import STATES

AXE: Final = (Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FIND: Final = """
async () => (await axe.run(document)).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)
"""
WIDER: Final = """
() => [...document.querySelectorAll("body *")]
  .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
  .map((part) => part.outerHTML.slice(0, 120))
"""
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
WIDTHS: Final = (1920, 1024, 360)


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(
    name: str, visit: Visit, request: pytest.FixtureRequest
) -> None:
    state = STATES[name]
    server: Server = request.getfixturevalue(state.server)
    visited = visit(server, reduced_motion="reduce")
    visited.watch.expect(*state.problems)
    state.reach(visited.page, server)
    visited.page.evaluate(AXE)
    for scheme in SCHEMES:
        visited.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert visited.page.evaluate(FIND) == [], scheme
    for width in WIDTHS:
        assert overflow(visited.page, width) == [], width


def overflow(page: Page, width: int) -> list[str]:
    """What cannot be seen without scrolling sideways at this width."""
    page.set_viewport_size({"width": width, "height": 740})
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    return list(page.evaluate(WIDER)) or ["the document"]
