"""The states of the page that are looked at: by axe, at every width, in pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page, expect

from web.tests.musician import Sound, drop, name_of, row, search, zone
from web.tests.server import Server


@dataclass(frozen=True)
class State:
    """How to bring a freshly opened page into it, over the server of which fixture, and what that brings about."""

    reach: Callable[[Page, Server], None]
    server: str = "served"
    problems: tuple[str, ...] = ()


def listed(page: Page, _: Server) -> None:
    """Hits of words, one of them looked at."""
    hits = search(page, "warm dark pad")
    row(page, name_of(hits[1])).focus()
    page.wait_for_load_state("networkidle")


def blended(page: Page, _: Server) -> None:
    """Hits of words and a sound."""
    name = name_of(search(page, "dark kick")[0])
    with page.expect_response("**/search/hybrid"):
        row(page, name).press("Enter")
    page.wait_for_load_state("networkidle")


def mapped(page: Page, _: Server) -> None:
    """The map, with the hits of words upon it."""
    search(page, "kick drum")
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_role("region", name="Map of the library").locator("canvas").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def described(page: Page, server: Server) -> None:
    """A palette built and described, beside hits."""
    listed(page, server)
    palette = page.get_by_role("region", name="Palette")
    palette.get_by_role("textbox", name="Brief").fill("dark techno, 126 BPM")
    with page.expect_response("**/palette/build"):
        palette.get_by_role("button", name="Build", exact=True).click()
    with page.expect_response("**/palette/describe"):
        palette.get_by_role("button", name="Describe").click()
    page.wait_for_load_state("networkidle")


def opened(page: Page, _: Server) -> None:
    """What is known of the library."""
    page.get_by_role("button", name="Library: 85 sounds").click()
    expect(page.get_by_role("region", name="Library", exact=True)).to_be_visible()


def refused(page: Page, _: Server) -> None:
    """A file that is no sound."""
    drop(zone(page), Sound("lyrics.wav", b"words, not a sound " * 100))
    expect(page.get_by_role("alert")).to_be_visible()


def bare(page: Page, _: Server) -> None:
    """Nothing is indexed."""
    expect(page.get_by_text("soundpalette index").first).to_be_visible()


def unmapped(page: Page, _: Server) -> None:
    """No map yet."""
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_role("region", name="Map of the library")).to_contain_text("soundpalette index")


def asked_for_token(page: Page, _: Server) -> None:
    """The form of the token, after a wrong one."""
    page.get_by_role("textbox", name="Token").fill("wrong")
    page.get_by_role("button", name="Let me in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def left(page: Page, server: Server) -> None:
    """The server has gone."""
    search(page, "kick drum")
    server.kill()
    page.get_by_role("searchbox").fill("snare")
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()


REFUSED: Final = (r"answered 401", "status of 401")
GONE: Final = ("ERR_CONNECTION_REFUSED",)
STATES: Final = {
    "list": State(listed),
    "blend": State(blended),
    "map": State(mapped),
    "palette": State(described),
    "library": State(opened),
    "bad-file": State(refused, problems=(r"answered 4\d\d: POST .*/upload", "status of 4")),
    "empty": State(bare, "empty"),
    "empty-map": State(unmapped, "empty"),
    "token": State(asked_for_token, "locked", REFUSED),
    "gone": State(left, "mortal", GONE),
}
