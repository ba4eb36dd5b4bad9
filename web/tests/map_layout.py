"""The map as the server sends it (soundpalette/tools/maps.py)."""

import json
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Locator

PADDING: Final = 24
"""Pixels that the page leaves around the whole map; a few more or less still meet a point."""


class Spot(NamedTuple):
    """Pixels from the window's corner."""

    x: float
    y: float


@dataclass(frozen=True)
class Places:
    """Where each point is in the window [count, 2], while the whole map is shown."""

    spots: npt.NDArray[np.float64]

    def of(self, number: int) -> Spot:
        return Spot(*map(float, self.spots[number]))

    def loneliest(self) -> int:
        """The point that is farthest from its nearest neighbour."""
        apart = np.linalg.norm(self.spots[:, None] - self.spots, axis=2)
        np.fill_diagonal(apart, np.inf)
        return int(apart.min(axis=1).argmax())

    def around(self, number: int, reach: float = 25) -> list[Spot]:
        """A square outline about a point."""
        x, y = self.of(number)
        ends = (-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach), (-reach, -reach)
        return [Spot(x + right, y + down) for right, down in ends]


@dataclass(frozen=True)
class MapOfLibrary:
    """Places [count], 0 to 65,535, and the samples' ids."""

    x: npt.NDArray[np.uint16]
    y: npt.NDArray[np.uint16]
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.ids)

    def places(self, canvas: Locator) -> Places:
        """On a canvas that shows all of them."""
        box = canvas.bounding_box()
        assert box
        size = np.array([box["width"], box["height"]])
        points = np.stack([self.x, self.y], axis=1).astype(np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        scale = ((size - 2 * PADDING) / (high - low)).min()
        return Places(np.array([box["x"], box["y"]]) + size / 2 + (points - (low + high) / 2) * scale)


def read_map(sent: bytes) -> MapOfLibrary:
    """Raises AssertionError for bytes of another layout."""
    magic, length = struct.unpack_from("<4sI", sent)
    assert magic == b"SPM1"
    start, count = 8 + length, json.loads(sent[8 : 8 + length])["count"]
    assert len(sent) == start + 11 * count
    places = np.frombuffer(sent, "<u2", 2 * count, start)
    ids = sent[start + 5 * count :]
    return MapOfLibrary(places[:count], places[count:], tuple(ids[i : i + 6].hex() for i in range(0, 6 * count, 6)))
