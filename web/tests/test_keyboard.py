"""All of it without a mouse."""

import re

from playwright.sync_api import Page, expect

from web.tests.conftest import Visit, Visited
from web.tests.musician import (
    FIELD,
    ask,
    expect_hits,
    expect_playing,
    expect_stopped,
    name_of,
    row,
    rows,
    search,
    until,
    zone,
)
from web.tests.server import Server


def test_slash_goes_to_the_search_field(page: Page) -> None:
    page.get_by_role("tab", name="List").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name=FIELD)).to_be_focused()
    expect(page.get_by_role("searchbox", name=FIELD)).to_have_value("")


def test_the_tab_key_leads_from_the_field_to_the_results(page: Page) -> None:
    search(page, "drum loop")
    page.get_by_role("searchbox", name=FIELD).focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.getAttribute('role')") == "row":
            break
    expect(rows(page).first).to_be_focused()


def test_arrows_move_and_space_plays(page: Page) -> None:
    search(page, "drum loop")
    found = rows(page)
    found.first.focus()
    for key, number in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", found.count() - 1), ("Home", 0)):
        page.keyboard.press(key)
        expect(found.nth(number)).to_be_focused()
    page.keyboard.press("Space")
    expect_playing(page)
    page.keyboard.press("Space")
    expect_stopped(page)


def test_enter_asks_for_more_like_it(page: Page) -> None:
    name = name_of(search(page, "guitar")[0])
    rows(page).first.focus()
    with page.expect_response(re.compile("/search/(audio|hybrid)$")) as asked:
        page.keyboard.press("Enter")
    expect(zone(page)).to_contain_text(name)
    expect_hits(page, asked.value.json()["hits"])


def test_p_puts_it_into_the_palette_and_takes_it_out(page: Page) -> None:
    name = name_of(search(page, "kick")[0])
    rows(page).first.focus()
    page.keyboard.press("p")
    listed = page.get_by_role("list", name="Chosen sounds")
    expect(listed).to_contain_text(name)
    expect(row(page, name)).to_be_focused()
    page.keyboard.press("p")
    expect(listed).to_have_count(0)


def test_c_copies_the_path(visit: Visit, served: Server) -> None:
    visited: Visited = visit(served, permissions=["clipboard-read", "clipboard-write"])
    hit = search(visited.page, "kick")[0]
    rows(visited.page).first.focus()
    visited.page.keyboard.press("c")
    shown = ask(served, f"/samples/{hit['sample_id']}")
    until(visited.page, f"navigator.clipboard.readText().then((text) => text.endsWith({shown['path']!r}))")
    copied = visited.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("/")


def test_the_tabs_are_turned_by_arrows(page: Page) -> None:
    page.get_by_role("tab", name="List").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Map")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Map")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="List")).to_be_focused()
