"""Names of strangers, cleaned."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from soundpalette.tools.names import clean


def test_control_and_direction_characters_go_and_the_rest_stays() -> None:
    assert clean("two\nlines\x1b[31m \u202egnp.wav\u2066") == "twolines[31m gnp.wav"
    assert clean("Übung – naïve 🥁 日本.wav") == "Übung – naïve 🥁 日本.wav"


def test_the_middle_of_a_long_name_is_left_out() -> None:
    assert clean("a" * 50 + "b" * 50, 11) == "aaaaa…bbbbb"


@given(st.text(), st.integers(3, 50))
def test_no_name_steers_a_display_or_passes_the_bound(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
