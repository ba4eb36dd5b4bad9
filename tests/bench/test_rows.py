"""A row's arithmetic."""

import pytest

from bench.rows import Row, Spread, median, spread, told


def test_the_ratio_of_equally_many_figures_is_the_median_of_pairs() -> None:
    row = Row("query", (1.0, 4.0, 9.0), (1.0, 2.0, 3.0), "ms")
    assert row.ratio == 2
    assert Row("query", (1.0, 8.0, 9.0), (1.0, 2.0, 9.0), "ms").ratio == 1  # and not 8 / 2, that of the medians
    assert row.difference == 2


def test_the_ratio_of_unequally_many_figures_is_that_of_the_medians() -> None:
    assert Row("query", (6.0,), (1.0, 2.0, 10.0), "ms").ratio == 3


def test_without_a_baseline_there_is_no_ratio() -> None:
    row = Row("memory", (0.8,), (), "GB", "ours <= 0.9")
    assert (row.ratio, row.difference, row.met) == (None, None, True)
    assert Row("hits", (1.0,), (0.0,), "").ratio is None


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        ("<= 2", True), ("<= 1.9", False), (">= 2", True), (">= 2.5", False),
        ("ours <= 6", True), ("ours >= 6.5", False), ("difference <= 3", True), ("difference <= 2.9", False),
        ("", None),
    ],
)  # fmt: skip
def test_a_goal_is_met_or_not(goal: str, met: bool | None) -> None:
    assert Row("query", (6.0,), (3.0,), "ms", goal).met is met


@pytest.mark.parametrize("goal", ["6x", ">= six", "> 6", "theirs <= 3"])
def test_a_goal_that_cannot_be_read_is_told(goal: str) -> None:
    with pytest.raises(ValueError, match=r"the goal is '.*'; allowed are"):
        Row("query", (1.0,), (1.0,), "ms", goal)


def test_a_row_wants_figures_to_compare() -> None:
    with pytest.raises(ValueError, match="no figure came"):
        Row("query", (), (1.0,), "ms")
    with pytest.raises(ValueError, match="needs a baseline"):
        Row("query", (1.0,), (), "ms", "<= 2")


def test_figures_are_told_by_median_and_spread() -> None:
    assert told((3.0, 1.0, 2.0)) == "2 (1-3)"
    assert told((1.5,)) == "1.5"
    assert told(()) == "-"
    assert told((12345.6, 0.012345)) == "6,173 (0.0123-12,346)"
    assert (median((3.0, 1.0, 2.0)), spread((3.0, 1.0, 2.0))) == (2, Spread(1, 3))


def test_a_point_of_a_growth_tells_how_many_samples() -> None:
    assert Row("text query", (1.0,), (), "ms", samples=100_000).title == "text query, 100,000 samples"
    assert Row("text query", (1.0,), (), "ms").title == "text query"
