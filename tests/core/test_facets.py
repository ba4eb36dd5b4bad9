"""Counts by what filters choose, against brute force over small random catalogues."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.facets import UNFILTERED, FacetCounter
from soundpalette.core.overview import tempo_band
from soundpalette.core.types import Filters, NewSample, Space
from soundpalette.errors import RequestError
from tests.core.test_overview import sample

SPACE = Space("test", "0", 4)
VALUES: dict[str, list[Any]] = {
    "role": ["kick", "bass", "pad"],
    "kind": ["loop", "one-shot"],
    "key": ["A minor", "C major", "D# minor"],
    "genre": ["techno", "dub techno"],
    "bpm": [79.9, 80.0, 126.0, 134.7, 170.0, 252.0],
}
SOUNDS = st.fixed_dictionaries(
    {"folder": st.sampled_from(["Pack A/", "Pack A/x/", "Pack B/", ""])},
    optional={name: st.sampled_from(values) for name, values in VALUES.items()},
)
FILTERS = st.builds(
    Filters,
    role=st.sampled_from(["any", "kick", "bass"]),
    kind=st.sampled_from(["any", "loop"]),
    key=st.sampled_from(["", "A minor"]),
    key_match=st.sampled_from(["exact", "relative"]),
    genre=st.sampled_from(["", "Dub-Techno"]),
    min_bpm=st.sampled_from([0, 80, 126]),
    max_bpm=st.sampled_from([0, 134, 170]),
    half_double=st.booleans(),
    folder=st.sampled_from(["", "Pack A"]),
    max_seconds=st.sampled_from([0.0, 0.5]),
)


def filled(catalogue: Catalogue, sounds: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The sounds by the ids that they get."""
    root = catalogue.add_root(Path("/library")).id
    found: list[NewSample] = []
    for number, told in enumerate(sounds):
        known = {name: value for name, value in told.items() if name != "folder"}
        found.append(replace(sample(f"{told['folder']}{number}.wav", **known), root_id=root, seconds=number / 10 + 0.1))
    catalogue.commit(SPACE, found, [])
    ids = [catalogue.sample_at(root, one.path) for one in found]
    return {one.id: told for one, told in zip(ids, sounds, strict=True) if one is not None}


def choice(subject: str, told: dict[str, Any]) -> str | None:
    """What a sound has of a subject."""
    if subject == "tempos":
        return tempo_band(told["bpm"]) if "bpm" in told else None
    if subject == "packs":
        return told["folder"].split("/")[0] or None
    return told.get(subject[:-1])


@settings(max_examples=40, deadline=None)
@given(st.lists(SOUNDS, max_size=12), FILTERS)
def test_each_subject_is_counted_as_if_it_were_not_filtered_by_itself(
    sounds: list[dict[str, Any]], wanted: Filters
) -> None:
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder, "catalogue.sqlite"))
        known = filled(catalogue, sounds)
        counted = FacetCounter(catalogue, catalogue.select).of(wanted)
        assert counted.matching == len(catalogue.select(wanted))
        for subject, without in UNFILTERED.items():
            passing = [f"{number:012x}" for number in catalogue.select(replace(wanted, **without))]
            expected = Counter(one for id_ in passing if (one := choice(subject, known[id_])))
            assert counted.subjects[subject] == expected
        catalogue.close()


def test_the_most_frequent_choice_comes_first(catalogue: Catalogue) -> None:
    filled(catalogue, [{"folder": "", "role": role} for role in ("pad", "kick", "kick", "bass")])
    counted = FacetCounter(catalogue, catalogue.select).of(Filters())
    assert list(counted.subjects["roles"].items()) == [("kick", 2), ("bass", 1), ("pad", 1)]


def test_what_came_since_is_counted(catalogue: Catalogue) -> None:
    counter = FacetCounter(catalogue, catalogue.select)
    assert (counter.of(Filters()).matching, counter.of(Filters(role="kick")).matching) == (0, 0)
    filled(catalogue, [{"folder": "", "role": "kick"}, {"folder": ""}])
    assert (counter.of(Filters()).matching, counter.of(Filters(role="kick")).matching) == (2, 1)


def test_what_went_while_it_is_counted_is_left_out(catalogue: Catalogue) -> None:
    filled(catalogue, [{"folder": "", "role": "kick"}])
    stranger = np.array([5], np.int64)
    assert FacetCounter(catalogue, lambda _: stranger).of(Filters(role="kick")).matching == 0


def test_a_key_that_is_none_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(RequestError, match="H minor"):
        FacetCounter(catalogue, catalogue.select).of(Filters(key="H minor"))
