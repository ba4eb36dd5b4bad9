"""What a musician does with the page, and what can be seen and heard of it."""

import base64
import io
import re
from dataclasses import dataclass
from typing import Any, Final

import httpx
import numpy as np
import numpy.typing as npt
import soundfile
from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect

from web.tests.server import Server

FIELD: Final = "Describe a sound"
ROUNDED: Final = 4
"""Of 255."""
DROP: Final = """
(zone, [encoded, name, type]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}
"""
LISTEN: Final = """
const create = AudioContext.prototype.createGain;
AudioContext.prototype.createGain = function () {
  const gain = create.call(this);
  const analyser = this.createAnalyser();
  gain.connect(analyser);
  window.ears = { gain, analyser, samples: new Float32Array(analyser.fftSize), loudest: 0 };
  return gain;
};
window.listen = () => {
  if (!window.ears) return 0;
  window.ears.analyser.getFloatTimeDomainData(window.ears.samples);
  return window.ears.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
};
"""
"""Listens behind the page's own gain: what is heard, not what is meant to be."""
POSITION: Final = "document.getElementById('player').currentTime"
PAUSED: Final = "document.getElementById('player').paused"


@dataclass(frozen=True)
class Sound:
    """A file to be dropped."""

    name: str
    content: bytes
    mime: str = "audio/wav"


def wav(name: str, audio: npt.NDArray[np.float32], rate: int = 44_100) -> Sound:
    """`audio` [frames] as a WAV file."""
    held = io.BytesIO()
    soundfile.write(held, audio, rate, format="WAV")
    return Sound(name, held.getvalue())


def ask(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    """What REST answers, to hold the page against."""
    answer = httpx.get(server.address + path) if body is None else httpx.post(server.address + path, json=body)
    return answer.raise_for_status().json()


def sent(response: Response) -> dict[str, Any]:
    """What was asked, of which this is the answer."""
    return dict(response.request.post_data_json or {})


def search(page: Page, words: str) -> list[dict[str, Any]]:
    """Types words and Enter; the hits that the server answered with, which are on the page by then."""

    def answers(response: Response) -> bool:
        return response.url.endswith("/search/text") and sent(response)["query"] == words

    with page.expect_response(answers) as asked:
        field = page.get_by_role("searchbox", name=FIELD)
        field.fill(words)
        field.press("Enter")
    hits: list[dict[str, Any]] = asked.value.json()["hits"]
    expect_hits(page, hits)
    return hits


def expect_hits(page: Page, hits: list[dict[str, Any]]) -> None:
    """The rows are these hits, in this order."""
    found = rows(page)
    expect(found).to_have_count(len(hits))
    for number, hit in enumerate(hits):
        expect(found.nth(number)).to_have_accessible_name(starting_with(name_of(hit)))


def rows(page: Page) -> Locator:
    """The hits on the page."""
    return page.get_by_role("grid", name="Results").locator("[role=row][aria-label]")


def row(page: Page, name: str) -> Locator:
    """The hit whose file has this name."""
    return page.get_by_role("grid", name="Results").get_by_role("row", name=starting_with(name))


def name_of(hit: dict[str, Any]) -> str:
    """A hit's file, without its folder."""
    return str(hit["path"]).rpartition("/")[2]


def starting_with(text: str) -> re.Pattern[str]:
    """A pattern for names that begin so."""
    return re.compile("^" + re.escape(text))


def drop(zone: Locator, sound: Sound) -> None:
    """From the file manager onto a zone."""
    zone.evaluate(DROP, [base64.b64encode(sound.content).decode(), sound.name, sound.mime])


def zone(page: Page) -> Locator:
    """Where the sound to be like is dropped."""
    return page.get_by_role("group", name="Sound to be like")


def until(page: Page, expression: str) -> None:
    """Waits for JavaScript to be true. Page.wait_for_function would need the policy to allow eval."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it has not come to be: {expression}")


def expect_playing(page: Page) -> None:
    """The audio element advances."""
    until(page, f"{POSITION} > 0 && !{PAUSED}")
    passed = page.evaluate(POSITION)
    until(page, f"{POSITION} > {passed}")


def expect_stopped(page: Page) -> None:
    """The audio element is silent."""
    until(page, PAUSED)


def alike(picture: bytes, other: bytes) -> bool:
    """Whether two PNGs show the same; a browser that draws again rounds some pixels otherwise."""
    one, two = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int16) for png in (picture, other))
    return one.shape == two.shape and bool(np.abs(one - two).max() <= ROUNDED)
