"""The map in the catalogue: what is kept, what is forgotten, what a page is told."""

import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.ids import words
from soundpalette.core.places_table import MapMade, Placed
from soundpalette.core.types import Fact, NewSample, Places, Root, Space
from soundpalette.errors import CatalogueError
from tests.core.test_catalogue import OTHER, SPACE, vector
from tests.core.test_filters import traits

MADE = MapMade(1, 3, 0, 7)


def content(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def sample(root: Root, path: str, seed: int | None = 0, name: str = "") -> NewSample:
    """Of the content `name`, or of one of its own."""
    found = None if seed is None else vector(seed)
    return NewSample(root.id, path, 100, 1, content(name or path), 1.5, 44_100, 2, found)


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """Four samples of three contents; c.wav has no place."""
    root = catalogue.add_root(Path("/music"))
    names = [sample(root, "a.wav", 1), sample(root, "b.wav", 2), sample(root, "copy of a.wav", None, "a.wav")]
    catalogue.commit(SPACE, [*names, sample(root, "c.wav", 3)], [])
    catalogue.put_map(SPACE, MADE, [placed({"a.wav": (0.0, 1.0), "b.wav": (0.25, 0.5)})], anew=True)
    return catalogue


def placed(where: dict[str, tuple[float, float]]) -> Placed:
    return Placed([content(name) for name in where], np.array(list(where.values())))


def drawn(catalogue: Catalogue, space: Space = SPACE) -> dict[str, tuple[int, int]]:
    """By path, places as a page is told them."""
    rows = catalogue.map_rows(space)
    paths = {one.id: one.path for one in catalogue.samples(words(rows.ids)).values()}
    return {paths[one]: (x, y) for one, (x, y) in zip(words(rows.ids), rows.places.tolist(), strict=True)}


def test_samples_are_drawn_where_their_content_lies(filled: Catalogue) -> None:
    assert drawn(filled) == {"a.wav": (0, 65_535), "b.wav": (16_384, 32_768), "copy of a.wav": (0, 65_535)}
    assert (filled.mapped(SPACE), filled.contents(SPACE), filled.unplaced(SPACE)) == (3, 3, 1)
    assert (filled.mapped(OTHER), filled.contents(OTHER), filled.unplaced(OTHER), drawn(filled, OTHER)) == (0, 0, 0, {})


def test_roles_come_with_the_ids_that_have_them(catalogue: Catalogue) -> None:
    root = catalogue.add_root(Path("/music"))
    catalogue.commit(SPACE, [sample(root, "a.wav", 1)], [])
    known = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    heard = replace(traits(120.0), role=Fact("kick", "name", 0.9))
    catalogue.commit(SPACE, [replace(sample(root, "a.wav", None), traits=heard, revision="1")], [])
    catalogue.put_map(SPACE, MADE, [placed({"a.wav": (0, 0)})], anew=True)
    assert {role: words(ids) for role, ids in catalogue.map_rows(SPACE).roles.items()} == {"kick": [known.id]}


def test_places_are_added_or_replaced_as_a_whole_and_each_time_the_version_is_another(filled: Catalogue) -> None:
    first = filled.map_made(SPACE)
    filled.put_map(SPACE, MADE, [placed({"c.wav": (1, 0)})], anew=False)
    second = filled.map_made(SPACE)
    assert len(drawn(filled)) == 4
    filled.put_map(SPACE, MADE, [placed({"c.wav": (1, 0)})], anew=True)
    third = filled.map_made(SPACE)
    assert drawn(filled) == {"c.wav": (65_535, 0)}
    assert first is not None
    assert second is not None
    assert third is not None
    assert len({first.version, second.version, third.version}) == 3
    assert (third.recipe, third.fitted, third.beside, third.stamp) == (1, 3, 0, 7)
    assert filled.map_made(OTHER) is None


def test_a_place_that_cannot_be_written_leaves_the_older_map_whole(filled: Catalogue) -> None:
    before, made = drawn(filled), filled.map_made(SPACE)
    with pytest.raises(CatalogueError):
        filled.put_map(SPACE, MADE, [Placed([content("c.wav")], np.array([[np.nan, 0.0]]))], anew=True)
    assert (drawn(filled), filled.map_made(SPACE)) == (before, made)


def test_a_content_that_is_gone_loses_its_place(filled: Catalogue) -> None:
    (root,) = filled.roots()
    filled.remove(root.id, ["a.wav", "b.wav"])
    filled.drop_unused()
    assert drawn(filled) == {"copy of a.wav": (0, 65_535)}
    assert np.isnan(filled.places_of(SPACE, [content("b.wav")])).all()


def test_contents_come_by_hash_once_each(filled: Catalogue) -> None:
    def told(placed: bool | None = None, after: str = "") -> list[str]:
        return [one for chunk in filled.by_content(SPACE, placed=placed, after=after) for one in chunk.contents]

    names = sorted(content(name) for name in ("a.wav", "b.wav", "c.wav"))
    assert told() == names
    assert told(after=names[0]) == names[1:]
    assert told(placed=False) == [content("c.wav")]
    assert told(placed=True) == sorted([content("a.wav"), content("b.wav")])
    (chunk,) = filled.by_content(SPACE, placed=False)
    np.testing.assert_array_equal(chunk.vectors, [vector(3)])


def test_places_come_in_the_order_asked_for(filled: Catalogue) -> None:
    expected: Places = np.array([[0.25, 0.5], [np.nan, np.nan], [0.0, 1.0]])
    np.testing.assert_array_equal(
        filled.places_of(SPACE, [content(name) for name in ("b.wav", "c.wav", "a.wav")]), expected
    )
    assert filled.places_of(SPACE, []).shape == (0, 2)


def test_a_damaged_hash_is_told_and_a_damaged_place_stays_in_the_square(filled: Catalogue) -> None:
    with sqlite3.connect(filled.path) as damaged:
        damaged.execute("UPDATE places SET x = 7e9, y = -3 WHERE content_hash = ?", (content("b.wav"),))
    damaged.close()
    assert drawn(filled)["b.wav"] == (65_535, 0)
    with sqlite3.connect(filled.path) as damaged:
        damaged.execute("UPDATE places SET content_hash = 'no hash' WHERE content_hash = ?", (content("b.wav"),))
    damaged.close()
    with pytest.raises(CatalogueError, match="damaged"):
        filled.map_rows(SPACE)
