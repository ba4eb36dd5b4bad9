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
    starting_with,
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


def test_escape_stops_a_sound_whose_row_is_gone(page: Page) -> None:
    leave_playing(page)
    page.keyboard.press("Escape")
    expect_stopped(page)


def test_stop_ends_a_sound_whose_row_is_gone(page: Page) -> None:
    leave_playing(page)
    stop = page.get_by_role("button", name="Stop", exact=True)
    stop.press("Enter")
    expect_stopped(page)
    expect(stop).to_be_disabled()
    expect(stop).to_be_focused()


def leave_playing(page: Page) -> None:
    """Plays a long sound, and filters its row away."""
    long = max(search(page, "pad"), key=lambda hit: float(hit["seconds"]))
    row(page, name_of(long)).get_by_role("button", name=starting_with("Play")).click()
    expect_playing(page)
    page.get_by_role("group", name="Filters").get_by_role("button", name=starting_with("kick")).click()
    expect(row(page, name_of(long))).to_have_count(0)
    expect_playing(page)


def test_the_focus_stays_near_where_a_button_goes(page: Page) -> None:
    page.get_by_role("button", name="punchy kick").press("Enter")
    expect(page.get_by_role("searchbox", name=FIELD)).to_be_focused()
    chips = page.get_by_role("group", name="Filters").get_by_role("button")
    chips.nth(1).press("Enter")
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect(chips.first).to_be_focused()
    rows(page).first.press("Enter")
    page.get_by_role("button", name="Remove the sound to be like").press("Enter")
    expect(zone(page)).to_be_focused()


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
