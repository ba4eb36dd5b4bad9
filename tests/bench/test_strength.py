"""The bench's own arithmetic."""

import pytest

from bench.strength import Outcome, area, told


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    assert area([0.9, 0.8], [0.1, 0.2]) == 1
    assert area([0.5], [0.5]) == 0.5
    assert area([0.9, 0.1], [0.5, 0.5]) == pytest.approx(0.5)


def test_words_are_counted_with_the_class_and_without() -> None:
    outcome = Outcome([0.9, 0.6], [0.6, 0.1], [True, False])
    assert told("x", outcome).splitlines()[1:] == [
        "  there     strong 1  fair 1  weak 0",
        "  taken out strong 0  fair 1  weak 1",
    ]
    assert outcome.understood() == Outcome([0.9], [0.6], [True])
