"""The apps inside a chat: a real server over Streamable HTTP, the official bridge, a sandboxed frame under the default
policy of MCP Apps."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from web.tests.conftest import Open

KICK = {"query": "a dry kick drum", "top_k": 8}
LONG = {"query": "noise", "min_seconds": 4, "top_k": 8}
LOOPS = {"query": "drum loop", "kind": "loop", "top_k": 8}
TECHNO = {"brief": "dark minimal techno, 126 BPM, A minor"}
HEARD = re.compile(r"^([3-9]|\d\d)$")
"""Percent of full scale that nobody calls silence, and that clip nothing."""


RUN = """
keys => {
  for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
"""
"""Keys faster than anybody is."""


def test_the_hits_of_a_search_are_rows_that_say_what_is_known(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    expect(shown.app.get_by_role("grid", name="Results").get_by_role("row")).to_have_count(8)
    expect(shown.status).to_have_text("8 sounds")
    hits = shown.kept("result")["structuredContent"]["hits"]
    assert shown.names() == [Path(hit["path"]).name for hit in hits]
    expect(shown.rows.first).to_have_accessible_name(re.compile(rf"kick.*{hits[0]['strength']} match"))


def test_the_first_hits_are_heard_ahead_one_after_the_other(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    expect(shown.app.locator(".rest")).to_have_count(5)
    hits = shown.kept("result")["structuredContent"]["hits"]
    assert [call["sample"] for call in shown.called("audition")] == [hit["sample_id"] for hit in hits[:5]]


def test_a_hit_is_really_heard_until_it_is_stopped(chat: Open) -> None:
    shown = chat("search_by_text", LONG)
    name = shown.names()[6]
    shown.button(f"Play {name}").click()
    expect(shown.rows.nth(6)).to_have_attribute("data-progress", re.compile(r"0\.[1-9]"))
    expect(shown.document).to_have_attribute("data-peak", HEARD)
    shown.button(f"Stop {name}").click()
    expect(shown.rows.nth(6)).to_have_attribute("data-progress", "0.00")
    expect(shown.document).to_have_attribute("data-peak", "0")


def test_a_button_pressed_three_times_before_the_sound_is_there_plays_it_once(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    button = shown.button(f"Play {shown.names()[7]}")
    button.evaluate("button => { button.click(); button.click(); button.click(); }")
    expect(shown.document).to_have_attribute("data-ended", "1")
    shown.page.wait_for_timeout(500)
    expect(shown.document).to_have_attribute("data-ended", "1")


def test_a_sound_is_told_to_be_over(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    name = shown.names()[0]
    shown.play(name)
    expect(shown.button(f"Play {name}")).to_be_visible()


def test_a_sound_stops_when_the_chat_takes_the_app_away(chat: Open) -> None:
    shown = chat("search_by_text", LONG)
    name = shown.names()[0]
    shown.button(f"Play {name}").click()
    expect(shown.document).to_have_attribute("data-peak", HEARD)
    shown.page.evaluate("window.host.close()")
    expect(shown.button(f"Play {name}")).to_be_visible()
    expect(shown.document).to_have_attribute("data-peak", "0")


def test_keys_alone_reach_play_and_take_as_the_measure(chat: Open) -> None:
    shown = chat("search_by_text", LONG)
    names = shown.names()
    shown.app.get_by_role("searchbox", name="Describe a sound").focus()
    for key in ("Tab", "Tab", "Tab", "ArrowDown", "End", "ArrowUp"):
        shown.page.keyboard.press(key)
    expect(shown.rows.nth(6)).to_be_focused()
    shown.page.keyboard.press("Space")
    expect(shown.button(f"Stop {names[6]}")).to_be_visible()
    expect(shown.app.get_by_role("img", name=f"Waveform and spectrogram of {names[6]}")).to_be_visible()
    shown.page.keyboard.press("Enter")
    expect(shown.app.get_by_text(f"Like {names[6]}")).to_be_visible()
    expect(shown.rows.first).to_be_focused()
    assert names[6] not in shown.names()


def test_more_like_a_hit_searches_by_its_sound_and_the_slider_blends_words_in(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    name = shown.names()[2]
    shown.button(f"More like {name}").click()
    expect(shown.app.get_by_text(f"Like {name}")).to_be_visible()
    expect(shown.status).to_have_text("8 sounds")
    like = shown.names()
    slider = shown.app.get_by_role("slider", name="Blend of words and sound")
    expect(slider).to_have_value("0")
    slider.fill("70")
    expect(shown.status).to_have_text("8 sounds")
    sample = shown.kept("result")["structuredContent"]["hits"][2]["sample_id"]
    assert shown.called("search_by_audio") == [{"top_k": 8, "reference": sample}]
    assert shown.called("hybrid_search") == [{**KICK, "reference": sample, "alpha": 0.7}]
    assert shown.names() != like
    shown.button("Remove the sound to be like").click()
    expect(slider).not_to_be_visible()
    assert shown.called("search_by_text") == [KICK]


def test_other_words_are_searched_with_the_models_filters(chat: Open) -> None:
    shown = chat("search_by_text", {**KICK, "kind": "one-shot"})
    field = shown.app.get_by_role("searchbox", name="Describe a sound")
    field.fill("bright cymbal")
    field.press("Enter")
    expect(shown.rows.first).to_have_accessible_name(re.compile("cymbal|hi-hat"))
    assert shown.called("search_by_text") == [{**KICK, "query": "bright cymbal", "kind": "one-shot"}]


def test_the_models_filters_are_seen_and_can_be_taken_off(chat: Open) -> None:
    shown = chat("search_by_text", {**KICK, "kind": "one-shot", "min_bpm": 390, "role": "any"})
    expect(shown.status).to_have_text(re.compile("^No sound"))
    expect(shown.app.get_by_text("Within: one-shots, from 390 BPM")).to_be_visible()
    shown.button("Anything").click()
    expect(shown.status).to_have_text("8 sounds")
    expect(shown.app.get_by_text("Within")).to_have_count(0)
    expect(shown.rows.first).to_be_focused()
    assert shown.called("search_by_text") == [KICK]


def test_a_picture_that_opens_moves_no_row(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    name = shown.names()[0]
    before = [row.bounding_box() for row in shown.rows.all()]
    shown.rows.first.click()
    expect(shown.app.get_by_role("img", name=f"Waveform and spectrogram of {name}")).to_be_visible()
    expect(shown.rows.first).to_have_attribute("aria-current", "true")
    assert [row.bounding_box() for row in shown.rows.all()] == before


def test_keys_that_run_over_rows_ask_for_no_sound_but_the_last(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    expect(shown.app.locator(".rest")).to_have_count(5)
    hits = shown.kept("result")["structuredContent"]["hits"]
    shown.app.get_by_role("searchbox", name="Describe a sound").focus()
    for key in ("Tab", "Tab"):
        shown.page.keyboard.press(key)
    expect(shown.rows.first).to_be_focused()
    shown.frame().evaluate(RUN, ["End", "ArrowUp", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown"])
    expect(shown.app.get_by_role("img", name="Waveform and spectrogram")).to_be_visible()
    asked = [call["sample"] for call in shown.called("audition")]
    assert asked == [hit["sample_id"] for hit in (*hits[:5], hits[6])]


def test_what_the_user_picks_is_told_to_the_model(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    names = shown.names()
    first, second = shown.kept("result")["structuredContent"]["hits"][:2]
    for name in names[:2]:
        shown.button(f"Use {name}").click()
        expect(shown.status).to_contain_text(f"{name}. The chat was told.")
    assert shown.told().startswith(f'The user picked "{second["path"]}" (sample_id {second["sample_id"]})')
    assert shown.told().endswith('of the hits for "a dry kick drum".')
    context = shown.kept("contexts")[-1]
    assert [pick["sample_id"] for pick in context["structuredContent"]["picks"]] == [
        first["sample_id"],
        second["sample_id"],
    ]
    assert first["path"] in context["content"][0]["text"]


def test_a_pick_is_taken_back_without_another_message(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    names = shown.names()
    for name in names[:2]:
        shown.button(f"Use {name}").click()
        expect(shown.status).to_contain_text(f"{name}. The chat was told.")
    expect(shown.button(f"Use {names[0]}")).to_have_attribute("aria-pressed", "true")
    shown.button(f"Use {names[0]}").click()
    expect(shown.status).to_contain_text(f"{names[0]} back. The chat knows it from your next message on.")
    expect(shown.button(f"Use {names[0]}")).to_have_attribute("aria-pressed", "false")
    assert len(shown.kept("messages")) == 2
    second = shown.kept("result")["structuredContent"]["hits"][1]["sample_id"]
    assert [pick["sample_id"] for pick in shown.kept("contexts")[-1]["structuredContent"]["picks"]] == [second]


def test_where_the_chat_takes_nothing_from_apps_the_user_gets_the_sentence(chat: Open) -> None:
    shown = chat("search_by_text", KICK, mute="1")
    shown.button(f"Use {shown.names()[0]}").click()
    expect(shown.status).to_contain_text("This chat takes nothing from apps. Write it yourself: The user picked")


@pytest.mark.parametrize(("tool", "arguments"), [("search_by_text", KICK), ("build_palette", TECHNO)])
def test_where_apps_may_call_no_tools_everything_else_is_there(
    chat: Open, tool: str, arguments: dict[str, Any]
) -> None:
    shown = chat(tool, arguments, deaf="1")
    assert shown.names()
    expect(shown.app.get_by_text("This chat lets no app call tools")).to_be_visible()
    expect(shown.app.get_by_role("button", name=re.compile("Play|More like|Replace|Keep"))).to_have_count(0)
    shown.app.get_by_role("button", name=re.compile("^Use")).first.click()
    assert "sample_id" in shown.told()


def test_a_call_that_the_chat_refuses_is_a_sentence(chat: Open) -> None:
    shown = chat("search_by_text", KICK, deny="audition")
    name = shown.names()[0]
    shown.button(f"Play {name}").click()
    expect(shown.alert).to_have_text(re.compile("The chat did not carry out audition: .*the user said no"))
    expect(shown.button(f"Play {name}")).to_be_visible()
    shown.button(f"More like {name}").click()
    expect(shown.app.get_by_text(f"Like {name}")).to_be_visible()
    expect(shown.status).to_have_text("8 sounds")


def test_where_the_chat_keeps_audio_the_preview_is_read_instead(chat: Open) -> None:
    shown = chat("search_by_text", KICK, drop="audio", read="1")
    shown.play(shown.names()[0])


def test_where_no_sound_comes_the_file_is_named(chat: Open) -> None:
    shown = chat("search_by_text", KICK, drop="audio")
    name = shown.names()[0]
    shown.button(f"Play {name}").click()
    expect(shown.alert).to_have_text(re.compile(f"^This chat passes no sound on. The file is .*{re.escape(name)}.$"))


def test_a_tool_that_fails_is_its_sentence_and_markup_in_it_is_text(chat: Open) -> None:
    name = "<img src=x onerror=console.error(1)>"
    expect(chat("search_by_audio", {"reference": name}).alert).to_contain_text(name)


def test_a_sound_to_be_like_is_named_and_heard(chat: Open) -> None:
    found = chat("search_by_text", KICK)
    name = found.names()[0]
    sample = found.kept("result")["structuredContent"]["hits"][0]["sample_id"]
    shown = chat("hybrid_search", {"query": "longer", "reference": sample, "alpha": 0.3})
    expect(shown.app.get_by_text(f"Like {name}")).to_be_visible()
    expect(shown.app.get_by_role("slider", name="Blend of words and sound")).to_have_value("30")
    shown.play(name)
    shown.app.get_by_role("button", name=re.compile("^Use")).first.click()
    assert shown.told().endswith(f'of the hits for "longer" and sounds like "{name}".')


def test_nothing_found_is_told_with_the_reason(chat: Open) -> None:
    shown = chat("search_by_text", {**KICK, "min_bpm": 390})
    expect(shown.status).to_have_text(re.compile("^No sound: .*BPM"))


def test_text_alone_shows_and_plays_the_same_hits(chat: Open) -> None:
    typed, plain = chat("search_by_text", LOOPS), chat("search_by_text", LOOPS, text="1")
    assert plain.names() == typed.names()
    assert "structuredContent" not in plain.kept("result")
    shown = [[row.get_attribute("aria-label") for row in one.rows.all()] for one in (typed, plain)]
    assert shown[0] == shown[1]
    plain.play(plain.names()[0])


@pytest.mark.parametrize(("tool", "arguments"), [("search_by_text", KICK), ("build_palette", TECHNO)])
def test_axe_finds_nothing_and_all_is_seen_at_360_pixels(chat: Open, tool: str, arguments: dict[str, Any]) -> None:
    shown = chat(tool, arguments, 360, theme="dark")
    shown.button(f"Play {shown.names()[0]}").click()
    if tool == "build_palette":
        shown.app.get_by_role("button", name=re.compile("^Replace")).first.click()
        expect(shown.app.get_by_role("heading", name="Fight for one band")).to_be_visible()
    assert shown.faults() == []
    shown.page.evaluate("window.host.theme('light')")
    assert shown.faults() == []
    assert shown.frame().evaluate("document.documentElement.scrollWidth") == 360


def test_the_app_wears_the_chats_colours_and_turns_with_them(chat: Open) -> None:
    shown = chat("search_by_text", KICK, theme="dark")
    body = shown.app.locator("body")
    expect(body).to_have_css("background-color", "rgb(23, 23, 23)")
    expect(shown.app.locator(".match.strong").first).to_have_css("color", "rgb(74, 222, 128)")
    shown.page.evaluate("window.host.theme('light')")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(shown.app.locator(".match.strong").first).to_have_css("color", "rgb(22, 101, 52)")


def test_the_frame_is_as_high_as_the_app(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    shown.button(f"Play {shown.names()[0]}").click()
    expect(shown.app.get_by_role("img", name="Waveform and spectrogram")).to_be_visible()
    height = shown.frame().evaluate("document.documentElement.scrollHeight")
    # A height between two pixels is told rounded up by the bridge, and rounded by the browser.
    expect(shown.page.locator("#app")).to_have_css("height", re.compile(f"^({height}|{height + 1})px$"))


def test_the_app_takes_the_whole_window_and_gives_it_back(chat: Open) -> None:
    shown = chat("search_by_text", KICK)
    shown.button("Larger").click()
    shown.button("Back into the chat").click()
    expect(shown.button("Larger")).to_be_visible()


def test_a_palettes_sounds_are_heard_replaced_and_used(chat: Open) -> None:
    shown = chat("build_palette", TECHNO)
    names = shown.names()
    picks = shown.kept("result")["structuredContent"]["picks"]
    assert names == [Path(pick["path"]).name for pick in picks]
    shown.play(names[0])
    other = picks[0]["alternatives"][0]
    shown.button(f"Replace {names[0]}").click()
    expect(shown.rows.first.locator(".name").first).to_have_text(Path(other["path"]).name)
    expect(shown.app.get_by_role("heading", name="Fight for one band")).to_be_visible()
    ids = [other["sample_id"], *(pick["sample_id"] for pick in picks[1:])]
    assert shown.called("describe_palette") == [{"samples": ids, "target": TECHNO["brief"]}]
    shown.button("Use this palette").click()
    assert re.findall(r"\(sample_id (\w+)\)", shown.told()) == ids
    assert other["path"] in shown.told()


def test_what_is_kept_stays_when_the_palette_is_built_again(chat: Open) -> None:
    shown = chat("build_palette", TECHNO)
    names = shown.names()
    shown.button(f"Keep {names[2]}").click()
    expect(shown.button(f"Replace {names[2]}")).to_be_disabled()
    expect(shown.rows.nth(1).locator("summary")).to_have_count(1)
    expect(shown.rows.nth(2).locator("summary")).to_have_count(0)
    shown.app.get_by_role("textbox", name="Brief").fill("soft ambient, 80 BPM")
    shown.button("Build again").click()
    expect(shown.button(f"Keep {names[2]}")).to_have_attribute("aria-pressed", "true")
    expect(shown.status).to_have_text(re.compile(r"^\d+ sounds$"))
    kept = shown.kept("result")["structuredContent"]["picks"][2]["sample_id"]
    assert shown.called("build_palette") == [{"brief": "soft ambient, 80 BPM", "roles": [], "locked": [kept]}]
    assert names[2] in shown.names()
    assert shown.names() != names


def test_what_the_model_locked_by_its_path_stays_when_the_palette_is_built_again(chat: Open) -> None:
    found = chat("build_palette", TECHNO)
    name = found.names()[0]
    pick = found.kept("result")["structuredContent"]["picks"][0]
    shown = chat("build_palette", {**TECHNO, "locked": [pick["path"]]})
    expect(shown.button(f"Keep {name}")).to_have_attribute("aria-pressed", "true")
    shown.button("Build again").click()
    expect(shown.status).to_have_text(re.compile(r"^\d+ sounds$"))
    assert shown.called("build_palette")[0]["locked"] == [pick["sample_id"]]


def test_another_sound_is_heard_before_it_is_taken(chat: Open) -> None:
    shown = chat("build_palette", TECHNO)
    shown.names()
    other = Path(shown.kept("result")["structuredContent"]["picks"][1]["alternatives"][1]["path"]).name
    shown.rows.nth(1).locator("summary").click()
    shown.play(other)
    shown.rows.nth(1).get_by_role("button", name=f"Take {other}").click()
    expect(shown.rows.nth(1).locator(".name").first).to_have_text(other)


def test_a_described_palette_says_what_it_lacks_and_finds_others(chat: Open) -> None:
    built = chat("build_palette", TECHNO)
    built.names()
    ids = [pick["sample_id"] for pick in built.kept("result")["structuredContent"]["picks"]][:3]
    shown = chat("describe_palette", {"samples": ids, "target": "techno"})
    first = shown.names()[0]
    shown.button("Look for bass").click()
    assert shown.told().startswith("Find a sound for the role bass that goes with this palette")
    known = shown.kept("contexts")[-1]
    assert [sound["sample_id"] for sound in known["structuredContent"]["palette"]] == ids
    assert "Find a sound" not in known["content"][0]["text"]  # which would be asked with every message from here on
    shown.button(f"Replace {first}").click()
    expect(shown.button(f"Replace {first}")).not_to_be_visible()
    assert shown.called("build_palette")[0]["locked"] == ids[1:]


@pytest.mark.parametrize("tool", ["build_palette", "describe_palette"])
def test_text_alone_shows_and_plays_the_same_palette(chat: Open, tool: str) -> None:
    typed = chat("build_palette", TECHNO)
    names = typed.names()
    ids = [pick["sample_id"] for pick in typed.kept("result")["structuredContent"]["picks"]]
    plain = chat(tool, TECHNO if tool == "build_palette" else {"samples": ids}, text="1")
    assert plain.names() == names
    plain.play(names[0])
    plain.button("Use this palette").click()
    assert re.findall(r"\(sample_id (\w+)\)", plain.told()) == ids
    plain.button(f"Replace {names[0]}").click()
    expect(plain.button(f"Replace {names[0]}")).not_to_be_visible()
