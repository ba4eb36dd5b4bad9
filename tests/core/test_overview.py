"""Counts of a library whose parts are known."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.music.analysis import unheard
from soundpalette.core.music.clues import Clues
from soundpalette.core.overview import TOP_LEVEL, tempo_band
from soundpalette.core.types import Fact, NewSample, Space

SILENT = unheard(Path("nothing.wav"), Clues())


def sample(path: str, **known: str | float) -> NewSample:
    told: dict[str, Any] = {name: Fact(value, "name", 0.9) for name, value in known.items()}
    traits = replace(SILENT, **told) if known else None
    return NewSample("r", path, 1, 1, path, 1.0, 44_100, 1, None, None, None, traits, "2")


def test_samples_are_counted_most_frequent_first(catalogue: Catalogue) -> None:
    root = catalogue.add_root(Path("/library")).id
    samples = [
        sample("Pack A/kicks/1.wav", kind="one-shot", role="kick"),
        sample("Pack A/kicks/2.wav", kind="one-shot", role="kick", genre="techno"),
        sample("Pack B/bass 126 Am.wav", kind="loop", role="bass", key="A minor", bpm=126.0),
        sample("loose.wav", kind="loop"),
        sample("Pack B/not analysed yet.wav"),
    ]
    catalogue.commit(Space("test", "0", 4), [replace(one, root_id=root) for one in samples], [])
    counted = catalogue.tally()
    assert counted.samples == 5
    assert list(counted.roles.items()) == [("kick", 2), ("bass", 1)]
    assert list(counted.packs.items()) == [("Pack A", 2), ("Pack B", 2), (TOP_LEVEL, 1)]
    assert counted.kinds == {"one-shot": 2, "loop": 2}
    assert (counted.genres, counted.keys, counted.tempos) == ({"techno": 1}, {"A minor": 1}, {"125-134": 1})
    assert (counted.without_role, counted.loops_without_tempo) == (2, 1)


@pytest.mark.parametrize(
    ("bpm", "band"), [(60, "below 80"), (80, "80-99"), (124.9, "115-124"), (169.9, "150-169"), (174, "170 and above")]
)
def test_tempos_fall_into_bands(bpm: float, band: str) -> None:
    assert tempo_band(bpm) == band
