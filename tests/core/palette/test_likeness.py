"""Cohesion and nearest words on vectors whose answer is known."""

import numpy as np
import pytest

from soundpalette.core.palette import cohesion, nearest_words
from soundpalette.core.palette.likeness import duplicates
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
    assert duplicates([loop, member("b", traits(126, "A minor"), 5, 4.5)]) == ((0, 1),)
    assert duplicates([loop, member("c", traits(), 5, 4.0)]) == ((0, 1),)
    assert duplicates([loop, member("longer", traits(126, "A minor"), 0, 5.5)]) == ()
    assert duplicates([loop, member("other key", traits(126, "B minor"), 0, 4.0)]) == ()
    assert duplicates([loop, member("other tempo", traits(120, "A minor"), 0, 4.2)]) == ()
    assert duplicates([loop, member("other sound", traits(126, "A minor"), 20, 4.0)]) == ()
