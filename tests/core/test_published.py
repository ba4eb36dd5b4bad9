"""The index in use while others publish: real files, real threads, order told by gates."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from soundpalette.core.published import IndexReader, Published
from soundpalette.core.strength import Calibration, calibrate, make_bank
from soundpalette.core.types import Rows, Space, Vectors
from soundpalette.core.vector_index import FaissStore, VectorIndex
from soundpalette.errors import VectorIndexError
from tests.holdings import Held

SPACE: Final = Space("test", "0" * 12, 8)
SECONDS: Final = 30


def unit_vectors(count: int, seed: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, SPACE.dimension)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


def publish(folder: Path, generation: int, count: int = 5) -> None:
    rows = Rows(np.arange(count, dtype=np.int64), unit_vectors(count, generation))
    FaissStore(folder, SPACE).publish(Held(SPACE, rows, generation))


def usual(index: VectorIndex) -> Calibration:
    bank = make_bank(unit_vectors(4, 99), np.empty((0, SPACE.dimension), np.float32))
    return calibrate(bank, index.vectors(index.ids()))


def generation(published: Published | None) -> int:
    assert published is not None
    return published.index.manifest.generation


def test_a_newer_index_is_met_at_the_next_query_and_the_older_one_answers_on(tmp_path: Path) -> None:
    reader = IndexReader(FaissStore(tmp_path, SPACE), usual)
    publish(tmp_path, 1)
    older = reader.newest()
    assert reader.newest() is older
    publish(tmp_path, 2)
    assert generation(reader.newest()) == 2
    assert older is not None
    assert len(older.index.query(unit_vectors(1, 7)[0], 5).ids) == 5


def test_an_empty_index_is_one(tmp_path: Path) -> None:
    publish(tmp_path, 1, count=0)
    published = IndexReader(FaissStore(tmp_path, SPACE), usual).newest()
    assert published is not None
    assert published.usual is None


def test_where_nothing_is_published_there_is_none(tmp_path: Path) -> None:
    assert IndexReader(FaissStore(tmp_path / "none", SPACE), usual).newest() is None


def test_while_one_thread_loads_the_others_are_answered_from_the_older_one(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(index: VectorIndex) -> Calibration:
        if index.manifest.generation == 2:
            began.set()
            assert go_on.wait(SECONDS)
        return usual(index)

    reader = IndexReader(FaissStore(tmp_path, SPACE), slow)
    publish(tmp_path, 1)
    assert generation(reader.newest()) == 1
    publish(tmp_path, 2)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(reader.newest)
        assert began.wait(SECONDS)
        assert generation(reader.newest()) == 1
        go_on.set()
        assert generation(loading.result(SECONDS)) == 2
    assert generation(reader.newest()) == 2


def test_all_who_come_before_the_first_index_is_loaded_share_one_loading(tmp_path: Path) -> None:
    loaded: list[int] = []

    def counted(index: VectorIndex) -> Calibration:
        loaded.append(index.manifest.generation)
        return usual(index)

    publish(tmp_path, 1)
    reader = IndexReader(FaissStore(tmp_path, SPACE), counted)
    together = threading.Barrier(8)

    def ask() -> Published | None:
        together.wait(SECONDS)
        return reader.newest()

    with ThreadPoolExecutor(8) as pool:
        assert {generation(asked.result(SECONDS)) for asked in [pool.submit(ask) for _ in range(8)]} == {1}
    assert loaded == [1]


def test_a_damaged_newer_index_is_told_in_the_log_and_the_older_one_answers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = IndexReader(FaissStore(tmp_path, SPACE), usual)
    publish(tmp_path, 1)
    reader.newest()
    publish(tmp_path, 2)
    next(tmp_path.glob("*.faiss")).write_bytes(b"damage")
    assert [generation(reader.newest()) for _ in range(3)] == [1, 1, 1]
    assert [record.message.count("queries are answered from the older index") for record in caplog.records] == [1]
    publish(tmp_path, 3)
    assert generation(reader.newest()) == 3


def test_where_a_newer_index_does_not_give_what_is_usual_the_older_one_answers(tmp_path: Path) -> None:
    def fails(index: VectorIndex) -> Calibration:
        if index.manifest.generation == 2:
            raise VectorIndexError("Milvus does not answer")
        return usual(index)

    reader = IndexReader(FaissStore(tmp_path, SPACE), fails)
    publish(tmp_path, 1)
    reader.newest()
    publish(tmp_path, 2)
    assert generation(reader.newest()) == 1


def test_a_damaged_first_index_is_an_error(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    next(tmp_path.glob("*.faiss")).write_bytes(b"damage")
    with pytest.raises(VectorIndexError, match="run `soundpalette index` to rebuild it"):
        IndexReader(FaissStore(tmp_path, SPACE), usual).newest()


def test_readers_beside_a_publisher_always_get_a_whole_index(tmp_path: Path) -> None:
    publish(tmp_path, 5, count=5)
    reader, done = IndexReader(FaissStore(tmp_path, SPACE), usual), threading.Event()

    def read() -> list[int]:
        seen: list[int] = []
        while not done.is_set():
            published = reader.newest()
            assert published is not None
            manifest = published.index.manifest
            assert len(published.index.query(unit_vectors(1, 7)[0], 99).ids) == manifest.count == manifest.generation
            seen.append(manifest.generation)
        return seen

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(4)]
        for number in range(6, 40):
            publish(tmp_path, number, count=number)
        done.set()
        assert all(set(read.result(SECONDS)) <= set(range(5, 40)) for read in reading)
    assert generation(reader.newest()) == 39
