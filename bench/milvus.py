"""`python -m bench.milvus`: searching on Milvus Lite beside FAISS, over the same vectors.

Lite is there for tries and tests, so this tells what it costs, not what a cluster does.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench.rows import Row, told
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.milvus_index import MilvusStore
from soundpalette.core.threads import one_thread_a_call
from soundpalette.core.types import Fact, Filters, NewSample, Space, Traits, Vector, Vectors
from soundpalette.core.vector_index import FaissStore, Passing, Store, VectorIndex

SAMPLES: Final = 10_000
QUERIES: Final = 40
HITS: Final = 50
"""What a search for 10 looks at."""
SPACE: Final = Space("bench", "0123456789ab", 256)
WANTED: Final = Filters(min_bpm=120, max_bpm=120, folder="pack 3")
"""Passes 1 %."""
NOTHING_KNOWN: Final = Traits(
    Fact("loop", "sound", 0.9), None, None, None, None, None, None, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (1, 0, 0, 0)
)


@dataclass(frozen=True, slots=True)
class Indexes:
    """The same samples behind both engines."""

    catalogue: Catalogue
    milvus: VectorIndex
    faiss: VectorIndex
    seconds: tuple[float, float]
    """Publishing to Milvus, to FAISS."""
    bytes: int
    """What Milvus keeps on the disk."""


def rows() -> Iterator[Row]:
    """Milliseconds a query without and with conditions, seconds of publishing, bytes a sample."""
    with tempfile.TemporaryDirectory() as folder:
        both = _indexes(Path(folder))
        for name, passing in (("", None), (", 1 % passing", _passing(both.catalogue))):
            ours, exact = _times(both.milvus, passing), _times(both.faiss, passing)
            yield Row(f"Milvus Lite, a query{name}; baseline: FAISS flat", ours, exact, "ms", samples=SAMPLES)
        milvus, faiss = both.seconds
        yield Row("Milvus Lite, publishing; baseline: FAISS flat", (milvus,), (faiss,), "s", samples=SAMPLES)
        size = both.bytes / SAMPLES
        yield Row(
            "Milvus Lite, on the disk; baseline: the vectors", (size,), (4 * SPACE.dimension,), "bytes", samples=SAMPLES
        )
        both.catalogue.close()


def _indexes(folder: Path) -> Indexes:
    catalogue = Catalogue(folder / "catalogue.sqlite")
    root = catalogue.add_root(Path("/music")).id
    vectors = _vectors(SAMPLES)
    catalogue.commit(SPACE, [_sample(root, number, vectors) for number in range(SAMPLES)], [])
    stores: tuple[Store, Store] = (
        MilvusStore(str(folder / "milvus.db"), "", SPACE),
        FaissStore(folder / "index", SPACE),
    )
    milvus, faiss = (_seconds(partial(store.publish, catalogue.holdings(SPACE))) for store in stores)
    size = sum(file.stat().st_size for file in (folder / "milvus.db").rglob("*") if file.is_file())
    first, second = (_loaded(store) for store in stores)
    return Indexes(catalogue, first, second, (milvus, faiss), size)


def _loaded(store: Store) -> VectorIndex:
    index = store.load()
    if index is None:
        raise RuntimeError(f"nothing is published in {store.place}")
    return index


def _sample(root: str, number: int, vectors: Vectors) -> NewSample:
    known = replace(NOTHING_KNOWN, bpm=Fact(115.0 + number % 10, "name", 0.9))
    path = f"pack {number // 10 % 10}/{number}.wav"
    return NewSample(root, path, 1, 1, str(number), 1.0, 44_100, 2, vectors[number], None, None, known, "1")


def _vectors(count: int) -> Vectors:
    drawn = np.random.default_rng(0).standard_normal((count, SPACE.dimension)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def _passing(catalogue: Catalogue) -> Callable[[], Passing]:
    """Made anew for each query, as a search does: FAISS then asks the catalogue for the ids each time."""
    return lambda: Passing(WANTED, lambda: catalogue.select(WANTED), catalogue.roots())


def _times(index: VectorIndex, passing: Callable[[], Passing] | None) -> tuple[float, ...]:
    asked = _vectors(QUERIES)

    def query(vector: Vector) -> None:
        index.query(vector, HITS, None if passing is None else passing())

    return tuple(1000 * _seconds(partial(query, one)) for one in asked)[2:]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    one_thread_a_call()  # as a server computes
    for row in rows():
        print(f"{row.title}: {told(row.ours)} {row.unit}, baseline {told(row.baseline)}, ratio {row.ratio:.3g}")


if __name__ == "__main__":
    main()
