"""Pictures of the states of the page; `make pictures` puts those that are published into docs/pictures."""

import io
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from web.tests.conftest import Open, Visit
from web.tests.server import Server
from web.tests.states import STATES

HEIGHTS: Final = {360: 780, 1024: 768, 1920: 1080}
SHOWN: Final = ("list", "map", "palette")
PUBLISHED: Final = {
    ("list", 1024, "light"): "list",
    ("map", 1024, "dark"): "map-dark",
    ("palette", 1024, "light"): "palette",
    ("list", 360, "light"): "phone",
    ("results", 760, "light"): "chat",
}
CHATS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "results": ("search_by_text", {"query": "dark drum loop", "top_k": 5}),
    "palette": ("build_palette", {"brief": "dark minimal techno, 126 BPM, A minor", "roles": ["kick", "bass", "pad"]}),
}
HEARD_AHEAD: Final = 5
TOP: Final = """
() => (document.querySelector("canvas") ? document.querySelector("[role=tablist]") : document.body).scrollIntoView()
"""
TALL: Final = 1600
"""Pixels, more than either app is high."""
DRAWN: Final = "new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
"""Resolved once what is there now was drawn."""
COLOURS: Final = 128
"""Enough for text, outlines and the roles; a picture then takes some tens of kB."""


@pytest.fixture(scope="session")
def album(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where published pictures are written."""
    named = request.config.getoption("--pictures")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_a_state_is_drawn_at_every_width(
    name: str, scheme: Literal["light", "dark"], visit: Visit, served: Server, album: Path, tmp_path: Path
) -> None:
    page = visit(served, color_scheme=scheme, reduced_motion="reduce").page
    STATES[name].reach(page, served)
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        picture = drawn(page)
        assert picture.size == (width, height)
        keep(picture, (name, width, scheme), tmp_path, album)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CHATS)
@pytest.mark.parametrize("width", [360, 760])
def test_an_app_is_drawn_in_the_chat(
    width: int, name: str, scheme: str, chat: Open, album: Path, tmp_path: Path
) -> None:
    tool, arguments = CHATS[name]
    shown = chat(tool, arguments, width, theme=scheme)
    expect(shown.rows.first).to_be_visible()
    if name == "results":
        expect(shown.app.locator(".rest")).to_have_count(HEARD_AHEAD)
    shown.page.set_viewport_size({"width": width, "height": TALL})  # a frame is not drawn where it is not seen
    app = shown.page.locator("#app")
    expect(app).to_be_in_viewport(ratio=1)
    shown.frame().evaluate(DRAWN)
    keep(opened(app.screenshot()), (name, width, scheme), tmp_path, album)


def keep(picture: Image.Image, what: tuple[str, int, str], folder: Path, album: Path) -> None:
    """In `folder`, and in the album what is published. `what`: state, width, scheme."""
    assert len(picture.getcolors(picture.width * picture.height) or []) > 8, "there is nothing on it"
    picture.save(folder / f"{'-'.join(map(str, what))}.png")
    if published := PUBLISHED.get(what):
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(album / f"{published}.webp", lossless=True, method=6)


def drawn(page: Page) -> Image.Image:
    """What is seen from the page's top; of the map, from its tab on."""
    page.mouse.move(0, 0)
    page.evaluate(TOP)
    page.wait_for_timeout(500)
    return opened(page.screenshot())


def opened(picture: bytes) -> Image.Image:
    """A PNG, without transparency."""
    return Image.open(io.BytesIO(picture)).convert("RGB")
