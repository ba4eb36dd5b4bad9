"""The map as bytes: what a page reads is what the catalogue holds."""

import json
import struct
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.ids import numbers, words
from soundpalette.core.map_buffer import APART, Plane, apart, encode
from soundpalette.core.places_table import MapRows

IDS = st.lists(st.integers(0, 2**48 - 1), unique=True, max_size=40)
ROLES = st.dictionaries(st.text(max_size=12), st.sets(st.integers(0, 50)), max_size=6)


@dataclass(frozen=True)
class Drawn:
    """As web/src/map reads it."""

    header: dict[str, object]
    plane: Plane
    roles: list[int]
    ids: list[str]


def decode(told: bytes) -> Drawn:
    magic, size = struct.unpack("<4sI", told[:8])
    assert magic == b"SPM1"
    assert size % 4 == 0
    header = json.loads(told[8 : 8 + size])
    count, body = header["count"], told[8 + size :]
    assert len(body) == 11 * count
    x, y = np.frombuffer(body[: 2 * count], "<u2"), np.frombuffer(body[2 * count : 4 * count], "<u2")
    low = body[5 * count :].hex()
    ids = [low[start : start + 12] for start in range(0, len(low), 12)]
    return Drawn(header, np.stack([x, y], axis=1), list(body[4 * count : 5 * count]), ids)


@given(found=IDS, by_role=ROLES, seed=st.integers(0, 9))
def test_what_is_read_is_what_was_written(found: list[int], by_role: dict[str, set[int]], seed: int) -> None:
    ids = np.array(found, np.int64)
    places = np.random.default_rng(seed).permutation(65_536)[: 2 * len(ids)].reshape(-1, 2).astype(np.uint16)
    # positions beyond the list are samples without a place, which have roles as well; one sample has one role
    taken: set[int] = set()
    roles = {}
    for name, positions in by_role.items():
        own, taken = positions - taken, taken | positions
        roles[name] = np.array([found[one] if one < len(found) else 2**48 + one for one in sorted(own)], np.int64)
    drawn = decode(encode(MapRows(ids, places, roles), "v1"))
    assert drawn.header == {"count": len(found), "roles": sorted(roles), "version": "v1"}
    order = np.argsort(ids)
    assert drawn.ids == words(ids[order])
    np.testing.assert_array_equal(drawn.plane, places[order])
    role_of = {int(one): name for name, some in roles.items() for one in some}
    names = [*sorted(roles), *[None] * 256]
    assert [names[one] for one in drawn.roles] == [role_of.get(one) for one in sorted(found)]


def test_more_roles_than_a_byte_tells_are_not_known() -> None:
    ids = np.arange(300)
    rows = MapRows(ids, np.zeros((300, 2), np.uint16), {f"{one:03}": ids[one : one + 1] for one in range(300)})
    assert decode(encode(rows, "")).roles == [*range(255), *[255] * 45]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(65_532, 65_535)), max_size=60))
def test_samples_in_one_place_are_set_apart_and_stay_near_it(places: list[tuple[int, int]]) -> None:
    plane = np.array(places, np.uint16).reshape(-1, 2)
    moved = np.abs(apart(plane).astype(int) - plane)
    assert (moved <= APART * np.sqrt(len(plane))).all()
    first = np.unique(plane, axis=0, return_index=True)[1]
    assert (moved[first] == 0).all()


def test_copies_can_be_told_apart() -> None:
    assert len(np.unique(apart(np.full((500, 2), 30_000, np.uint16)), axis=0)) == 500


def test_an_id_keeps_its_twelve_characters() -> None:
    told = encode(MapRows(numbers("00000000000a"), np.zeros((1, 2), np.uint16), {}), "")
    assert decode(told).ids == ["00000000000a"]
