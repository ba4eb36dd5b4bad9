"""The map: made after a run, kept where little changes, lost to no crash."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.ids import words
from soundpalette.core.projection import FEW
from soundpalette.core.types import NewSample, Places, Space, Vectors
from soundpalette.errors import IndexingError
from soundpalette.indexing import mapping
from soundpalette.indexing.mapping import update_map
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import CRATE, index_store
from tests.core.test_projection import unit_vectors
from tests.indexing.faulty_maps import killed_over_the_map, without_memory_for_the_map

SPACE = Space("test", "0123456789ab", 32)
MANY = 200


class Mapped:
    """A catalogue of sounds without files, whose map is brought up to date."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.root = catalogue.add_root(Path("/music"))
        self.told: list[str] = []

    def add(self, vectors: Vectors, start: int = 0) -> None:
        samples = [
            NewSample(self.root.id, f"{number}.wav", 1, 1, content(number), 1.0, 44_100, 1, vector)
            for number, vector in enumerate(vectors, start)
        ]
        self.catalogue.commit(SPACE, samples, [])

    def places(self, count: int) -> Places:
        """Brought up to date: those of the first `count` sounds."""
        update_map(self.catalogue, SPACE, self.told.append)
        return self.catalogue.places_of(SPACE, [content(number) for number in range(count)])

    def made(self) -> tuple[int, int]:
        made = self.catalogue.map_made(SPACE)
        assert made is not None
        return made.fitted, made.beside

    def version(self) -> int:
        made = self.catalogue.map_made(SPACE)
        assert made is not None
        return made.version


def content(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


@pytest.fixture
def mapped(catalogue: Catalogue) -> Mapped:
    return Mapped(catalogue)


def test_an_empty_library_has_an_empty_map(mapped: Mapped) -> None:
    assert mapped.places(0).shape == (0, 2)
    assert mapped.made() == (0, 0)
    assert mapped.told == []


@pytest.mark.parametrize("count", [1, FEW - 1, MANY])
def test_the_same_sounds_make_the_same_map_in_whatever_order_they_came(tmp_path: Path, count: int) -> None:
    found: dict[str, Places] = {}
    vectors, half = unit_vectors(count), count // 2
    for name, parts in {"one": ((0, half), (half, count)), "other": ((half, count), (0, half))}.items():
        catalogue = Catalogue(tmp_path / name / "catalogue.sqlite")
        mapped = Mapped(catalogue)
        for start, end in parts:
            mapped.add(vectors[start:end], start)
        found[name] = mapped.places(count)
        catalogue.close()
    np.testing.assert_array_equal(found["one"], found["other"])
    assert ((found["one"] >= 0) & (found["one"] <= 1)).all()


def test_where_nothing_changed_nothing_is_computed(mapped: Mapped) -> None:
    mapped.add(unit_vectors(10))
    mapped.places(10)
    version = mapped.version()
    mapped.places(10)
    assert mapped.version() == version
    assert len(mapped.told) == 1


def test_a_few_new_sounds_move_nothing_and_many_a_little(mapped: Mapped) -> None:
    vectors = unit_vectors(MANY + 60)
    mapped.add(vectors[:MANY])
    first = mapped.places(MANY)
    mapped.add(vectors[MANY : MANY + 10], MANY)
    few = mapped.places(MANY + 10)
    np.testing.assert_array_equal(few[:MANY], first)
    assert mapped.made() == (MANY, 10)
    kinds = np.arange(MANY) % 6
    middles = np.stack([np.median(first[kinds == kind], axis=0) for kind in range(6)])
    nearest = np.argmin(np.linalg.norm(few[MANY:, None] - middles, axis=-1), axis=1)
    assert nearest.tolist() == [number % 6 for number in range(MANY, MANY + 10)]
    mapped.add(vectors[MANY + 10 :], MANY + 10)
    many = mapped.places(MANY)
    assert mapped.made() == (MANY + 60, 0)
    assert 0 < np.median(np.linalg.norm(many - first, axis=1)) < 0.15
    told = [line.split(" in ")[0] for line in mapped.told]
    assert told[1:] == ["map: 200 places", "map: 10 more places", "map: 260 places"]


def test_a_library_of_which_most_is_gone_gets_a_map_of_the_rest(mapped: Mapped) -> None:
    mapped.add(unit_vectors(30))
    mapped.places(30)
    mapped.catalogue.remove(mapped.root.id, [f"{number}.wav" for number in range(10, 30)])
    mapped.catalogue.drop_unused()
    mapped.places(10)
    assert mapped.made() == (10, 0)
    assert mapped.catalogue.mapped(SPACE) == 10


def test_beyond_what_is_looked_at_sounds_are_placed_beside_those(
    mapped: Mapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = unit_vectors(30)
    vectors[20:] = vectors[:10]  # twins, of which some are looked at and some are not
    monkeypatch.setattr(mapping, "FITTED", 12)
    mapped.add(vectors)
    places = mapped.places(30)
    assert np.isfinite(places).all()
    assert mapped.made() == (30, 0)


def test_a_kill_costs_the_newer_map_and_neither_the_older_one_nor_the_index(
    catalogue: Catalogue, compact: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = index_store(tmp_path, compact)
    Indexer(catalogue, compact, store, Settings()).run([CRATE / "drums"], Lines())
    before, made = catalogue.map_rows(compact.space), catalogue.map_made(compact.space)
    monkeypatch.setattr(mapping, "place_alone", killed_over_the_map)
    (warning,) = Indexer(catalogue, compact, store, Settings()).run([CRATE], Lines()).warnings
    assert "its process ended by SIGKILL" in warning
    index = store.load()
    assert index is not None
    assert index.manifest.count == 85
    assert catalogue.map_made(compact.space) == made
    after = catalogue.map_rows(compact.space)
    order, older = np.argsort(after.ids), np.argsort(before.ids)
    np.testing.assert_array_equal(after.ids[order], before.ids[older])
    np.testing.assert_array_equal(after.places[order], before.places[older])


def test_too_little_memory_for_a_map_is_told_and_the_next_run_makes_it(
    mapped: Mapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped.add(unit_vectors(FEW))
    with monkeypatch.context() as patch:
        patch.setattr(mapping, "place_alone", without_memory_for_the_map)
        with pytest.raises(IndexingError):
            mapped.places(FEW)
    assert np.isfinite(mapped.places(FEW)).all()


def test_in_the_crate_kicks_lie_nearer_to_each_other_than_to_pads(
    catalogue: Catalogue, compact: Encoder, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings()).run([CRATE], Lines())
    rows = catalogue.map_rows(compact.space)
    of = {role: rows.places[np.isin(rows.ids, ids)].astype(float) for role, ids in rows.roles.items()}
    kicks, pads = of["kick"], of["pad"]
    among = np.linalg.norm(kicks[:, None] - kicks[None], axis=-1)[np.triu_indices(len(kicks), 1)]
    between = np.linalg.norm(kicks[:, None] - pads[None], axis=-1)
    assert 3 * np.median(among) < np.median(between)
    assert len(words(rows.ids)) == 85
    told = capfd.readouterr()
    assert told.out == ""
    assert "map: 85 places in" in told.err
    assert "arning" not in told.err


def test_analysing_alone_makes_no_map(catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(analyse_only=True)).run([library], Lines())
    assert catalogue.map_made(compact.space) is None


def test_a_run_tells_what_it_planned_and_did(
    catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path
) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(batch_size=4)).run([library], Lines())
    run = catalogue.last_run(compact.space)
    assert run is not None
    assert (run.planned, run.done) == (6, 6)
    assert run.finished == catalogue.last_finished(compact.space)
