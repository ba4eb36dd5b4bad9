"""What goes with sounds already chosen, on vectors and traits whose answer is known."""

import numpy as np
import pytest

from soundpalette.core.palette.company import fit
from soundpalette.core.types import Traits, Vectors
from tests.core.palette.values import PLAIN, traits

NEAR_AND_FAR: Vectors = np.eye(2, dtype=np.float32)
CHOSEN = NEAR_AND_FAR[:1]


def told(*known: Traits | None, company: Traits) -> list[float]:
    """Of a sound that is near to the one chosen, and one that is far from it."""
    return [float(mark) for mark in fit(NEAR_AND_FAR, known, CHOSEN, [company])]


def test_where_nothing_else_is_known_likeness_alone_counts() -> None:
    assert told(PLAIN, None, company=traits(120, "A minor")) == [1, 0]
    assert told(traits(120, "A minor"), traits(120), company=PLAIN) == [1, 0]


def test_tempo_and_key_count_as_much_as_likeness_where_both_sides_have_them() -> None:
    fitting, clashing = traits(120, "A minor"), traits(150, "D# major")
    assert told(clashing, fitting, company=fitting) == pytest.approx([1 / 3, 2 / 3], abs=0.01)
    assert told(traits(150), traits(120), company=fitting) == pytest.approx([1 / 2, 1 / 2], abs=0.01)


@pytest.mark.parametrize("bpm", [60, 120, 240])
def test_half_and_double_time_go_together(bpm: float) -> None:
    assert told(traits(bpm), None, company=traits(120))[0] == pytest.approx(1)


def test_a_root_in_the_key_fits_better_than_one_outside() -> None:
    inside, outside = (told(traits(root=root), None, company=traits(key="A minor"))[0] for root in ("E2", "F#2"))
    assert inside > outside
