"""Ids as words and as numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.ids import numbers, words


@given(st.lists(st.integers(0, 2**48 - 1)))
def test_numbers_become_ids_and_the_same_numbers_again(values: list[int]) -> None:
    told = words(np.array(values, np.int64))
    assert told == [f"{value:012x}" for value in values]
    assert numbers("".join(told)).tolist() == values
