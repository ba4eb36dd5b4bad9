"""The page in a real Chromium: answers drawn, the map of 100,000 sounds, how much is loaded.

drawn   from the key pressed in the search field to the frame after the hits are in the document, over the demo crate;
        beside a bare fetch of such an answer by the same page
map     from the click on the tab to the frame in which all points are drawn, and frames a second while panning, both in
        1024 x 700 without a graphics card; beside a page that only clears such a canvas in each frame
weight  bytes of the page's own files as they come (compressed), with and without what the map loads later; beside
        the same files as they are on disk
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.compact import CRATE
from bench.library_rows import fill, scatter
from bench.rows import Row
from soundpalette.app import App
from soundpalette.config import load_config
from web.tests.browser import OPTIONS, find_chromium
from web.tests.server import Server, index, isolated, running

SOUNDS: Final = 100_000
QUERIES: Final = 40
WARMING: Final = 5
TIMES: Final = 5
PANNED: Final = 4.0
"""Seconds."""
WINDOW: Final = {"width": 1024, "height": 700}
WATCHED: Final = """
window.bench = { pressed: 0, drawn: 0, frames: [] };
addEventListener("keydown", (event) => { bench.pressed = event.timeStamp; bench.drawn = 0; }, true);
addEventListener("click", (event) => { bench.pressed = event.timeStamp; bench.drawn = 0; }, true);
const rows = () => [...document.querySelectorAll("[role=grid] [role=row][aria-label]")];
let before = "";
document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  const now = rows().map((row) => row.ariaLabel).join();
  if (now === before || now === "") return;
  before = now;
  requestAnimationFrame(() => setTimeout(() => { bench.drawn = performance.now(); }));
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] }));
const { drawElements, blitFramebuffer } = WebGL2RenderingContext.prototype;
let all = false;
WebGL2RenderingContext.prototype.drawElements = function (mode, count, type, offset) {
  all ||= count >= COUNTED;
  drawElements.call(this, mode, count, type, offset);
};
WebGL2RenderingContext.prototype.blitFramebuffer = function (...box) {
  blitFramebuffer.apply(this, box);
  if (!all) return;
  bench.frames.push(document.timeline.currentTime);
  if (bench.first) return;
  this.readPixels(0, 0, 1, 1, this.RGBA, this.UNSIGNED_BYTE, new Uint8Array(4));
  requestAnimationFrame(() => setTimeout(() => { bench.first ||= performance.now(); }));
};
"""
"""The map draws its points once and shows a part of them in each frame. The first is waited for (readPixels), those of
panning are counted as the browser asks for them."""
BARE: Final = """
<!doctype html><body style="margin:0"><canvas width=1024 height=700></canvas><script>
const gl = document.querySelector("canvas").getContext("webgl2");
let shade = 0;
const turn = () => {
  gl.clearColor((shade += 0.01) % 1, 0, 0, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  gl.drawArrays(gl.POINTS, 0, 0);
  bench.frames.push(document.timeline.currentTime);
  requestAnimationFrame(turn);
};
turn();
</script>
"""
FETCHED: Final = """
async (query) => {
  const started = performance.now();
  const headers = { "Content-Type": "application/json" };
  await (await fetch("search/text", { method: "POST", headers, body: JSON.stringify({ query, top_k: 20 }) })).json();
  return performance.now() - started;
}
"""
ANSWERED: Final = """
performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/search/text")).at(-1).responseEnd
"""
LOADED: Final = """
[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => name.endsWith("/") || name.includes("/web/"))
  .map(({ encodedBodySize, decodedBodySize }) => ({ came: encodedBodySize, is: decodedBodySize }))
"""


def rows() -> Iterator[Row]:
    """All of it; Chromium draws in software."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*OPTIONS])
        with crate(Path(folder, "crate")) as server:
            yield from drawn(browser, server)
            yield from weight(browser, server)
        with generated(Path(folder, "generated")) as server:
            yield from map_drawn(browser, server)
        browser.close()


@contextmanager
def crate(folder: Path) -> Iterator[Server]:
    """A server over the demo crate."""
    folder.mkdir()
    index(CRATE, isolated(folder))
    with running(isolated(folder), folder / "log") as server:
        yield server


@contextmanager
def generated(folder: Path) -> Iterator[Server]:
    """A server over so many samples that have places on the map."""
    folder.mkdir()
    os.environ["SOUNDPALETTE_DATA_DIR"] = str(folder / "data")
    app = App(load_config())
    fill(app.catalogue, app.catalogue.add_root(Path("/music/generated")), app.encoder.space, SOUNDS)
    scatter(app.catalogue, app.encoder.space, SOUNDS)
    app.store.publish(app.catalogue.holdings(app.encoder.space))
    app.catalogue.close()
    with running(isolated(folder), folder / "log") as server:
        yield server


def opened(browser: Browser, server: Server) -> Page:
    """The page with what watches it."""
    page = browser.new_context(base_url=server.address, viewport={"width": 1024, "height": 700}).new_page()
    page.add_init_script(WATCHED.replace("COUNTED", str(SOUNDS // 2)))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    return page


def drawn(browser: Browser, server: Server) -> Iterator[Row]:
    """Milliseconds; each question is a new one, so that no kept answer is told."""
    page = opened(browser, server)
    ours, told, bare = [], [], []
    for number in range(QUERIES):
        page.get_by_role("searchbox").fill(f"dark kick drum number {number}")
        page.get_by_role("searchbox").press("Enter")
        shown = float(figure(page, "drawn"))
        ours.append(shown - page.evaluate("bench.pressed"))
        told.append(shown - page.evaluate(ANSWERED))
        bare.append(float(page.evaluate(FETCHED, f"bright snare drum number {number}")))
    page.context.close()
    name = "Enter to hits drawn over the crate (less is better); baseline: a bare fetch of the answer"
    yield Row(name, tuple(ours[WARMING:]), tuple(bare[WARMING:]), "ms", "ours <= 150")
    yield Row("of it, from the answer to its hits drawn", tuple(told[WARMING:]), (), "ms")


def figure(page: Page, name: str) -> Any:
    """Of the bench, once it is there."""
    for _ in range(2000):
        if found := page.evaluate(f"bench.{name}"):
            return found
        page.wait_for_timeout(5)
    raise RuntimeError(f"the page has told nothing of {name!r}")


def weight(browser: Browser, server: Server) -> Iterator[Row]:
    """Kilobytes (1,000 bytes)."""
    page = opened(browser, server)
    yield _weighed(page, "the page with its list (less is better); baseline: its files on disk", "")
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_role("region", name="Map of the library").locator("canvas").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    yield _weighed(page, "the page with list and map (less is better); baseline: its files on disk", "ours <= 250")
    page.context.close()


def _weighed(page: Page, name: str, goal: str) -> Row:
    files = page.evaluate(LOADED)
    came, kept = (sum(file[size] for file in files) / 1000 for size in ("came", "is"))
    return Row(name, (came,), (kept,), "kB", goal)


def map_drawn(browser: Browser, server: Server) -> Iterator[Row]:
    """Milliseconds to the first frame, and frames a second."""
    first, frames, bare = [], [], []
    for _ in range(TIMES):
        page = opened(browser, server)
        page.get_by_role("tab", name="Map").click()
        first.append(float(figure(page, "first")) - page.evaluate("bench.pressed"))
        page.wait_for_timeout(1500)  # what is done late, after the first frame
        frames.append(panned(page))
        page.context.close()
        bare.append(emptied(browser))
    name = f"the Map tab to its first frame, {SOUNDS:,} points (less is better)"
    yield Row(name, tuple(first), (), "ms", "ours <= 1500")
    name = f"panning {SOUNDS:,} points drawn in software (more is better); baseline: an empty canvas"
    yield Row(name, tuple(frames), tuple(bare), "frames/s", "ours >= 30")


def panned(page: Page) -> float:
    """Frames a second in which the points are drawn while they are dragged about."""
    box = page.get_by_role("region", name="Map of the library").locator("canvas").first.bounding_box()
    assert box
    middle, height = box["x"] + box["width"] / 2, min(box["y"] + box["height"], WINDOW["height"]) - box["y"]
    page.mouse.move(middle, box["y"] + height / 2)
    page.mouse.down()
    page.evaluate("bench.frames.length = 0")
    started = float(page.evaluate("performance.now()"))
    step = 0
    while float(page.evaluate("performance.now()")) - started < 1000 * PANNED:
        step += 1
        page.mouse.move(middle + 120 * ((step % 80) / 40 - 1), box["y"] + height / 2 + step % 30)
    return rate(page)


def rate(page: Page) -> float:
    """Of the frames that were counted."""
    frames: list[float] = page.evaluate("[...new Set(bench.frames)]")
    if len(frames) < 2:
        raise RuntimeError("no two frames were drawn: does the map still show its points by blitFramebuffer?")
    return 1000 * (len(frames) - 1) / (frames[-1] - frames[0])


def emptied(browser: Browser) -> float:
    """Frames a second of a canvas as large that is only cleared."""
    page = browser.new_context(viewport={"width": 1024, "height": 700}).new_page()
    page.add_init_script("window.bench = { frames: [] }")
    page.goto("data:text/html," + BARE.replace("#", "%23").replace("\n", " "))
    page.wait_for_timeout(1000 * PANNED)
    found = rate(page)
    page.context.close()
    return found
