"""Counts of a library whose parts are known."""

import pytest

from soundpalette.core.overview import TOP_LEVEL, Line, tally, tempo_band


def test_samples_are_counted_most_frequent_first() -> None:
    counted = tally(
        [
            Line("Pack A/kicks/1.wav", "one-shot", "kick", None, None, None),
            Line("Pack A/kicks/2.wav", "one-shot", "kick", "techno", None, None),
            Line("Pack B/bass 126 Am.wav", "loop", "bass", None, "A minor", 126.0),
            Line("loose.wav", "loop", None, None, None, None),
            Line("Pack B/not analysed yet.wav", None, None, None, None, None),
        ]
    )
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
