"""The library's state: how many, what failed, how far the indexer is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.sounds import kick, write
from web.tests.conftest import Visit
from web.tests.musician import rows, search
from web.tests.server import Server, index, isolated, running

BROKEN = "not really a sound.wav"


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Server]:
    """A server over a library of one sound and one broken file."""
    write(tmp_path / "sounds" / "kick.wav", kick())
    (tmp_path / "sounds" / BROKEN).write_text("words")
    index(tmp_path / "sounds", isolated(tmp_path))
    with running(isolated(tmp_path), tmp_path / "served.log") as server:
        yield server


def test_the_header_counts_and_opens_what_is_known_of_the_library(page: Page) -> None:
    button = page.get_by_role("button", name="Library: 85 sounds")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("region", name="Library", exact=True)).to_contain_text("crate")


def test_files_that_could_not_be_indexed_are_listed_with_reasons(visit: Visit, growing: Server) -> None:
    page = visit(growing).page
    page.get_by_role("button", name="Library: 1 sound").click()
    failed = page.get_by_role("list", name="Files that could not be indexed").get_by_role("listitem")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text(re.compile(rf"{BROKEN}.+\w", re.S))


def test_a_folder_may_bear_any_name(visit: Visit, tmp_path: Path) -> None:
    write(tmp_path / "sounds" / "constructor" / "kick.wav", kick())
    write(tmp_path / "sounds" / "others" / "kick.wav", kick(0.3))
    index(tmp_path / "sounds", isolated(tmp_path))
    with running(isolated(tmp_path), tmp_path / "served.log") as server:
        page = visit(server).page
        folders = page.get_by_role("combobox", name="Folder")
        expect(folders).to_contain_text("constructor (1)")
        folders.select_option("others")
        page.get_by_role("spinbutton", name="Slowest BPM").fill("300")
        expect(folders).to_contain_text("constructor (0)")
        page.close()  # before the server ends, which it would notice


def test_what_a_run_added_is_found_without_a_reload(visit: Visit, growing: Server, tmp_path: Path) -> None:
    page = visit(growing).page
    search(page, "kick")
    expect(rows(page)).to_have_count(1)
    write(tmp_path / "sounds" / "kick 2.wav", kick(0.3))
    index(tmp_path / "sounds", growing.environment)
    expect(page.get_by_role("button", name="Library: 2 sounds")).to_be_visible(timeout=15_000)
    expect(rows(page)).to_have_count(2, timeout=15_000)


def test_an_empty_library_says_what_to_type(visit: Visit, empty: Server) -> None:
    page = visit(empty).page
    expect(page.get_by_role("button", name="Library: 0 sounds")).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("region", name="Library", exact=True)).to_contain_text("soundpalette index")
