"""A palette: chosen, built, locked, replaced, described, taken along."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import CRATE
from web.tests.musician import name_of, row, rows, search

BRIEF: Final = "dark techno, 126 BPM"


def panel(page: Page) -> Locator:
    """The palette."""
    return page.get_by_role("region", name="Palette")


def chosen(page: Page) -> Locator:
    """Its sounds."""
    return page.get_by_role("list", name="Chosen sounds").get_by_role("listitem")


def names(page: Page) -> list[str]:
    """The names of its sounds, as its buttons have them."""
    buttons = panel(page).get_by_role("button", name=re.compile("^Remove .* from the palette$"))
    labels = [button.get_attribute("aria-label") or button.inner_text() for button in buttons.all()]
    return [label.removeprefix("Remove ").removesuffix(" from the palette") for label in labels]


def choose(page: Page, words: str, count: int) -> list[str]:
    """Puts the first hits into the palette; their names."""
    hits = search(page, words)[:count]
    for number, hit in enumerate(hits):
        rows(page).nth(number).focus()
        page.keyboard.press("p")
        expect(panel(page)).to_contain_text(name_of(hit))
    return [name_of(hit) for hit in hits]


def build(page: Page) -> None:
    """Fills the palette from BRIEF."""
    panel(page).get_by_role("textbox", name="Brief").fill(BRIEF)
    with page.expect_response("**/palette/build") as asked:
        panel(page).get_by_role("button", name="Build", exact=True).click()
    expect(chosen(page)).to_have_count(len(asked.value.json()["picks"]))


def test_the_buttons_of_a_row_put_a_sound_in_and_take_it_out(page: Page) -> None:
    name = name_of(search(page, "kick")[0])
    row(page, name).get_by_role("button", name=f"Add {name} to the palette").click()
    expect(chosen(page)).to_have_count(1)
    expect(chosen(page)).to_contain_text(name)
    row(page, name).get_by_role("button", name=f"Remove {name} from the palette").click()
    expect(chosen(page)).to_have_count(0)


def test_a_row_dragged_onto_the_palette_is_in_it(page: Page) -> None:
    name = name_of(search(page, "kick")[0])
    row(page, name).drag_to(panel(page))
    expect(chosen(page)).to_contain_text(name)


def test_a_brief_builds_a_palette_that_is_still_there_after_a_reload(page: Page) -> None:
    build(page)
    built = names(page)
    assert len(built) >= 4
    page.reload()
    expect(chosen(page)).to_have_count(len(built))
    assert names(page) == built


def test_a_locked_sound_stays_when_the_others_are_chosen_anew(page: Page) -> None:
    [kept] = choose(page, "bass", 1)
    lock = panel(page).get_by_role("button", name=f"Lock {kept}")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    build(page)
    assert kept in names(page)
    expect(panel(page).get_by_role("button", name=f"Lock {kept}")).to_have_attribute("aria-pressed", "true")


def test_replace_takes_another_sound_of_that_role(page: Page) -> None:
    build(page)
    before = names(page)
    panel(page).get_by_role("button", name=f"Replace {before[0]}").click()
    expect(chosen(page)).to_have_count(len(before))
    expect(panel(page).get_by_role("button", name=f"Remove {before[0]} from the palette")).to_have_count(0)
    assert names(page)[1:] == before[1:]


def test_describe_tells_what_goes_together(page: Page) -> None:
    choose(page, "drum loop", 3)
    with page.expect_response("**/palette/describe") as asked:
        panel(page).get_by_role("button", name="Describe").click()
    told = asked.value.json()
    expect(panel(page)).to_contain_text(told["summary"][:60])
    role, words = next(iter(told["lacking"].items()))
    panel(page).get_by_role("button", name=re.compile(role)).click()
    expect(page.get_by_role("searchbox")).to_have_value(words)


def exported(page: Page, label: str) -> bytes:
    """What the link of a format downloads."""
    with page.expect_download() as started:
        panel(page).get_by_role("group", name="Export").get_by_role("link", name=label).click()
    return Path(started.value.path()).read_bytes()


def original(name: str) -> Path:
    """The crate's file of that name."""
    return next(CRATE.rglob(name))


def test_the_paths_and_the_playlist_name_files_that_exist(page: Page) -> None:
    wanted = sorted(str(original(name)) for name in choose(page, "kick", 3))
    assert sorted(exported(page, "Paths").decode().split("\n")[:-1]) == wanted
    playlist = exported(page, "M3U").decode().splitlines()
    assert playlist[0] == "#EXTM3U"
    assert sorted(line for line in playlist if not line.startswith("#")) == wanted


def test_the_json_holds_what_is_known_of_each_sound(page: Page) -> None:
    wanted = choose(page, "kick", 2)
    told = json.loads(exported(page, "JSON"))
    assert sorted(name_of(sample) for sample in told["samples"]) == sorted(wanted)


def test_the_zip_holds_the_files_as_they_are(page: Page) -> None:
    wanted = sorted(original(name).read_bytes() for name in choose(page, "kick", 3))
    with zipfile.ZipFile(io.BytesIO(exported(page, "ZIP"))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.read(name) for name in archive.namelist()) == wanted
        assert all(re.match(r"\d\d kick - ", name) for name in archive.namelist())


def test_an_emptied_palette_says_how_to_fill_it(page: Page) -> None:
    [name] = choose(page, "kick", 1)
    panel(page).get_by_role("button", name="Empty the palette").click()
    expect(panel(page)).not_to_contain_text(name)
    expect(panel(page).get_by_role("link", name="ZIP")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_removing_by_the_keyboard_keeps_the_focus_in_the_list(page: Page, key: str) -> None:
    first, second = choose(page, "kick", 2)
    panel(page).get_by_role("button", name=f"Remove {first} from the palette").focus()
    page.keyboard.press(key)
    expect(chosen(page)).to_have_count(1)
    expect(chosen(page)).to_contain_text(second)
    assert page.evaluate("document.activeElement.closest('section, aside, [role=region]') !== null")
