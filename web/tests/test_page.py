"""The page as a whole."""

from playwright.sync_api import Page, expect


def test_the_page_opens_with_the_list(page: Page) -> None:
    expect(page).to_have_title("SoundPalette")
    expect(page.get_by_role("tab", name="List")).to_have_attribute("aria-selected", "true")
