"""Tempo and key out of a brief, and what is left of its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.palette import Brief, parse
from soundpalette.errors import RequestError


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("dark minimal techno, 126 BPM, A minor", Brief("dark minimal techno", 126, "A minor")),
        ("warm melodic techno at 124bpm in F#m", Brief("warm melodic techno", 124, "F# minor")),
        ("174 bpm liquid dnb, Bb major", Brief("liquid dnb", 174, "A# major")),
        ("boom bap 87.5 BPM Emin, dusty", Brief("boom bap, dusty", 87.5, "E minor")),
        ("ambient in d minor", Brief("ambient", None, "D minor")),
        ("a minor change of mood", Brief("a minor change of mood", None, "")),
        ("house, C♯ maj", Brief("house", None, "C# major")),
        ("Cb minor drone", Brief("drone", None, "B minor")),
        ("808s and a 909 kit", Brief("808s and a 909 kit", None, "")),
        ("dreamy game pad, Am", Brief("dreamy game pad", None, "A minor")),
        ("I am after a warm pad in Am", Brief("I am after a warm pad", None, "A minor")),
        ("in a minor way, A minor", Brief("in a minor way", None, "A minor")),
        ("pad at around 120 bpm in the key of F#m", Brief("pad", 120, "F# minor")),
        ("F#m pad in the dark at 120 bpm", Brief("pad in the dark", 120, "F# minor")),
        ("Am I dreaming", Brief("Am I dreaming", None, "")),
        ("lo-fi, 3 takes of a bass", Brief("lo-fi, 3 takes of a bass", None, "")),
        ("126 BPM", Brief("", 126, "")),
    ],
)
def test_tempo_and_key_are_read_and_taken_out(text: str, brief: Brief) -> None:
    assert parse(text) == brief


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("warm melodic techno at 124 BPM", ("techno",)),
        ("Lo-Fi hip hop", ("lo-fi",)),
        ("liquid DnB", ("drum and bass",)),
        ("funky electro", ("funk", "electro")),
        ("no house", ()),
        ("metal hits", ()),
        ("", ()),
    ],
)
def test_genres_are_read_as_samples_have_them(text: str, genres: tuple[str, ...]) -> None:
    assert parse(text).genres == genres


def test_what_is_given_beside_the_text_wins() -> None:
    assert parse("techno, 126 BPM, A minor", 130, "bbm") == Brief("techno", 130, "A# minor")


@pytest.mark.parametrize("key", ["H", "H minor", "A", "minor", "A dorian", "8Z", "x" * 1000])
def test_a_key_that_is_none_is_told(key: str) -> None:
    with pytest.raises(RequestError, match='is no key; .*write it as "A minor", "F#min", "Bb major" or "8A"'):
        parse("techno", key=key)


@pytest.mark.parametrize("bpm", [-5, 3, 401, 1e9, float("nan"), float("inf")])
def test_a_tempo_beyond_bounds_is_told(bpm: float) -> None:
    with pytest.raises(RequestError, match=r"the tempo is .* BPM; 20 to 400 are allowed"):
        parse("techno", bpm)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        brief = parse(text)
    except RequestError as error:
        assert "BPM; 20 to 400" in str(error)
        return
    assert len(brief.words) <= len(text)
    assert brief.bpm is None or 20 <= brief.bpm <= 400
    assert brief.key == "" or parse("", key=brief.key).key == brief.key
