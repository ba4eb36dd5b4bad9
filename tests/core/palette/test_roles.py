"""Kinds of palettes, and the roles that they lack."""

import tomllib
from importlib.resources import files

import pytest

from soundpalette.core.palette import roles


@pytest.mark.parametrize(
    ("text", "genres", "there", "kind"),
    [
        ("dark minimal techno", [], [], "house and techno"),
        ("Liquid DnB roller", [], [], "drum and bass"),
        ("for a lo-fi beat tape", [], [], "hip hop and trap"),
        ("warm", ["ambient", "techno", "ambient"], ["kick"], "ambient and film"),
        ("popcorn and pophouses", [], [], "any"),
        ("", [], ["kick", "snare"], "drum kit"),
        ("", [], ["kick", "bass"], "any"),
        ("", [], [], "any"),
    ],
)
def test_a_palettes_kind_is_told_by_words_then_genres_then_roles(
    text: str, genres: list[str], there: list[str], kind: str
) -> None:
    assert roles.kind_of(text, genres, there).name == kind


def test_one_of_a_slots_roles_is_enough() -> None:
    techno = roles.kind_of("techno", [], [])
    lacking = roles.lacking(techno, ["kick", "snare", "clap", "drum loop", "keys"])
    assert lacking == ("hi-hat", "bass", "lead", "fx")


def test_the_roles_of_every_kind_are_those_of_the_vocabulary() -> None:
    vocabulary = tomllib.loads((files("soundpalette.core") / "vocabulary.toml").read_text("utf-8"))["roles"]
    for kind in roles._kinds():
        assert {role for slot in kind.slots for role in slot} <= set(vocabulary)
        assert len(kind.slots) >= 5
    assert set(vocabulary) > roles.DRUMS | roles.TONAL
