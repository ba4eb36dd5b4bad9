"""Ids of samples: 12 hex characters in the catalogue and at the wire, the same 48 bits as a number in an index."""

from typing import Final

import numpy as np

from soundpalette.core.types import Ids

ID_LENGTH: Final = 12


def numbers(ids: str) -> Ids:
    """The numbers, int64 [n], of ids that stand one behind the other in `ids`."""
    digits = np.frombuffer(bytes.fromhex(ids), np.uint8).reshape(-1, ID_LENGTH // 2)
    return np.asarray(np.pad(digits, ((0, 0), (2, 0))).view(">i8").ravel(), np.int64)


def words(numbers: Ids) -> list[str]:
    """The ids of numbers [n]."""
    return [f"{number:0{ID_LENGTH}x}" for number in numbers.tolist()]
