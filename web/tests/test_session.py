"""Being let in, and a server that goes and comes back."""

import re

from playwright.sync_api import Page, expect

from web.tests.conftest import TOKEN, Visit, Visited
from web.tests.musician import search, sent
from web.tests.server import Server

REFUSED = ("answered 401", "status of 401")


def type_token(page: Page, token: str) -> None:
    page.get_by_role("textbox", name="Token").fill(token)
    page.get_by_role("button", name="Let me in").click()


def test_a_wrong_token_is_refused_and_the_right_one_lasts(visit: Visit, locked: Server) -> None:
    visited = visit(locked)
    visited.watch.expect(*REFUSED)
    page = visited.page
    expect(page.get_by_role("heading", name="This server wants its token")).to_be_visible()
    expect(page.get_by_role("textbox", name="Token")).to_have_attribute("type", "password")
    type_token(page, "wrong")
    expect(page.get_by_role("alert")).to_have_text("That is not the server's token.")
    type_token(page, TOKEN)
    search(page, "kick drum")
    seen = len(visited.watch.problems)
    page.reload()
    search(page, "snare")
    assert len(visited.watch.problems) == seen
    assert TOKEN not in page.evaluate("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})")


def test_without_the_token_no_sound_and_no_name_is_on_the_page(visit: Visit, locked: Server) -> None:
    visited = visit(locked)
    visited.watch.expect(*REFUSED)
    expect(visited.page.get_by_role("heading", name="This server wants its token")).to_be_visible()
    expect(visited.page.get_by_role("grid")).to_have_count(0)
    expect(visited.page.get_by_role("searchbox")).to_have_count(0)


def test_a_server_that_goes_away_is_told_and_its_return_noticed(visit: Visit, mortal: Server) -> None:
    visited: Visited = visit(mortal)
    visited.watch.expect("ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|ERR_SOCKET")
    page = visited.page
    search(page, "kick drum")
    mortal.kill()
    page.get_by_role("searchbox").fill("snare")
    alert = page.get_by_role("alert").filter(has_text="The server cannot be reached")
    expect(alert).to_be_visible()
    mortal.start()
    with page.expect_response(re.compile("/search/text$")) as asked:
        pass
    assert sent(asked.value)["query"] == "snare"
    expect(alert).to_have_count(0)
    expect(page.get_by_role("grid", name="Results").get_by_role("row").first).to_be_visible()
