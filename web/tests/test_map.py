"""The map: points that tell their names, a lasso that makes a palette."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from web.tests.conftest import Visit
from web.tests.map_layout import MapOfLibrary, read_map
from web.tests.musician import expect_playing, search
from web.tests.server import Server


@pytest.fixture
def points(page: Page) -> MapOfLibrary:
    """The map, shown, and what the server sent of it."""
    with page.expect_response("**/library/map") as asked:
        page.get_by_role("tab", name="Map").click()
    expect(canvas(page)).to_be_visible()
    return read_map(asked.value.body())


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Map of the library")


def canvas(page: Page) -> Locator:
    return region(page).locator("canvas").first


def picture(page: Page) -> bytes:
    return canvas(page).screenshot()


def test_every_sample_has_a_point_and_every_role_its_colour(page: Page, points: MapOfLibrary) -> None:
    assert points.count == 85
    for role in ("kick", "bass"):
        expect(region(page).get_by_role("button", name=re.compile(rf"^{role}\b"))).to_be_visible()


def test_resting_on_a_point_names_and_plays_it(page: Page, points: MapOfLibrary) -> None:
    page.get_by_role("searchbox").click()
    name = rest_on_a_point(page)
    assert re.search(r"\.(flac|wav|aiff)", name, re.I)
    expect_playing(page)


def test_a_lasso_around_all_makes_a_palette_of_at_most_64(page: Page, points: MapOfLibrary) -> None:
    region(page).get_by_role("button", name="Lasso").click()
    lasso(page, 0.005)
    expect(page.get_by_role("status").filter(has_text="85 sounds selected")).to_be_visible()
    region(page).get_by_role("button", name="Make a palette of 64 of 85 sounds").click()
    expect(page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")).to_have_count(64)


def test_a_small_lasso_makes_a_palette_of_what_it_holds(page: Page, points: MapOfLibrary) -> None:
    page.keyboard.down("Shift")
    lasso(page, 0.3)
    page.keyboard.up("Shift")
    make = region(page).get_by_role("button", name=re.compile(r"^Make a palette of \d+ sounds?$"))
    count = int(re.findall(r"\d+", make.inner_text())[0])
    make.click()
    expect(page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")).to_have_count(count)
    region(page).get_by_role("button", name="Clear the selection").click()
    expect(make).to_have_count(0)


def test_keys_pan_zoom_and_show_all(page: Page, points: MapOfLibrary) -> None:
    page.wait_for_timeout(300)
    region(page).locator("[tabindex='0']").first.focus()
    seen = [picture(page)]
    for key in ("+", "ArrowLeft", "ArrowUp", "-", "0"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        seen.append(picture(page))
    assert len(set(seen[:5])) == 5
    assert seen[-1] == seen[0]


def test_the_hits_of_a_search_stand_out(page: Page, points: MapOfLibrary) -> None:
    page.wait_for_timeout(300)
    before = picture(page)
    with page.expect_response("**/search/text"):
        page.get_by_role("searchbox").fill("kick drum")
    page.wait_for_timeout(300)
    assert picture(page) != before


def test_without_webgl_a_sentence_says_that_the_list_serves(visit: Visit, served: Server) -> None:
    visited = visit(served, "about:blank")
    visited.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    visited.page.goto(served.address)
    visited.page.get_by_role("tab", name="Map").click()
    expect(region(visited.page)).to_contain_text("WebGL")
    visited.page.get_by_role("tab", name="List").click()
    search(visited.page, "kick")


def test_an_empty_map_says_how_to_draw_it(visit: Visit, empty: Server) -> None:
    page = visit(empty).page
    page.get_by_role("tab", name="Map").click()
    expect(region(page)).to_contain_text("soundpalette index")


def lasso(page: Page, margin: float) -> None:
    """A rectangle drawn by hand, that far from the canvas's edges (a share of it)."""
    box = canvas(page).bounding_box()
    assert box
    near, far = margin, 1 - margin
    corners = [(near, near), (far, near), (far, far), (near, far), (near, near)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def rest_on_a_point(page: Page) -> str:
    """Moves over the map until something is named; its name."""
    box = canvas(page).bounding_box()
    assert box
    named = region(page).get_by_text(re.compile(r"\.(flac|wav|aiff)$", re.I))
    for step in range(1, 20):
        for across in range(1, 30):
            page.mouse.move(box["x"] + box["width"] * across / 30, box["y"] + box["height"] * step / 20)
            if named.count():
                return named.first.inner_text()
    raise AssertionError("nothing on the map has a name")
