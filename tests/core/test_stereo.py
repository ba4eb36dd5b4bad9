"""How wide a stereo image is."""

import numpy as np
import pytest

from soundpalette.core.stereo import Width


@pytest.mark.parametrize(
    ("sides", "width"),
    [
        (np.ones((100, 1)), 0.0), (np.ones(100), 0.0), (np.tile([1.0, 1.0], (100, 1)), 0.0), (np.zeros((100, 2)), 0.0),
        (np.tile([1.0, -1.0], (100, 1)), 1.0), (np.tile([1.0, 0.0], (100, 1)), 0.5**0.5),
        (np.tile([1.0, 1.0, -1.0], (100, 1)), 0.0), (np.tile([1e200, -1e200], (100, 1)), 0.0),
    ],
)  # fmt: skip
def test_width_is_the_share_of_the_side(sides: np.ndarray, width: float) -> None:
    heard = Width()
    for block in np.array_split(sides, 3):
        heard.add(block)
    assert heard.value == pytest.approx(width)
