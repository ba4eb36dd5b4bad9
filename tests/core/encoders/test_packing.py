"""Batches: every item once, equal sizes together, none much over its budget."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.encoders.packing import batches

SIZES = st.lists(st.integers(1, 40), max_size=40)


@given(SIZES, st.integers(1, 200))
def test_every_position_comes_once_with_its_equals(sizes: list[int], budget: int) -> None:
    made = list(batches(sizes, budget))
    assert sorted(chain(*chain(*made))) == list(range(len(sizes)))
    for batch in made:
        assert [{sizes[one] for one in group} for group in batch] == [
            {size} for size in sorted({sizes[one] for group in batch for one in group})
        ]


@given(SIZES, st.integers(1, 200))
def test_no_batch_exceeds_its_budget_by_more_than_an_item(sizes: list[int], budget: int) -> None:
    for batch in batches(sizes, budget):
        held = [sizes[one] for group in batch for one in group]
        assert sum(held[:-1]) < budget


def test_batches_are_of_about_equal_size() -> None:
    made = [[sum(map(len, batch))] for batch in batches([10] * 21, 100)]
    assert made == [[7], [7], [7]]
