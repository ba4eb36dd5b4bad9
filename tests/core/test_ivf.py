"""The index of a large library: its files, how it grows, what damages it, and that it finds what exact search finds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from soundpalette.core.types import NO_FILTERS, Ids, Rows, Space, Vectors
from soundpalette.core.vector_index import FaissStore, Manifest, Passing, Sizes, VectorIndex
from soundpalette.errors import VectorIndexError
from tests.holdings import Changing, Held

SPACE: Final = Space("test", "0123456789ab", 32)
LARGE: Final = Sizes(flat_samples=100, compared=50, behind=300)
COUNT: Final = 5_000
KINDS: Final = 60
RECALL: Final = 0.99
SCORE: Final = 1e-6
"""Of a cosine, summed in another order."""


def directions(vectors: object) -> Vectors:
    made = np.asarray(vectors, np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=-1, keepdims=True))


def sounds(count: int, seed: int, noise: float = 0.5) -> Vectors:
    """Of sixty kinds."""
    kinds = directions(np.random.default_rng(7).standard_normal((KINDS, SPACE.dimension)))
    generator = np.random.default_rng(seed)
    chosen = kinds[generator.integers(0, KINDS, count)]
    return directions(chosen + noise * directions(generator.standard_normal(chosen.shape)))


def library(count: int = COUNT) -> Changing:
    held = Changing(SPACE)
    held.put(samples(count, 0))
    return held


def samples(count: int, seed: int) -> Rows:
    return Rows(np.random.default_rng(seed).choice(1 << 48, count, replace=False), sounds(count, seed))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the index of `library()`."""
    folder = tmp_path_factory.mktemp("built")
    FaissStore(folder, SPACE, LARGE).publish(library())
    return folder


@pytest.fixture
def store(built: Path, tmp_path: Path) -> FaissStore:
    """A copy that may be changed."""
    shutil.copytree(built, tmp_path / "index")
    return FaissStore(tmp_path / "index", SPACE, LARGE)


def loaded(store: FaissStore) -> VectorIndex:
    index = store.load()
    assert index is not None
    return index


def told(store: FaissStore) -> Manifest:
    manifest = store.manifest()
    assert manifest is not None
    return manifest


def recall(index: VectorIndex, held: Rows, queries: Vectors, k: int = 10) -> float:
    shares = []
    for query in queries:
        best = held.ids[np.argsort(-(held.vectors @ query))[:k]]
        shares.append(np.isin(best, index.query(query, k).ids).mean())
    return float(np.mean(shares))


def passing(ids: Ids) -> Passing:
    return Passing(NO_FILTERS, lambda: np.sort(ids))


def names(store: FaissStore, start: str) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir() if path.name.startswith(start))


def flip(store: FaissStore, start: str) -> None:
    (path,) = store.folder.glob(f"{start}*")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("k", [1, 10, 100, 1000])
@pytest.mark.parametrize("noise", [0.5, 2.0, 5.0])
def test_it_finds_what_is_near_and_what_is_near_to_nothing(built: Path, k: int, noise: float) -> None:
    held = library().all()
    index = loaded(FaissStore(built, SPACE, LARGE))
    assert index.manifest.kind == "ivf"
    assert recall(index, held, sounds(40, 99, noise), k) >= RECALL


@pytest.mark.parametrize("kinds", [1, 3, KINDS // 2])
def test_of_samples_of_few_kinds_it_finds_the_nearest(built: Path, kinds: int) -> None:
    held, index = library().all(), loaded(FaissStore(built, SPACE, LARGE))
    chosen = np.argsort(-(held.vectors @ sounds(kinds, 5).T).max(axis=1))[: 80 * kinds]
    there = Rows(held.ids[chosen], held.vectors[chosen])
    shares = []
    for query in sounds(40, 99, 2.0):
        best = there.ids[np.argsort(-(there.vectors @ query))[:10]]
        shares.append(np.isin(best, index.query(query, 10, passing(there.ids)).ids).mean())
    assert np.mean(shares) >= RECALL


def test_its_recall_was_measured(built: Path) -> None:
    manifest = told(FaissStore(built, SPACE, LARGE))
    assert [effort.k for effort in manifest.efforts] == [10, 100, 1000, 5000]
    assert all(effort.recall >= RECALL and effort.candidates >= effort.k for effort in manifest.efforts)
    assert manifest.lists == round(2 * np.sqrt(COUNT))


def test_copies_of_one_sound_are_found_as_they_are(tmp_path: Path) -> None:
    vectors = sounds(COUNT, 1)
    vectors[:500] = vectors[0]
    store = FaissStore(tmp_path, SPACE, LARGE)
    store.publish(Held(SPACE, Rows(np.arange(COUNT), vectors)))
    matches = loaded(store).query(vectors[0], 50)
    assert set(matches.ids.tolist()) <= set(range(500))
    assert min(effort.recall for effort in told(store).efforts) >= RECALL


def test_a_library_of_one_sound_alone_is_one(tmp_path: Path) -> None:
    store = FaissStore(tmp_path, SPACE, LARGE)
    store.publish(Held(SPACE, Rows(np.arange(400), np.tile(sounds(1, 0), (400, 1)))))
    assert len(loaded(store).query(sounds(1, 0)[0], 400).ids) == 400


def test_what_comes_is_put_behind_the_lists_and_little_is_written(store: FaissStore) -> None:
    held, before = library(), {path: path.stat().st_ino for path in store.folder.glob("*.f*")}
    held.put(samples(100, 1))
    manifest = store.publish(held)
    assert {path: path.stat().st_ino for path in before} == before, "lists and rows are the files that they were"
    assert (manifest.count, manifest.listed, manifest.rows) == (COUNT + 100, COUNT, (COUNT, 100))
    held.remove(held.ids()[:50])
    held.put(Rows(held.ids()[:50], sounds(50, 2)))
    assert store.publish(held).rows == (COUNT, 150)
    assert recall(loaded(store), held.all(), sounds(40, 99)) >= RECALL
    np.testing.assert_array_equal(loaded(store).vectors(held.ids()), held.all().vectors)


def test_more_of_that_goes_into_the_lists_whose_centroids_stay(store: FaissStore) -> None:
    held = library()
    for step in range(20):
        held.put(samples(200, 100 + step))
        held.remove(held.ids()[:5])
        manifest = store.publish(held)
    assert (manifest.trained, manifest.count) == (COUNT, COUNT + 20 * 195)
    assert manifest.listed > COUNT + 19 * 190
    assert len(names(store, "rows")) == len(manifest.rows) <= 18
    assert recall(loaded(store), held.all(), sounds(40, 99)) >= RECALL
    assert store.verify() == manifest


def test_a_library_that_has_doubled_is_built_anew(store: FaissStore) -> None:
    held = library()
    held.put(samples(COUNT + 1, 1))
    assert store.publish(held).trained == 2 * COUNT + 1


def test_a_library_a_quarter_of_which_is_gone_is_built_anew(store: FaissStore) -> None:
    held = library()
    held.remove(held.ids()[: COUNT // 4 + 1])
    assert store.publish(held).rows == (COUNT - COUNT // 4 - 1,)


def test_sounds_of_kinds_that_the_lists_do_not_know_are_found(store: FaissStore) -> None:
    held = library()
    strange = directions(np.random.default_rng(3).standard_normal((2000, SPACE.dimension)))
    held.put(Rows(samples(2000, 3).ids, strange))
    manifest = store.publish(held)
    assert min(effort.recall for effort in manifest.efforts) >= RECALL
    assert recall(loaded(store), held.all(), strange[::50]) >= RECALL


def test_a_small_library_becomes_a_large_one_and_back(tmp_path: Path) -> None:
    store, held = FaissStore(tmp_path, SPACE, LARGE), library(100)
    kinds = [store.publish(held).kind]
    held.put(samples(1, 1))
    kinds.append(store.publish(held).kind)
    held.remove(held.ids()[:1])
    kinds.append(store.publish(held).kind)
    assert kinds == ["flat", "ivf", "flat"]
    assert len(list(tmp_path.iterdir())) == 2


def test_many_bytes_make_a_library_large_as_many_samples_do(tmp_path: Path) -> None:
    store = FaissStore(tmp_path, SPACE, Sizes(flat_bytes=4 * 32 * 100))
    assert store.publish(library(100)).kind == "flat"
    assert store.publish(library(101)).kind == "ivf"


@pytest.mark.parametrize("more", [100, 400])
def test_a_crash_at_any_step_of_growing_leaves_the_older_index(
    store: FaissStore, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    held, older, sync = library(), told(store), os.fsync
    held.put(samples(more, 1))
    steps = 5 if more <= LARGE.behind else 6  # rows, lists where they grow, ids; folder, manifest, folder
    for step in range(1, steps + 1):
        left = [step]

        def crash(handle: int, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            sync(handle)

        monkeypatch.setattr(os, "fsync", crash)
        with pytest.raises(KeyboardInterrupt):
            store.publish(held)
        monkeypatch.undo()
        if step < steps:
            assert loaded(store).manifest == store.verify() == older
    assert loaded(store).manifest.count == COUNT + more
    manifest = store.publish(held)
    assert {path.name for path in store.folder.iterdir()} == {file.name for file in manifest.files} | {"manifest.json"}


def test_an_older_index_answers_on_while_its_files_are_gone(store: FaissStore) -> None:
    older, held = loaded(store), library()
    query = sounds(1, 9)[0]
    before = older.query(query, 10)
    held.put(samples(COUNT + 1, 1))
    store.publish(held)
    np.testing.assert_array_equal(older.query(query, 10).ids, before.ids)
    np.testing.assert_allclose(older.vectors(before.ids) @ query, before.scores, atol=SCORE)


@pytest.mark.parametrize("start", ["lists", "ids"])
def test_one_flipped_bit_in_lists_or_ids_is_noticed_when_they_are_loaded(store: FaissStore, start: str) -> None:
    flip(store, start)
    for use in (store.load, store.check, store.verify):
        with pytest.raises(VectorIndexError, match="checksum is wrong.*run `soundpalette index`"):
            use()
    assert FaissStore(store.folder, SPACE, LARGE).publish(library()).count == COUNT
    assert store.verify() == told(store)


def test_one_flipped_bit_in_the_rows_is_noticed_when_all_is_verified_and_not_built_upon(store: FaissStore) -> None:
    flip(store, "rows")
    assert store.check() == told(store)
    with pytest.raises(VectorIndexError, match="checksum is wrong.*run `soundpalette index --verify`"):
        store.verify()
    held = library()
    held.put(samples(1, 1))
    store.publish(held)
    assert store.verify() == told(store)


@pytest.mark.parametrize("start", ["lists", "ids", "rows"])
def test_a_file_that_is_gone_or_cut_is_noticed(store: FaissStore, start: str) -> None:
    (path,) = store.folder.glob(f"{start}*")
    path.write_bytes(path.read_bytes()[:-1])
    for use in (store.load, store.check):
        with pytest.raises(VectorIndexError, match="checksum is wrong"):
            use()
    path.unlink()
    for use in (store.load, store.check):
        with pytest.raises(VectorIndexError, match="its file is gone"):
            use()


@pytest.mark.parametrize("change", [{"count": 7}, {"listed": 7}, {"rows": [7]}, {"files": []}, {"efforts": []}])
def test_a_manifest_that_does_not_fit_is_refused(store: FaissStore, change: dict[str, object]) -> None:
    path = store.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(VectorIndexError, match="is damaged|does not tell all|names no file"):
        store.load()
    store.publish(library())
    assert loaded(store).manifest.count == COUNT


def test_what_could_not_be_published_leaves_no_files(tmp_path: Path) -> None:
    store = FaissStore(tmp_path, SPACE, LARGE)
    held = samples(200, 0)
    with pytest.raises(VectorIndexError, match="two samples came under one id"):
        store.publish(Held(SPACE, Rows(np.tile(held.ids, 2), np.tile(held.vectors, (2, 1)))))
    assert not list(tmp_path.iterdir())


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    heard: list[str] = []
    FaissStore(tmp_path, SPACE, LARGE).publish(library(500), heard.append)
    assert heard[:2] == ["index: 500 of 500 samples read", "index: 500 of 500 samples listed"]
    assert heard[2].startswith("index: finds ")


def test_faiss_and_torch_answer_in_turn_in_one_process(built: Path) -> None:
    """Each brings an OpenMP of its own; a server loads both, and its calls run side by side."""
    script = (
        "from soundpalette.core.threads import one_thread_a_call; one_thread_a_call()\n"
        "import sys, torch, numpy as np; from pathlib import Path; from concurrent.futures import ThreadPoolExecutor\n"
        "from soundpalette.core.types import Space; from soundpalette.core.vector_index import FaissStore, Sizes\n"
        "index = FaissStore(Path(sys.argv[1]), Space('test', '0123456789ab', 32), Sizes(flat_samples=100)).load()\n"
        "import faiss\n"
        "def ask(seed):\n"
        "    vector = torch.nn.functional.normalize(torch.full((32, 32), 1.0 + seed) @ torch.ones(32), dim=0)\n"
        "    return index.query(vector.numpy(), 5).ids.tolist()\n"
        "with ThreadPoolExecutor(4) as pool: answers = list(pool.map(ask, range(200)))\n"
        "print(faiss.omp_get_max_threads(), torch.get_num_threads(), all(one == answers[0] for one in answers))\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(built)], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["1", "1", "True"], "")
