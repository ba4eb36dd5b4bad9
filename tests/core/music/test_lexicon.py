"""The vocabulary's tables, and what phrases of names say."""

import tomllib
from importlib.resources import files

from soundpalette.core.music.lexicon import Said, said, said_in

TABLE = tomllib.loads((files("soundpalette.core") / "vocabulary.toml").read_text("utf-8"))


def test_every_role_that_names_may_say_is_one_of_the_vocabulary() -> None:
    for table in ("role_words", "role_hints", "role_codes"):
        assert set(TABLE[table]) <= set(TABLE["roles"])
    assert set(TABLE["role_words"]) == set(TABLE["roles"])


def test_the_longest_phrase_wins() -> None:
    assert said_in("bass drum").roles == ("kick",)
    assert said_in("drum and bass") == Said(genres=("drum and bass",))
    assert said_in("deep house kick") == Said(roles=("kick",), genres=("deep house",))


def test_a_plural_says_what_its_singular_says() -> None:
    assert said_in("Kicks").roles == ("kick",)
    assert said_in("808s").roles == ("bass",)


def test_what_is_denied_is_not_said() -> None:
    assert said_in("loop no kick without hats") == Said(kinds=("loop",))


def test_no_phrase_is_read_across_a_bracket() -> None:
    assert said_in("Drum (Loop)").roles == ()


def test_codes_count_in_capitals_or_first_where_no_role_is_spelled() -> None:
    assert said(["BD", "01"]).roles == ("kick",)
    assert said(["bd", "haus"]).roles == ("kick",)
    assert said(["Oh", "Yeah"]).roles == ()
    assert said(["OH", "Bass"]).roles == ("bass",)
