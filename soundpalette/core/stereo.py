"""How wide a stereo image is."""

import math

import numpy as np
import numpy.typing as npt


class Width:
    """How wide a stereo image is, gathered block by block: the share of the side signal, sqrt(side / (mid + side)).

    0: mono or equal channels, 0.7: unrelated channels or one alone, 1: opposite channels. Of the first two only.
    """

    def __init__(self) -> None:
        self._mid = self._side = 0.0

    def add(self, block: npt.NDArray[np.floating]) -> None:
        """Frames [n, channels] or [n]."""
        if block.ndim == 2 and block.shape[1] > 1:
            with np.errstate(over="ignore"):  # opposite channels of any size make a small mean
                mid, side = block[:, 0] + block[:, 1], block[:, 0] - block[:, 1]
                self._mid += float(np.dot(mid, mid))
                self._side += float(np.dot(side, side))

    @property
    def value(self) -> float:
        """0 to 1; 0 for silence and for values so large that their squares overflow."""
        both = self._mid + self._side
        return math.sqrt(self._side / both) if 0 < both < math.inf else 0.0
