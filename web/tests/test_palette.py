"""A palette: chosen, built, locked, replaced, described, taken along."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import CRATE
from tests.sounds import kick, write
from web.tests.conftest import Visit
from web.tests.musician import ask, name_of, row, rows, search
from web.tests.server import Server, index, isolated, running

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
    assert re.fullmatch(r"palette of \d sounds?\.(txt|json|m3u8|zip)", started.value.suggested_filename)
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


@pytest.fixture
def kicks(tmp_path: Path) -> Iterator[Server]:
    """A server over a library of two sounds of the test's own, below `tmp_path / "sounds"`."""
    for number in range(2):
        write(tmp_path / "sounds" / f"kick {number}.wav", kick(0.2 + number / 10))
    index(tmp_path / "sounds", isolated(tmp_path))
    with running(isolated(tmp_path), tmp_path / "served.log") as server:
        yield server


def test_an_export_that_fails_says_why(kicks: Server, visit: Visit, tmp_path: Path) -> None:
    visited = visit(kicks)
    visited.watch.expect("answered 4..: GET .*/palette/export", "console error: Failed to load resource")
    page = visited.page
    [gone, _] = choose(page, "kick", 2)
    (tmp_path / "sounds" / gone).unlink()
    panel(page).get_by_role("link", name="ZIP").click()
    alert = panel(page).get_by_role("alert")
    expect(alert).to_have_text(re.compile(r"^The ZIP was not exported: The file of sample .+\.$"))
    exported(page, "M3U")  # which opens no sound
    expect(alert).to_have_count(0)


def test_why_a_palette_was_not_described_is_told_until_it_changes(kicks: Server, visit: Visit, tmp_path: Path) -> None:
    visited = visit(kicks)
    visited.watch.expect("answered 404: ", "console error: Failed to load resource")
    page = visited.page
    [gone, left] = choose(page, "kick", 2)
    (tmp_path / "sounds" / gone).unlink()
    index(tmp_path / "sounds", kicks.environment)
    panel(page).get_by_role("button", name="Describe").click()
    expect(panel(page).get_by_role("alert")).to_contain_text(f"No longer in the library, nor in the palette: {gone}.")
    panel(page).get_by_role("button", name=f"Remove {left} from the palette").click()
    expect(panel(page).get_by_role("alert")).to_have_count(0)


def test_what_the_library_lacks_for_a_brief_goes_with_its_palette(kicks: Server, visit: Visit) -> None:
    page = visit(kicks).page
    build(page)
    expect(panel(page).get_by_role("list", name="Not found")).to_be_visible()
    panel(page).get_by_role("button", name="Empty the palette").click()
    expect(panel(page).get_by_role("list", name="Not found")).to_have_count(0)


def test_a_full_palette_takes_no_more_and_says_so(page: Page, served: Server) -> None:
    hits = ask(served, "/search/text", {"query": "sound", "top_k": 80})["hits"]
    kept = [{"id": hit["sample_id"], "name": name_of(hit), "role": hit["role"]} for hit in hits]
    keep = "(kept) => sessionStorage.setItem('soundpalette.palette', JSON.stringify(kept))"
    page.evaluate(keep, {"brief": "", "chosen": kept[:64]})
    page.goto("/?q=drum")
    expect(chosen(page)).to_have_count(64)
    known = {one["id"] for one in kept[:64]}
    rest = next(hit for hit in search(page, kept[64]["role"]) if hit["sample_id"] not in known)
    row(page, name_of(rest)).focus()
    page.keyboard.press("P")
    expect(page.get_by_role("alert")).to_have_text("No room: a palette holds 64 sounds at most.")
    expect(page.get_by_role("status").filter(has_text="Added")).to_have_count(0)


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
