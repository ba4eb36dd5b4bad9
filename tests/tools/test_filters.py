"""Filters at the wire: what is published is what there is, and what cannot be a filter is one sentence."""

import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.music.words import load_vocabulary
from soundpalette.core.types import Filters
from soundpalette.errors import RequestError
from soundpalette.tools.filters import PUBLISHED, checked

ROLES = load_vocabulary().roles


def test_every_filter_is_published_in_its_order() -> None:
    assert list(PUBLISHED) == [field.name for field in fields(Filters)]


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (Filters(min_bpm=130, max_bpm=120), "min_bpm is 130 and max_bpm 120, which nothing can meet; swap them"),
        (Filters(min_seconds=3, max_seconds=2), "min_seconds is 3 and max_seconds 2"),
        (Filters(min_bpm=-1), "min_bpm is -1; 0 (any) to 999 are allowed"),
        (Filters(max_bpm=math.nan), "max_bpm is nan; 0 (any) to 999"),
        (Filters(max_seconds=math.inf), "max_seconds is inf; 0 (any) to 86,400"),
        (Filters(key="H"), "'H' is no key"),
        (Filters(role="kik"), "role is 'kik'; any or one of these is allowed: kick, snare"),
        (Filters(genre="x" * 65), "genre has 65 characters; up to 64 are allowed"),
        (Filters(folder="x" * 1025), "folder has 1,025 characters"),
        (Filters(tag="\udc80"), "tag is '', which is no valid Unicode"),
        (Filters(folder="a\0b"), "folder is 'ab', which is no valid Unicode"),
    ],
)
def test_what_is_no_filter_is_one_sentence(filters: Filters, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        checked(filters, ROLES)
    assert str(caught.value).startswith(sentence)


def test_what_is_a_filter_passes_as_it_came() -> None:
    for filters in (
        Filters(),
        Filters(124, 124, True, "8A", "compatible", "kick"),
        Filters(min_bpm=120),
        Filters(role=""),
    ):
        assert checked(filters, ROLES) == filters


@given(
    st.builds(
        Filters,
        min_bpm=st.floats(),
        max_bpm=st.floats(),
        key=st.text(),
        role=st.text(),
        genre=st.text(st.characters()),
        folder=st.text(st.characters(codec=None), max_size=2000),
        tag=st.text(max_size=100),
    )
)
def test_whatever_comes_is_a_filter_or_a_request_error(filters: Filters) -> None:
    try:
        assert checked(filters, ROLES) is filters
    except RequestError as error:
        assert len(str(error)) < 400
