"""One entry more in a JSON file of somebody else's."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.clients.document import Document
from soundpalette.errors import InstallError

ENTRY = {"command": "/venv/bin/soundpalette", "args": ["serve"]}


def changed(text: str, comments: bool = False) -> str:
    return Document(text, comments).with_entry("servers", "soundpalette", ENTRY)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
OTHERS = st.dictionaries(st.text().filter(lambda key: key != "servers"), VALUES, max_size=4)
SERVERS = st.none() | st.dictionaries(st.text().filter(lambda key: key != "soundpalette"), VALUES, max_size=3)


@given(
    before=OTHERS,
    servers=SERVERS,
    after=OTHERS,
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    ascii_only=st.booleans(),
)
def test_whatever_stands_there_stays_in_its_order_and_the_second_time_changes_nothing(
    before: dict[str, Any], servers: dict[str, Any] | None, after: dict[str, Any], indent: int, ascii_only: bool
) -> None:
    old = before | ({} if servers is None else {"servers": servers}) | after
    text = changed(json.dumps(old, indent=indent, ensure_ascii=ascii_only))
    new = json.loads(text)
    assert new == old | {"servers": (servers or {}) | {"soundpalette": ENTRY}}
    assert list(new)[: len(old)] == list(old)
    assert list(new["servers"])[:-1] == list(servers or {})
    assert changed(text) == text


@given(text=st.text(alphabet='{}[]:,"/*\\ \n1aservers', max_size=40), comments=st.booleans())
def test_any_text_is_changed_to_json_or_refused(text: str, comments: bool) -> None:
    try:
        result = changed(text, comments)
    except InstallError:
        return
    assert changed(result, comments) == result
    if not comments:
        assert json.loads(result)["servers"]["soundpalette"] == ENTRY


def test_every_other_character_stays() -> None:
    text = '{ "numbers": [1.50, 1e3],\r\n\t"servers" : {"other":{"command":"x"} } , "é": "\\u00e9"}\r\n'
    result = changed(text)
    start = result.index(',\r\n\t\t"soundpalette"')
    end = result.index("\r\n\t}", start)
    assert result[:start] + " " + result[end + 3 :] == text
    assert result[start:end].count("\r\n") == result[start:end].count("\n")


COMMENTED = """// mine
{
    "inputs": [], // none, "yet"
    "servers": {
        /* "soundpalette": {}, */
        "docs": { "type": "http", "url": "https://example.com//mcp" }, // last
    },
}
"""


def test_comments_and_trailing_commas_stay_where_the_client_reads_them() -> None:
    result = changed(COMMENTED, comments=True)
    kept, added = result.split("// last\n")
    assert COMMENTED.startswith(kept)
    assert added.startswith('        "soundpalette": {\n            "command"')
    assert added.endswith("        }\n    },\n}\n")
    assert changed(result, comments=True) == result
    with pytest.raises(InstallError, match="not valid JSON"):
        changed(COMMENTED)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", '{\n  "servers": {\n    "soundpalette": {\n      "command": '),
        ("{}", '{\n  "servers": {\n    "soundpalette": {\n      "command": '),
        ("{\n\n}", '{\n  "servers": {\n    "soundpalette": {\n      "command": '),
        ('{"servers": {\n}}', '{"servers": {\n    "soundpalette": {\n      "command": '),
    ],
)
def test_an_empty_file_is_begun(text: str, result: str) -> None:
    assert changed(text).startswith(result)
    assert json.loads(changed(text)) == {"servers": {"soundpalette": ENTRY}}


def test_an_older_entry_keeps_what_is_not_ours() -> None:
    older = {"command": "/old/soundpalette", "args": [], "env": {"A": "1", "SOUNDPALETTE_CONFIG": "/old"}, "x": [1]}
    text = json.dumps({"servers": {"soundpalette": older, "other": {}}})
    wanted = ENTRY | {"env": {"SOUNDPALETTE_CONFIG": "/new"}}
    result = json.loads(Document(text).with_entry("servers", "soundpalette", wanted))
    assert result["servers"]["soundpalette"] == wanted | {"env": {"A": "1", "SOUNDPALETTE_CONFIG": "/new"}, "x": [1]}
    assert list(result["servers"]) == ["soundpalette", "other"]


def test_an_entry_that_is_reached_by_its_address_is_replaced() -> None:
    text = '{"servers": {"soundpalette": {"url": "http://127.0.0.1:8765/mcp"}}}'
    assert json.loads(changed(text)) == {"servers": {"soundpalette": ENTRY}}


def test_of_two_equal_keys_the_one_that_readers_see_is_changed() -> None:
    text = '{"servers": {"a": {}}, "servers": {"b": {}}}'
    assert json.loads(changed(text)) == {"servers": {"b": {}, "soundpalette": ENTRY}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "it is no object"),
        ('{"servers": []}', "servers is no object"),
        ('{"servers": null}', "servers is no object"),
        ('{"servers": {}', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("{'servers': {}}", "not valid JSON"),
    ],
)
def test_what_is_no_object_is_refused(text: str, words: str) -> None:
    with pytest.raises(InstallError, match=words):
        changed(text)
