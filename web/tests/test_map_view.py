"""The map's view: what an outline holds, what fingers do, a graphics card that goes away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from web.tests.conftest import Visit
from web.tests.map_layout import MapOfLibrary, read_map
from web.tests.musician import alike, ask, expect_playing, until
from web.tests.server import Server

PADDING = 24
"""CSS pixels that stay free around all points (web/src/map/camera.ts)."""
NEAR = 1.5
"""CSS pixels: so near to an outline it is not asked on which side a point lies."""
STAR = ((0.05, 0.05), (0.95, 0.95), (0.95, 0.35), (0.05, 0.99), (0.5, 0.02))
"""An outline that crosses itself, in shares of the canvas."""
RARE = 2
UNKNOWN = "0" * 12
LATER = "2100-01-01"
ALL = ((0.005, 0.005), (0.995, 0.005), (0.995, 0.995), (0.005, 0.995))

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """The map on a page, and where on the page its points stand, [count, 2] in CSS pixels."""

    page: Page
    spots: Floats

    @property
    def region(self) -> Locator:
        return self.page.get_by_role("region", name="Map of the library")

    @property
    def canvas(self) -> Locator:
        return self.region.locator("canvas")

    def corners(self, outline: Sequence[tuple[float, float]]) -> Floats:
        """Shares of the canvas to CSS pixels of the page."""
        box = self.canvas.bounding_box()
        assert box
        return np.round(np.array(outline) * [box["width"], box["height"]] + [box["x"], box["y"]])

    def lasso(self, outline: Sequence[tuple[float, float]]) -> None:
        """Draws with Shift held."""
        corners = self.corners(outline).tolist()
        self.page.keyboard.down("Shift")
        self.page.mouse.move(*corners[0])
        self.page.mouse.down()
        for corner in corners[1:]:
            self.page.mouse.move(*corner)
        self.page.mouse.up()
        self.page.keyboard.up("Shift")


@pytest.fixture
def shown(page: Page) -> Shown:
    return show_map(page)


def show_map(page: Page) -> Shown:
    """Chooses the tab and waits for the first picture."""
    with page.expect_response("**/library/map") as asked:
        page.get_by_role("tab", name="Map").click()
    shown = Shown(page, np.empty((0, 2)))
    shown.canvas.scroll_into_view_if_needed()
    until(page, "performance.getEntriesByName('map drawn').length > 0")
    return Shown(page, spots_of(read_map(asked.value.body()), shown.canvas))


def spots_of(points: MapOfLibrary, canvas: Locator) -> Floats:
    """Where all points stand while all is shown."""
    box = canvas.bounding_box()
    assert box
    places = np.stack([points.x, points.y], axis=1).astype(np.float64)
    size = np.array([box["width"], box["height"]])
    low, high = places.min(axis=0), places.max(axis=0)
    scale = np.min((size - 2 * PADDING) / (high - low))
    return np.asarray((places - (low + high) / 2) * scale + size / 2 + [box["x"], box["y"]])


def crossings(spots: Floats, corners: Floats) -> npt.NDArray[np.intp]:
    """How many edges a ray to the right of each spot crosses."""
    starts, ends = corners[None], np.roll(corners, -1, axis=0)[None]
    x, y = spots[:, None, 0], spots[:, None, 1]
    rises = ends[..., 1] - starts[..., 1]
    at = starts[..., 0] + (y - starts[..., 1]) / np.where(rises == 0, 1, rises) * (ends[..., 0] - starts[..., 0])
    return np.asarray(np.sum(((starts[..., 1] > y) != (ends[..., 1] > y)) & (x < at), axis=1))


def distances(spots: Floats, corners: Floats) -> Floats:
    """From each spot to the nearest edge."""
    starts, along = corners[None], (np.roll(corners, -1, axis=0) - corners)[None]
    share = np.clip(np.sum((spots[:, None] - starts) * along, axis=2) / np.sum(along**2, axis=2), 0, 1)
    return np.asarray(np.linalg.norm(spots[:, None] - starts - share[..., None] * along, axis=2).min(axis=1))


def test_an_outline_that_crosses_itself_holds_what_the_even_odd_rule_says(shown: Shown) -> None:
    corners = shown.corners(STAR)
    held = crossings(shown.spots, corners) % 2 == 1
    near = distances(shown.spots, corners) < NEAR
    shown.lasso(STAR)
    status = shown.page.get_by_role("status").filter(has_text="selected")
    count = int(status.inner_text().split()[0])
    assert 0 < np.sum(held & ~near) <= count <= np.sum(held | near) < len(held)


def test_what_is_hidden_is_not_selected(shown: Shown) -> None:
    shown.region.get_by_role("button", name="kick 9").click()
    shown.lasso(ALL)
    expect(shown.page.get_by_role("status").filter(has_text="76 sounds selected")).to_be_visible()


def test_a_palette_of_some_of_a_selection_has_all_its_roles(shown: Shown, served: Server) -> None:
    counts: dict[str, int] = ask(served, "/library/facets", {})["roles"]
    shown.lasso(ALL)
    shown.region.get_by_role("button", name="Make a palette of 64 of 85 sounds").click()
    chosen = shown.page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")
    expect(chosen).to_have_count(64)
    for role in (role for role, count in counts.items() if count <= RARE):
        expect(chosen.filter(has_text=role)).to_have_count(counts[role])


def test_the_picture_comes_back_with_the_graphics_card(shown: Shown) -> None:
    before = shown.canvas.screenshot()
    lose = "canvas.getContext('webgl2').getExtension('WEBGL_lose_context')"
    shown.canvas.evaluate(f"(canvas) => {{ window.card = {lose}; window.card.loseContext(); }}")
    assert any(not alike(picture, before) for picture in pictures(shown))
    shown.page.evaluate("window.card.restoreContext()")
    assert any(alike(picture, before) for picture in pictures(shown))


def pictures(shown: Shown) -> Iterator[bytes]:
    """The canvas as it is, looked at for some seconds."""
    for _ in range(40):
        yield shown.canvas.screenshot()
        shown.page.wait_for_timeout(100)


def test_a_tap_names_and_plays_a_sound(visit: Visit, served: Server) -> None:
    shown = show_map(visit(served, has_touch=True).page)
    lone = int(np.argmax(np.abs(shown.spots - shown.spots.mean(axis=0)).sum(axis=1)))
    shown.page.touchscreen.tap(*shown.spots[lone].tolist())
    expect(shown.region.get_by_role("button", name="Copy the path of")).to_be_visible()
    expect_playing(shown.page)


def test_the_middle_is_reached_without_a_pointer(shown: Shown) -> None:
    shown.canvas.focus()
    shown.page.keyboard.press("Enter")
    expect(shown.region.get_by_role("button", name="Stop")).to_be_visible()
    shown.page.keyboard.press("Tab")
    expect(shown.region.get_by_role("button", name="Stop")).to_be_focused()


def test_the_focus_goes_to_the_map_where_its_buttons_go(shown: Shown) -> None:
    shown.canvas.focus()
    shown.page.keyboard.press("Enter")
    shown.region.get_by_role("button", name="Close").press("Enter")
    expect(shown.canvas).to_be_focused()
    shown.lasso(ALL)
    shown.region.get_by_role("button", name="Clear the selection").press("Enter")
    expect(shown.canvas).to_be_focused()


def test_a_sound_that_is_gone_is_left_out_of_the_palette(visit: Visit, served: Server) -> None:
    visited = visit(served)
    visited.watch.expect("answered 404", "status of 404")
    shown = show_map(visited.page)
    gone: list[str] = []

    def lose_one(route: Route) -> None:
        url = route.request.url
        if not gone:
            gone.append(url)
        route.continue_(url=f"{served.address}/samples/{UNKNOWN}" if url in gone else None)

    shown.page.route(re.compile("/samples/[0-9a-f]{12}$"), lose_one)
    shown.lasso(ALL)
    shown.region.get_by_role("button", name="Make a palette of 64 of 85 sounds").click()
    told = "63 sounds from the map are in the palette now. 1 sound is gone from the library."
    expect(shown.page.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(shown.page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")).to_have_count(63)


def test_a_sweep_asks_for_the_sound_where_it_ends_alone(shown: Shown) -> None:
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url) if "/samples/" in request.url else None)
    shown.page.get_by_role("checkbox", name="Play on hover").uncheck()
    shown.page.clock.install()
    shown.page.clock.pause_at(LATER)
    for spot in shown.spots[np.argsort(shown.spots[:, 0])].tolist():
        shown.page.mouse.move(*spot)
        shown.page.clock.run_for(20)
    crossed = len(asked)
    shown.page.clock.run_for(100)
    expect(shown.region.get_by_role("tooltip")).to_be_visible()
    assert crossed == 0
    assert len(asked) == 1
