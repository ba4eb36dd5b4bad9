"""Cohesion and nearest words on vectors whose answer is known."""

import numpy as np
import pytest

from soundpalette.core.palette import cohesion, nearest_words
from soundpalette.core.palette.likeness import duplicates
from soundpalette.core.ranking import Candidates, collapse
from tests.core.palette.values import member, traits


def test_the_odd_one_out_is_named() -> None:
    together = cohesion(np.array([[1, 0, 0], [0.8, 0.6, 0], [1, 0, 0], [0, 0, 1]], np.float32))
    assert together.outlier == 3
    assert together.mean == pytest.approx((1 + 0.8 + 0.8) / 6)
    assert together.each[3] == pytest.approx(0)


def test_one_and_two_sounds_have_no_outlier() -> None:
    assert cohesion(np.eye(3, dtype=np.float32)[:1]).outlier is None
    assert cohesion(np.eye(3, dtype=np.float32)[:2]).outlier is None
    assert cohesion(np.eye(3, dtype=np.float32)[:1]).mean == 1


def test_words_come_nearest_first() -> None:
    words = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    assert nearest_words(np.array([[0.1, 1.0], [0.0, 1.0]], np.float32), ["a", "b", "c"], words, 2) == ["b", "c"]


def test_only_what_is_alike_in_sound_length_tempo_and_key_is_a_near_duplicate() -> None:
    loop = member("a", traits(126, "A minor"), 0, 4.0)
    others = {
        "same": member("b", traits(126, "A minor"), 5, 4.5),
        "nothing told": member("c", traits(), 5, 4.0),
        "longer": member("d", traits(126, "A minor"), 0, 6.5),
        "other key": member("e", traits(126, "B minor"), 0, 4.0),
        "other tempo": member("f", traits(120, "A minor"), 0, 4.2),
        "other sound": member("g", traits(126, "A minor"), 20, 4.0),
    }
    assert [name for name, other in others.items() if duplicates([loop, other], 0.6)] == ["same", "nothing told"]


def test_a_palettes_near_duplicates_are_those_that_a_search_shows_as_one() -> None:
    """Cosines on both sides of the least one, in libraries whose sounds lie near together and far apart."""
    for distance, apart in ((0.2, 7), (0.6, 12.5), (1.0, 16)):
        for degrees, same in ((apart, True), (apart + 1, False)):
            pair = [member("a", traits(), 0), member("b", traits(), degrees, 1.4)]
            found = Candidates(np.stack([one.vector for one in pair]), ["a", "b"], [one.seconds for one in pair])
            assert (len(collapse(found, distance)) == 1) is same
            assert bool(duplicates(pair, distance)) is same
