"""Sounds are heard: the audio element advances, as loud as the others, and stops."""

import math
import re

from playwright.sync_api import Page, expect

from web.tests.conftest import Visit
from web.tests.musician import LISTEN, ask, expect_playing, expect_stopped, name_of, row, rows, search, until
from web.tests.server import Server


def test_play_is_heard_and_stop_ends_it(visit: Visit, served: Server) -> None:
    page = visit(served, "about:blank").page
    page.context.add_init_script(LISTEN)
    page.goto(served.address)
    name = name_of(search(page, "drum loop")[0])
    play(page, name)
    expect_playing(page)
    until(page, "listen() > 0.01")
    row(page, name).get_by_role("button", name=f"Stop {name}").click()
    expect_stopped(page)
    expect(row(page, name).get_by_role("button", name=f"Play {name}")).to_be_visible()


def test_sounds_are_made_equally_loud(visit: Visit, served: Server) -> None:
    page = visit(served, "about:blank").page
    page.context.add_init_script(LISTEN)
    page.goto(served.address)
    levels = []
    for hit in search(page, "drum loop")[:3]:
        play(page, name_of(hit))
        expect_playing(page)
        told = ask(served, f"/samples/{hit['sample_id']}/waveform")
        gain = 20 * math.log10(page.evaluate("ears.gain.gain.value"))
        assert told["peak_db"] + gain <= 0
        levels.append((told["loudness_lufs"] + gain, told["peak_db"] + gain))
    loudest = max(level for level, _ in levels)
    assert all(abs(level - loudest) < 0.2 or abs(peak + 1) < 0.2 for level, peak in levels)


def test_a_format_that_the_browser_cannot_read_is_played_from_its_preview(page: Page) -> None:
    search(page, "kick")
    with page.expect_response(re.compile("/samples/[0-9a-f]{12}/preview$")) as asked:
        play(page, "bd_haus.aiff")
    assert asked.value.headers["content-type"] == "audio/ogg"
    expect_playing(page)


def test_resting_on_a_row_plays_it_and_leaving_stops(page: Page) -> None:
    names = [name_of(hit) for hit in search(page, "drum loop")]
    page.get_by_role("searchbox").click()
    row(page, names[0]).hover()
    expect_playing(page)
    page.get_by_role("searchbox").hover()
    expect_stopped(page)
    page.get_by_role("checkbox", name="Play on hover").uncheck()
    row(page, names[0]).hover()
    page.wait_for_timeout(400)
    assert page.evaluate("document.getElementById('player').paused")


def test_a_click_lets_what_the_mouse_rests_on_go_on(page: Page) -> None:
    long = max(search(page, "pad"), key=lambda hit: float(hit["seconds"]))
    page.get_by_role("searchbox").click()
    row(page, name_of(long)).hover()
    expect_playing(page)
    row(page, name_of(long)).locator(".name").click()
    page.get_by_role("searchbox").hover()
    page.wait_for_timeout(400)
    expect_playing(page)


def test_another_sound_takes_the_first_ones_place(page: Page) -> None:
    first, second = (name_of(hit) for hit in search(page, "drum loop")[:2])
    play(page, first)
    play(page, second)
    expect_playing(page)
    expect(page.get_by_role("button", name=re.compile("^Stop "))).to_have_count(1)
    expect(rows(page).get_by_role("button", name=f"Stop {second}")).to_be_visible()


def play(page: Page, name: str) -> None:
    row(page, name).get_by_role("button", name=f"Play {name}").click()
