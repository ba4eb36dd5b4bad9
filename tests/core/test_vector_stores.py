"""What every store of vectors does, whichever engine holds them: one suite over all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest

from soundpalette.core.types import NO_FILTERS, Ids, Rows, Space, Vector, Vectors
from soundpalette.core.vector_index import FaissStore, Matches, Passing, Sizes, Store, VectorIndex
from soundpalette.errors import VectorIndexError
from tests.holdings import Changing, Held

Open = Callable[[Path, Space], Store]
SPACE: Final = Space("test", "0123456789ab", 32)
COUNT: Final = 3000
SCORE: Final = 1e-5
"""Inner products of engines against numpy's, for unit vectors."""
RECALL: Final = 0.99
"""The share of the exact answers that an approximate engine has to find; an exact one finds all."""
SMALL: Final = Sizes(flat_samples=3, compared=20, behind=40)
"""Of a large library, for a few hundred samples."""
ENGINES: Final[dict[str, Open]] = {
    "flat": FaissStore,
    "ivf": lambda folder, space: FaissStore(folder, space, SMALL),
}


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return ENGINES[request.param](tmp_path / "index", SPACE)


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    """The index of `COUNT` rows, published once."""
    store = ENGINES[request.param](tmp_path_factory.mktemp("shared") / "index", SPACE)
    store.publish(Held(SPACE, rows(COUNT)))
    return loaded(store)


def rows(count: int, seed: int = 0) -> Rows:
    generator = np.random.default_rng(seed)
    return Rows(generator.choice(1 << 48, count, replace=False), unit_vectors(generator, count))


def unit_vectors(generator: np.random.Generator, count: int) -> Vectors:
    vectors = generator.standard_normal((count, SPACE.dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def queries(count: int) -> Vectors:
    return unit_vectors(np.random.default_rng(99), count)


def loaded(store: Store) -> VectorIndex:
    index = store.load()
    assert index is not None
    return index


def only(ids: Ids) -> Passing:
    return Passing(NO_FILTERS, lambda: ids)


def found(matches: Matches, held: Rows, query: Vector, k: int) -> float:
    """The share of the exact answers that were found; all matches are best first, different, and told their cosine."""
    exact = held.vectors @ query
    k = min(k, len(exact))
    assert len(matches.ids) == len(set(matches.ids.tolist())) == k
    positions = {one: position for position, one in enumerate(held.ids.tolist())}
    told = exact[[positions[one] for one in matches.ids.tolist()]]
    tolerance = SCORE * float(np.linalg.norm(query))
    np.testing.assert_allclose(matches.scores, told, atol=tolerance)
    assert (np.diff(matches.scores) <= tolerance).all()
    return float((told >= np.sort(exact)[-k] - tolerance).mean())


def recall(index: VectorIndex, held: Rows, k: int = 10, asked: Vectors | None = None) -> float:
    vectors = queries(30) if asked is None else asked
    return float(np.mean([found(index.query(one, k), held, one, k) for one in vectors]))


@pytest.mark.parametrize("k", [1, 10, 100, 1000])
def test_it_finds_what_brute_force_finds_also_for_unnormalised_queries(shared: VectorIndex, k: int) -> None:
    assert recall(shared, rows(COUNT), k, 7 * queries(30)) >= RECALL


def test_a_sample_itself_is_its_own_best_match(shared: VectorIndex) -> None:
    held = rows(COUNT)
    for row in range(0, COUNT, 100):
        assert shared.query(held.vectors[row], 1).ids.tolist() == [held.ids[row]]


def test_more_than_there_are_gives_all(store: Store) -> None:
    held = rows(50)
    store.publish(Held(SPACE, held))
    assert set(loaded(store).query(queries(1)[0], 1_000_000).ids.tolist()) == set(held.ids.tolist())


def test_an_empty_index_answers_nothing(store: Store) -> None:
    store.publish(Held(SPACE, rows(0)))
    index = loaded(store)
    assert len(index.query(queries(1)[0], 10).ids) == len(index.ids()) == 0
    assert index.vectors(np.empty(0, np.int64)).shape == (0, SPACE.dimension)


def test_nothing_published_is_none(store: Store) -> None:
    assert (store.stamp(), store.manifest(), store.check(), store.verify(), store.load()) == (None,) * 5


def test_it_gives_back_the_vectors_that_it_was_given(shared: VectorIndex) -> None:
    held = rows(COUNT)
    np.testing.assert_array_equal(shared.ids(), np.sort(held.ids))
    np.testing.assert_array_equal(shared.vectors(held.ids[::7]), held.vectors[::7])
    assert shared.vectors(np.empty(0, np.int64)).shape == (0, SPACE.dimension)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9, 1])
@pytest.mark.parametrize("k", [10, 200])
def test_of_chosen_ids_it_finds_what_brute_force_finds(shared: VectorIndex, share: float, k: int) -> None:
    held, generator = rows(COUNT), np.random.default_rng(int(1000 * share))
    chosen = generator.random(COUNT) < share
    strangers = generator.integers(1 << 48, 1 << 49, 5)
    ids = np.sort(np.concatenate([held.ids[chosen], strangers]))
    there = Rows(held.ids[chosen], held.vectors[chosen])
    shares = [found(shared.query(one, k, only(ids)), there, one, k) for one in queries(20)]
    assert np.mean(shares) >= RECALL


def test_of_the_samples_farthest_from_the_query_it_finds_the_nearest(shared: VectorIndex) -> None:
    held, query = rows(COUNT), queries(1)[0]
    far = np.argsort(held.vectors @ query)[: COUNT // 3]
    there = Rows(held.ids[far], held.vectors[far])
    assert found(shared.query(query, 10, only(np.sort(there.ids))), there, query, 10) >= RECALL


def test_no_ids_at_all_find_nothing(shared: VectorIndex) -> None:
    assert len(shared.query(queries(1)[0], 5, only(np.empty(0, np.int64))).ids) == 0


def test_ids_that_it_does_not_hold_find_nothing(shared: VectorIndex) -> None:
    assert len(shared.query(queries(1)[0], 5, only(np.arange(1 << 48, (1 << 48) + 9))).ids) == 0


def test_a_query_of_another_dimension_is_refused(shared: VectorIndex) -> None:
    with pytest.raises(VectorIndexError, match="32 dimensions"):
        shared.query(np.ones(7, np.float32), 3)


def test_vectors_that_are_not_unit_or_ids_that_clash_are_not_published(store: Store) -> None:
    made = rows(10)
    with pytest.raises(VectorIndexError, match="not of unit length"):
        store.publish(Held(SPACE, Rows(made.ids, made.vectors * 2)))
    with pytest.raises(VectorIndexError, match="two samples came under one id"):
        store.publish(Held(SPACE, Rows(np.tile(made.ids, 2), np.tile(made.vectors, (2, 1)))))
    with pytest.raises(VectorIndexError, match="holds 10 samples, the catalogue 11; nothing was published"):
        store.publish(Held(SPACE, made, count=11))
    assert store.load() is None


def test_the_manifest_tells_the_state_that_was_published(store: Store) -> None:
    published = store.publish(Held(SPACE, rows(20), 7))
    assert (published.space, published.count, published.generation, published.stamp) == (SPACE.key, 20, 7, 7)
    assert published == store.manifest() == store.check() == store.verify() == loaded(store).manifest


def test_each_publication_has_a_stamp_of_its_own(store: Store) -> None:
    seen: set[object] = {store.stamp()}
    for generation in (1, 2, 3):
        store.publish(Held(SPACE, rows(20, generation), generation))
        seen.add(store.stamp())
    assert len(seen) == 4


def test_an_older_index_answers_on_beside_a_newer_one(store: Store) -> None:
    store.publish(Held(SPACE, rows(10, 1), 1))
    older = loaded(store)
    store.publish(Held(SPACE, rows(20, 2), 2))
    assert (older.manifest.count, loaded(store).manifest.count) == (10, 20)
    assert len(loaded(store).query(queries(1)[0], 99).ids) == 20
    assert len(older.query(queries(1)[0], 99).ids) == 10


def test_the_index_of_another_space_is_refused(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store.publish(Held(SPACE, rows(10)))
    other = ENGINES[request.node.callspec.params["store"]](tmp_path / "index", Space("other", "0123456789ab", 32))
    with pytest.raises(VectorIndexError, match="test-0123456789ab-32"):
        other.load()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_it_answers_like_an_index_built_anew(store: Store, seed: int) -> None:
    generator, held = np.random.default_rng(seed), Changing(SPACE)
    held.put(rows(400, seed))
    for step in range(8):
        _change(held, generator)
        if step % 3 != 1:  # sometimes two changes come together
            store.publish(held)
            index = loaded(store)
            assert index.manifest.generation == held.generation
            np.testing.assert_array_equal(index.ids(), held.ids())
            np.testing.assert_array_equal(index.vectors(held.ids()), held.all().vectors)
            assert recall(index, held.all()) >= RECALL
            assert recall(index, held.all(), 10_000) == 1


def test_a_new_catalogue_with_the_same_numbers_is_indexed_as_a_whole(store: Store) -> None:
    first, second = Changing(SPACE, lineage=1), Changing(SPACE, lineage=2)
    first.put(rows(100, 1))
    second.put(Rows(rows(100, 1).ids, rows(100, 2).vectors))
    second.put(rows(1, 3))
    store.publish(first)
    store.publish(second)
    np.testing.assert_array_equal(loaded(store).vectors(second.ids()), second.all().vectors)


def _change(held: Changing, generator: np.random.Generator) -> None:
    """Some samples go, some change, some come."""
    ids = generator.permutation(held.ids())
    gone, changed, new = (int(generator.integers(0, size)) for size in (20, 20, 60))
    held.remove(ids[:gone])
    held.put(Rows(ids[gone : gone + changed], unit_vectors(generator, changed)))
    held.put(Rows(_unused(held, generator, new), unit_vectors(generator, new)))


def _unused(held: Changing, generator: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    drawn = generator.choice(1 << 48, count, replace=False)
    return drawn[~np.isin(drawn, held.ids())]
