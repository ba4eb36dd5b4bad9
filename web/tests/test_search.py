"""Finding sounds by words, by a sound, by both; what is avoided and left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import CRATE
from tests.sounds import kick, noise
from web.tests.conftest import Visit, Visited
from web.tests.musician import (
    FIELD,
    Sound,
    ask,
    drop,
    expect_hits,
    name_of,
    row,
    rows,
    search,
    sent,
    wav,
    zone,
)
from web.tests.server import Server, isolated, running

UPLOAD = "/search/audio/upload"


def test_words_and_enter_show_the_hits_of_the_server(page: Page) -> None:
    hits = search(page, "kick drum")
    assert hits[0]["role"] == "kick"
    expect(page.get_by_role("status").filter(has_text=f"{len(hits)} sounds for “kick drum”")).to_be_visible()


def test_typing_alone_asks_after_a_rest(page: Page) -> None:
    with page.expect_response("**/search/text") as asked:
        page.get_by_role("searchbox", name=FIELD).press_sequentially("snare", delay=20)
    assert sent(asked.value)["query"] == "snare"
    expect_hits(page, asked.value.json()["hits"])


def test_a_row_tells_name_role_and_strength(page: Page) -> None:
    hit = search(page, "kick drum")[0]
    label = rows(page).first.get_attribute("aria-label") or ""
    assert label.startswith(f"{name_of(hit)}, kick")
    assert label.endswith(f"{hit['strength']} match")


def test_what_is_to_be_avoided_changes_the_hits(page: Page) -> None:
    search(page, "drum")
    with page.expect_response("**/search/text") as asked:
        page.get_by_role("textbox", name="Avoid").fill("cymbal")
    assert sent(asked.value)["avoid"] == "cymbal"
    expect_hits(page, asked.value.json()["hits"])


def test_a_dropped_file_is_what_sounds_are_to_be_like(page: Page) -> None:
    with page.expect_response(f"**{UPLOAD}") as asked:
        drop(zone(page), wav("my kick.wav", kick()))
    expect(zone(page)).to_contain_text("my kick.wav")
    hits = asked.value.json()["hits"]
    assert "kick" in {hit["role"] for hit in hits[:3]}
    expect_hits(page, hits)
    page.get_by_role("button", name="Remove the sound to be like").click()
    expect(zone(page)).not_to_contain_text("my kick.wav")


def test_a_chosen_file_is_what_sounds_are_to_be_like(page: Page) -> None:
    with page.expect_response(f"**{UPLOAD}") as asked:
        page.get_by_label("Audio file").set_input_files(CRATE / "drums" / "bd_haus.aiff")
    hits = asked.value.json()["hits"]
    assert name_of(hits[0]) == "bd_haus.aiff"
    expect_hits(page, hits)


def test_words_and_a_sound_are_blended_by_the_slider(page: Page) -> None:
    search(page, "bright")
    blend = page.get_by_role("slider", name="Blend of words and sound")
    with page.expect_response(f"**{UPLOAD}") as asked:
        drop(zone(page), wav("my kick.wav", kick()))
    expect_hits(page, asked.value.json()["hits"])
    ends = []
    for key in ("Home", "End"):  # the sound alone, the words alone
        with page.expect_response(f"**{UPLOAD}") as asked:
            blend.press(key)
        ends.append(asked.value.json()["hits"])
        expect_hits(page, ends[-1])
    assert name_of(ends[0][0]) != name_of(ends[1][0])


def test_more_like_a_hit_takes_it_as_the_sound(page: Page) -> None:
    search(page, "kick drum")
    name = name_of(search(page, "guitar")[0])
    with page.expect_response(re.compile("/search/(audio|hybrid)$")) as asked:
        row(page, name).hover()
        page.get_by_role("button", name=f"More like {name}").click()
    expect(zone(page)).to_contain_text(name)
    expect_hits(page, asked.value.json()["hits"])


def test_a_row_dragged_onto_the_zone_is_the_sound(page: Page) -> None:
    name = name_of(search(page, "guitar")[0])
    with page.expect_response(re.compile("/search/(audio|hybrid)$")):
        row(page, name).drag_to(zone(page))
    expect(zone(page)).to_contain_text(name)


def test_chips_tell_how_many_each_filter_leaves(page: Page, served: Server) -> None:
    expect_chips(page, ask(served, "/library/facets", {})["roles"])
    with page.expect_response("**/library/facets"):
        chip(page, "one-shot").click()
    expect_chips(page, ask(served, "/library/facets", {"kind": "one-shot"})["roles"])


def test_a_chip_filters_the_hits_and_clear_brings_them_back(page: Page) -> None:
    before = search(page, "drum")
    with page.expect_response("**/search/text") as asked:
        chip(page, "snare").click()
    expect(chip(page, "snare")).to_have_attribute("aria-pressed", "true")
    hits = asked.value.json()["hits"]
    assert {hit["role"] for hit in hits} == {"snare"}
    expect_hits(page, hits)
    page.get_by_role("button", name="Clear filters").click()
    expect_hits(page, before)


def test_the_search_is_still_there_after_a_reload(page: Page) -> None:
    hits = search(page, "kick drum")
    page.reload()
    expect(page.get_by_role("searchbox", name=FIELD)).to_have_value("kick drum")
    expect_hits(page, hits)


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        (Sound("lyrics.wav", b"These are words, not a sound.\n" * 100), r"lyrics|audio|read|sound"),
        (Sound("empty.wav", b""), r"empty"),
    ],
)
def test_a_file_that_is_no_sound_is_told_in_a_sentence(visited: Visited, sound: Sound, sentence: str) -> None:
    visited.watch.expect(rf"answered 4\d\d: POST .*{UPLOAD}", "status of 4")
    drop(zone(visited.page), sound)
    expect(visited.page.get_by_role("alert")).to_contain_text(re.compile(sentence, re.I))
    drop(zone(visited.page), wav("noise.wav", noise()))
    expect(visited.page.get_by_role("alert")).to_have_count(0)
    expect(rows(visited.page).first).to_be_visible()


@pytest.fixture
def sparing(crate: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that gives 7 hits at most."""
    limits = {"SOUNDPALETTE_SEARCH__MAX_TOP_K": "7", "SOUNDPALETTE_SEARCH__DEFAULT_TOP_K": "5"}
    with running(isolated(crate, **limits), tmp_path / "served.log") as server:
        yield server


def test_no_more_hits_are_asked_for_than_the_server_gives(sparing: Server, visit: Visit) -> None:
    page = visit(sparing).page
    expect(page.get_by_role("button", name=re.compile("^Library: "))).to_be_visible()
    assert len(search(page, "drum")) == 7
    expect(page.get_by_role("button", name="More sounds")).to_have_count(0)


def test_a_file_beyond_the_servers_bound_is_not_read(page: Page, tmp_path: Path) -> None:
    with (tmp_path / "concert.wav").open("wb") as file:
        file.truncate((64 << 20) + 1)
    page.get_by_label("Audio file").set_input_files(tmp_path / "concert.wav")
    expect(page.get_by_role("alert")).to_contain_text("“concert.wav” has 65 MB, and a sound to be like may have 64")
    expect(zone(page)).to_contain_text("Drop a sound here")


def test_an_empty_library_says_how_to_fill_it(visit: Visit, empty: Server) -> None:
    page = visit(empty).page
    page.get_by_role("searchbox", name=FIELD).fill("kick")
    page.get_by_role("searchbox", name=FIELD).press("Enter")
    expect(page.get_by_text("soundpalette index").first).to_be_visible()
    expect(rows(page)).to_have_count(0)


def chip(page: Page, value: str, count: str = r"\d+") -> Locator:
    """The button of a filter, with its count."""
    group = page.get_by_role("group", name="Filters")
    return group.get_by_role("button", name=re.compile(rf"^{value} {count}$"))


def expect_chips(page: Page, counts: dict[str, int]) -> None:
    """The most frequent roles' chips show these counts."""
    for role, count in sorted(counts.items(), key=lambda pair: -pair[1])[:5]:
        expect(chip(page, role, str(count))).to_be_visible()
