"""The map: points that tell their names, a lasso that makes a palette."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from web.tests.conftest import Visit
from web.tests.map_layout import MapOfLibrary, Spot, read_map
from web.tests.musician import alike, ask, expect_playing, name_of, search
from web.tests.server import Server


@pytest.fixture
def page(visit: Visit, served: Server) -> Page:
    """A window in which the whole map is seen."""
    return visit(served, viewport={"width": 1024, "height": 1300}).page


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


def test_resting_on_a_point_names_and_plays_it(page: Page, served: Server, points: MapOfLibrary) -> None:
    page.get_by_role("searchbox").click()  # a browser lets nothing sound before the first click
    places = points.places(canvas(page))
    alone = places.loneliest()
    page.mouse.move(*places.of(alone))
    name = name_of(ask(served, f"/samples/{points.ids[alone]}"))
    expect(region(page).get_by_role("tooltip")).to_contain_text(name)
    expect_playing(page)
    page.mouse.click(*places.of(alone))
    card = region(page).get_by_role("group", name=name)
    card.get_by_role("button", name=re.compile("Add .* to the palette")).click()
    expect(page.get_by_role("list", name="Chosen sounds")).to_contain_text(name)


def test_enter_names_and_plays_what_is_nearest_to_the_middle(page: Page, points: MapOfLibrary) -> None:
    canvas(page).focus()
    page.keyboard.press("Enter")
    expect(region(page).get_by_role("button", name=re.compile("^More like "))).to_be_visible()
    expect_playing(page)


def test_a_lasso_around_all_makes_a_palette_of_at_most_64(page: Page, points: MapOfLibrary) -> None:
    region(page).get_by_role("button", name="Lasso").click()
    lasso_all(page)
    expect(page.get_by_role("status").filter(has_text="85 sounds selected")).to_be_visible()
    region(page).get_by_role("button", name="Make a palette of 64 of 85 sounds").click()
    expect(page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")).to_have_count(64)


def test_a_small_lasso_makes_a_palette_of_what_it_holds(page: Page, points: MapOfLibrary) -> None:
    places = points.places(canvas(page))
    page.keyboard.down("Shift")
    draw(page, places.around(places.loneliest()))
    page.keyboard.up("Shift")
    make = region(page).get_by_role("button", name=re.compile(r"^Make a palette of \d+ sounds?$"))
    count = int(re.findall(r"\d+", make.inner_text())[0])
    make.click()
    expect(page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")).to_have_count(count)
    region(page).get_by_role("button", name="Clear the selection").click()
    expect(make).to_have_count(0)


def test_keys_pan_zoom_and_show_all(page: Page, points: MapOfLibrary) -> None:
    canvas(page).focus()
    seen = {}
    for key in ("0", "+", "ArrowLeft", "ArrowUp", "-"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        seen[key] = picture(page)
    assert len(set(seen.values())) == 5
    page.keyboard.press("0")
    assert any(alike(picture(page), seen["0"]) for _ in range(20)), "0 has not shown all again"


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


def lasso_all(page: Page) -> None:
    """A rectangle drawn by hand along the canvas's edges."""
    box = canvas(page).bounding_box()
    assert box
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = left + box["width"] - 6, top + box["height"] - 6
    draw(page, [Spot(left, top), Spot(right, top), Spot(right, bottom), Spot(left, bottom), Spot(left, top)])


def draw(page: Page, spots: list[Spot]) -> None:
    """With the button held."""
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=6)
    page.mouse.up()
