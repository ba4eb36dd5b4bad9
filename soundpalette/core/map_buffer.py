"""The map as bytes that a page draws without reading a line of text a sample."""

import json
import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.places_table import MapRows
from soundpalette.core.types import Ids

MAGIC: Final = b"SPM1"
UNKNOWN: Final = 255
"""In place of a role that is not known."""
APART: Final = 12.0
"""Between samples that lie in the same place, of 65,535."""
_GOLDEN: Final = np.pi * (3 - np.sqrt(5))

Plane = npt.NDArray[np.uint16]
"""uint16 [n, 2]"""


def encode(rows: MapRows, version: str) -> bytes:
    """All samples by rising id, in the layout that tools/maps.py tells."""
    order = np.argsort(rows.ids)
    ids, plane = rows.ids[order], apart(rows.places[order])
    names = sorted(rows.roles)[:UNKNOWN]
    header = _header(len(ids), names, version)
    role = _numbers_of_roles(ids, [rows.roles[name] for name in names])
    low = ids.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]  # 48 bits
    parts = (plane[:, 0].astype("<u2"), plane[:, 1].astype("<u2"), role, low)
    return b"".join((MAGIC, struct.pack("<I", len(header)), header, *(part.tobytes() for part in parts)))


def _numbers_of_roles(ids: Ids, by_role: Sequence[Ids]) -> npt.NDArray[np.uint8]:
    """For each of `ids`, which rise, which of the lists it is in; a role may have samples without a place, too."""
    role = np.full(len(ids), UNKNOWN, np.uint8)
    for number, found in enumerate(by_role):
        at = np.searchsorted(ids, found)
        there = at < len(ids)
        there[there] = ids[at[there]] == found[there]
        role[at[there]] = number
    return role


def apart(plane: Plane) -> Plane:
    """Samples in the very same place, copies mostly, set around it as a sunflower sets its seeds, so that each can be
    seen and pointed at."""
    spot = plane[:, 0].astype(np.int64) << 16 | plane[:, 1]
    order = np.argsort(spot, kind="stable")
    first = np.r_[True, np.diff(spot[order]) > 0] if len(spot) else np.empty(0, bool)
    begins = np.maximum.accumulate(np.where(first, np.arange(len(spot)), 0))
    rank = np.empty(len(spot))
    rank[order] = np.arange(len(spot)) - begins
    radius, angle = APART * np.sqrt(rank), _GOLDEN * rank
    around = plane + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(np.clip(np.rint(around), 0, 65_535), np.uint16)


def _header(count: int, roles: list[str], version: str) -> bytes:
    told = json.dumps({"count": count, "roles": roles, "version": version}, ensure_ascii=False).encode()
    return told + b" " * (-len(told) % 4)
