"""Counts of a library whose parts are known."""

import pytest

from soundpalette.core.overview import TOP_LEVEL, tally, tempo_band
from soundpalette.core.types import Fact
from tests.core.palette.values import traits


def test_samples_are_counted_most_frequent_first() -> None:
    counted = tally(
        [
            ("Pack A/kicks/1.wav", traits(role="kick")),
            ("Pack A/kicks/2.wav", traits(role="kick", genre=Fact("techno", "name", 0.9))),
            ("Pack B/bass 126 Am.wav", traits(126, "A minor", role="bass")),
            ("loose.wav", traits()),
            ("Pack B/not analysed yet.wav", None),
        ]
    )
    assert list(counted.roles.items()) == [("kick", 2), ("bass", 1)]
    assert list(counted.packs.items()) == [("Pack A", 2), ("Pack B", 2), (TOP_LEVEL, 1)]
    assert counted.kinds == {"one-shot": 3, "loop": 1}
    assert (counted.genres, counted.keys, counted.tempos) == ({"techno": 1}, {"A minor": 1}, {"125-134": 1})
    assert (counted.without_role, counted.loops_without_tempo) == (2, 0)


@pytest.mark.parametrize(
    ("bpm", "band"), [(60, "below 80"), (80, "80-99"), (124.9, "115-124"), (169.9, "150-169"), (174, "170 and above")]
)
def test_tempos_fall_into_bands(bpm: float, band: str) -> None:
    assert tempo_band(bpm) == band
