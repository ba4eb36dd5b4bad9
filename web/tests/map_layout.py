"""The map as the server sends it (soundpalette/tools/maps.py)."""

import json
import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class MapOfLibrary:
    """Places [count], 0 to 65,535, and the samples' ids."""

    x: npt.NDArray[np.uint16]
    y: npt.NDArray[np.uint16]
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.ids)


def read_map(sent: bytes) -> MapOfLibrary:
    """Raises AssertionError for bytes of another layout."""
    magic, length = struct.unpack_from("<4sI", sent)
    assert magic == b"SPM1"
    start, count = 8 + length, json.loads(sent[8 : 8 + length])["count"]
    assert len(sent) == start + 11 * count
    places = np.frombuffer(sent, "<u2", 2 * count, start)
    ids = sent[start + 5 * count :]
    return MapOfLibrary(places[:count], places[count:], tuple(ids[i : i + 6].hex() for i in range(0, 6 * count, 6)))
