"""Who may ask."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from soundpalette.app import App
from soundpalette.config import Config, ServerSection, load_config
from soundpalette.errors import ConfigError, VectorIndexError
from soundpalette.server.security import LOOPBACK, Access, session_of
from soundpalette.server.sentences import outward
from soundpalette.tools.workbench import _reaches_away

TOKEN = "0123456789abcdef"


@given(st.text())
def test_no_host_but_ours_is_known(host: str) -> None:
    name = host.lower().rpartition(":")[0] or host.lower()
    known = Access(hosts=("sounds.example.org:8443",)).knows_host(host)
    assert not known or name.strip("[]") in (*LOOPBACK, "sounds.example.org") or host.lower() in LOOPBACK


@given(st.text(), st.sampled_from(["localhost:8765", "[::1]:1"]))
def test_no_origin_but_ours_is_known(origin: str, host: str) -> None:
    assert Access().knows_origin(origin, host) is (origin.lower() in (f"http://{host}", f"https://{host}"))


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
def test_no_token_but_ours_is_known(given_token: str) -> None:
    headers = Headers(raw=[(b"authorization", f"Bearer {given_token}".encode("latin-1"))])
    assert Access(TOKEN).knows(headers) is (given_token.strip() == TOKEN)


@pytest.mark.parametrize("host", ["fd00::1", "[fd00::1]", "[fd00::1]:8765"])
def test_an_ipv6_name_is_known_in_any_spelling(host: str) -> None:
    assert Access(hosts=(host,)).knows_host("[FD00::1]:8765")


def test_the_cookie_does_not_tell_the_token() -> None:
    assert session_of(TOKEN) != session_of(TOKEN + "0")
    assert TOKEN not in session_of(TOKEN)
    assert Access(TOKEN).knows(Headers({"cookie": f"a=b; soundpalette={session_of(TOKEN)}"}))


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("the index in /home/me/index is damaged", "the index cannot be used; the server's log says why"),
        ("the index in C:\\Users\\me is damaged", "the index cannot be used; the server's log says why"),
        ("there is no index yet; run `soundpalette index`", "there is no index yet; run `soundpalette index`"),
    ],
)
def test_where_the_server_keeps_its_files_stays_inside(sentence: str, told: str) -> None:
    assert str(outward(VectorIndexError(sentence))) == told


@pytest.mark.parametrize("token", ["short", " " * 30, "pass word\n" * 3, "p\u00e4ssword" * 3])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token: str) -> None:
    with pytest.raises(ConfigError, match="16 or more printable ASCII characters") as told:
        _ = App(Config(server=ServerSection(token=token))).token
    assert token.strip() == "" or token.strip() not in str(told.value)


def test_white_space_around_a_token_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"  {TOKEN} \nnot this\n")
    assert App(Config(server=ServerSection(token=f" {TOKEN}\n"))).token == TOKEN
    assert App(Config(server=ServerSection(token_file=str(tmp_path / "token")))).token == TOKEN


def test_a_token_of_the_wrong_type_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[server]\ntoken = 1234567890123456789\n")
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", str(tmp_path / "c.toml"))
    with pytest.raises(ConfigError) as told:
        load_config()
    assert "12345" not in str(told.value)


@pytest.mark.parametrize(
    "reference", ["\\\\evil\\share\\x.wav", "//evil/share/x.wav", "\\\\?\\C:\\x.wav", "\\\\.\\NUL"]
)
def test_names_of_other_machines_are_refused_before_they_are_looked_at(reference: str) -> None:
    assert _reaches_away(reference, [Path("/library")])
    assert not _reaches_away("\\\\nas\\sounds\\x.wav", [Path("\\\\NAS\\sounds")])
    assert not _reaches_away("drums/kick.wav", [Path("/library")])
