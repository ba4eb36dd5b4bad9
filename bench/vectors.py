"""The vector index of a large library beside exact flat search: speed, recall, memory, filters, growth.

`python -m bench.vectors [--size N]` prints the figures of 1,000,000 samples of 768 dimensions, twice: clustered vectors
of a generator, and real ones (the compact encoder's sounds of many kinds, turned into 768 dimensions), repeated with
noise. Nothing that is asked is in the index: sounds are made like the samples; texts are what the compact encoder makes
of words, or clusters' directions under as much of what no sample has; far ones are near nothing at all. Wants 8 GB of
disk and 5 GB of memory, half of each for the exact baseline.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from bench.rows import Row
from soundpalette.core.threads import set_threads
from soundpalette.core.types import NO_FILTERS, Edition, Entries, Ids, Rows, Space, State, Vector, Vectors
from soundpalette.core.vector_index import FaissStore, Passing, VectorIndex

DIMENSION: Final = 768
SPACE: Final = Space("bench", "0" * 12, DIMENSION)
SIZE: Final = 1_000_000
GROWTH: Final = (10_000, 100_000)
CHUNK: Final = 5_000
QUERIES: Final = 50
NONE: Final = np.empty((0, DIMENSION), np.float32)
EXACT_QUERIES: Final = 8
"""Exact ones are timed: each takes a fifth of a second."""
ADDED: Final = 1_000
FILTERED: Final = 0.01
WORDS: Final = (
    "dark kick drum", "bright snare with reverb", "warm analog pad", "female vocal chop", "deep sub bass one shot",
    "vinyl crackle", "acoustic guitar loop", "trap hi-hat", "808", "lo-fi piano", "orchestral strings swell",
    "glitchy percussion", "riser", "techno rumble", "church bell", "metallic hit", "clap", "flute melody",
    "ambient drone", "distorted guitar", "conga loop", "synth pluck", "white noise", "brass stab", "shaker",
    "rimshot", "jungle break", "water drops", "laser zap", "choir",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A library that is made anew each time that it is read: `kinds` [n, dimension], each sample one under noise."""

    name: str
    kinds: Vectors
    noise: float
    texts: Vectors
    count: int
    seed: int = 0

    def state(self) -> State:
        return State(self.seed + 1, self.seed + 1, self.count)

    def rows(self, since: int = -1) -> Iterator[Rows]:
        for start in range(0, self.count, CHUNK):
            ids = np.arange(start, min(start + CHUNK, self.count), dtype=np.int64)
            yield Rows(ids, self.made(len(ids), self.noise, [self.seed, start]))

    def ids(self) -> Ids:
        return np.arange(self.count, dtype=np.int64)

    def follows(self, generation: int, stamp: int) -> bool:
        return False

    def entries(self, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        raise NotImplementedError("no field beside these vectors")

    def knows(self, edition: Edition) -> bool:
        return False

    def made(self, count: int, noise: float, seed: list[int]) -> Vectors:
        """Kinds under noise of that length."""
        generator = np.random.default_rng(seed)
        chosen = self.kinds[generator.integers(0, len(self.kinds), count)]
        return directions(chosen + noise / np.sqrt(DIMENSION) * generator.standard_normal(chosen.shape, np.float32))

    def asked(self) -> dict[str, Vectors]:
        """Queries by kind, none of which is in the library."""
        sounds = self.made(QUERIES, self.noise, [1 << 40])
        return {"sounds": sounds, "texts": self.texts, "far": self.made(QUERIES, 5.0, [1 << 41])}


@dataclass(frozen=True)
class Added:
    """What a library is after some samples came: seen by a store that published it without them."""

    source: Source
    new: Rows

    def state(self) -> State:
        return State(2, 2, self.source.count + len(self.new.ids))

    def rows(self, since: int = -1) -> Iterator[Rows]:
        if since < 1:
            yield from self.source.rows()
        yield self.new

    def ids(self) -> Ids:
        return np.concatenate([self.source.ids(), self.new.ids])

    def follows(self, generation: int, stamp: int) -> bool:
        return True

    def entries(self, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        raise NotImplementedError("no field beside these vectors")

    def knows(self, edition: Edition) -> bool:
        return False


@dataclass(frozen=True)
class Published:
    """A library's index, and what publishing it took: seconds, and gigabytes of memory at the peak."""

    source: Source
    folder: Path
    seconds: float
    peak: float

    @cached_property
    def index(self) -> VectorIndex:
        index = self.store.load()
        if index is None:
            raise RuntimeError("nothing was published")
        return index

    @property
    def store(self) -> FaissStore:
        return FaissStore(self.folder, SPACE)

    def exact(self) -> Any:
        """FAISS's flat index of the same vectors, in memory."""
        import faiss

        index = faiss.IndexFlatIP(DIMENSION)
        for start in range(0, self.source.count, CHUNK):
            stop = min(start + CHUNK, self.source.count)
            index.add(self.index.vectors(np.arange(start, stop, dtype=np.int64)))
        return index


def rows(size: int = SIZE) -> Iterator[Row]:
    """Every figure; the goals are for 1,000,000 samples."""
    for make in (clustered, real):
        with published(make(size)) as done:
            yield from _told(done)
            yield from _compared(done)
            if make is real:
                yield from grown(done)
            yield from _added(done)


def clustered(count: int) -> Source:
    """2,000 clusters in 50 families, samples at a cosine of 0.78 to their cluster's direction."""
    generator = np.random.default_rng(2)
    families = directions(generator.standard_normal((50, DIMENSION)))
    of = families[generator.integers(0, len(families), 2_000)]
    kinds = directions(of + 0.8 * directions(generator.standard_normal(of.shape)))
    source = Source("clustered", kinds, 0.8, kinds, count)
    offset = directions(generator.standard_normal(DIMENSION))
    return replace(source, texts=directions(source.made(QUERIES, 2.0, [1 << 42]) + offset))


def real(count: int) -> Source:
    """4,096 sounds of all kinds as the compact encoder hears them, each repeated under noise: at a cosine of 0.89."""
    from soundpalette.core.encoders import load_encoder

    encoder = load_encoder("compact")
    turned = np.linalg.qr(np.random.default_rng(1).standard_normal((DIMENSION, encoder.space.dimension)))[0].T
    texts = directions(np.asarray(encoder.embed_text(WORDS)) @ turned)
    return Source("real", directions(np.asarray(encoder.cohort()) @ turned), 0.5, texts, count)


@contextmanager
def published(source: Source) -> Iterator[Published]:
    """The index of a library, in a folder of its own that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="soundpalette-vectors-") as folder:
        with _peak_of_memory() as peak:
            seconds = _seconds(lambda: FaissStore(Path(folder), SPACE).publish(source, _hear))
        yield Published(source, Path(folder), seconds, peak[0])


def _told(done: Published) -> Iterator[Row]:
    """What building took, and what a server holds."""
    name = done.source.name
    yield Row(f"index built, {name}", (done.seconds,), (), "s")
    yield Row(f"memory at the peak of building, {name}", (done.peak,), (), "GB")
    empty, loaded = _memory(done.folder)
    yield Row(f"memory of a process with the index; baseline: an empty one, {name}", (loaded,), (empty,), "GB",
              "difference <= 0.9")  # fmt: skip


def _compared(done: Published) -> Iterator[Row]:
    """Queries beside exact search of the same vectors, by threads; recall; filters."""
    exact = done.exact()
    for kind, queries in done.source.asked().items():
        for threads in (1, 2):
            yield _timed(done, exact, kind, queries, threads)
        for k in (10, 100, 1_000):
            goal = "ours >= 0.99" if k == 10 else ""
            yield Row(f"recall@{k}, {kind}, {done.source.name}", (_recall(done.index, exact, queries, k),), (), "share",
                      goal)  # fmt: skip
    for name, ids in _filters(done.source, exact).items():
        yield from _filtered(done, name, ids)


def _timed(done: Published, exact: Any, kind: str, queries: Vectors, threads: int) -> Row:
    with _threads(threads):
        done.index.query(queries[0], 10)
        ours = [_ms(partial(done.index.query, query, 10)) for query in queries]
        flat = [_ms(partial(exact.search, query[None], 10)) for query in queries[:EXACT_QUERIES]]
    noun = "thread" if threads == 1 else "threads"
    name = f"query, {kind}, {done.source.name}, {threads} {noun}; baseline: exact flat"
    return Row(name, tuple(ours), tuple(flat), "ms", "<= 0.01")


def _recall(index: VectorIndex, exact: Any, queries: Vectors, k: int) -> float:
    _, best = exact.search(queries, k)
    found = [index.query(query, k).ids for query in queries]
    return float(np.mean([np.isin(one, ids).mean() for one, ids in zip(best, found, strict=True)]))


def _filters(source: Source, exact: Any) -> dict[str, Ids]:
    """Ids of one in a hundred samples, rising: any, and those of a few kinds."""
    generator = np.random.default_rng(9)
    wanted = int(FILTERED * source.count)
    some = generator.choice(source.count, wanted, replace=False)
    _, alike = exact.search(source.kinds[generator.integers(0, len(source.kinds), 10)], wanted // 10)
    return {"any": np.sort(some), "of few kinds": np.unique(alike).astype(np.int64)}


def _filtered(done: Published, name: str, ids: Ids) -> Iterator[Row]:
    """One in a hundred samples passes; their ids come anew with each query, and are the same as those before."""
    told = f"filter, 1 % pass ({name}), {done.source.name}"
    there = done.index.vectors(ids)
    for kind in ("sounds", "texts"):
        queries = done.source.asked()[kind]
        with _threads(1):
            first = _ms(partial(done.index.query, queries[0], 10, _passing(ids[1:])))
            done.index.query(queries[0], 10, _passing(ids))
            free = [_ms(partial(done.index.query, query, 10)) for query in queries]
            ours = [_ms(partial(done.index.query, query, 10, _passing(ids))) for query in queries]
        yield Row(f"{told}, {kind}; baseline: unfiltered", tuple(ours), tuple(free), "ms", "<= 2")
        yield Row(f"{told}, {kind}: its first query", (first,), (), "ms")
        shares = [_share(done.index, there, ids, query) for query in queries]
        yield Row(f"{told}, {kind}: recall@10", (float(np.mean(shares)),), (), "share", "ours >= 0.99")


def _share(index: VectorIndex, there: Vectors, ids: Ids, query: Vector) -> float:
    best = ids[np.argsort(-(there @ query))[:10]]
    return float(np.isin(best, index.query(query, 10, _passing(ids)).ids).mean())


def _passing(ids: Ids) -> Passing:
    return Passing(NO_FILTERS, ids.copy)


def _added(done: Published) -> Iterator[Row]:
    """A thousand samples more."""
    source = done.source
    new = np.arange(source.count, source.count + ADDED, dtype=np.int64)
    holdings = Added(source, Rows(new, source.made(ADDED, source.noise, [1 << 43])))
    before = {path.name for path in done.folder.iterdir()}
    seconds = _seconds(lambda: done.store.publish(holdings, _hear))
    written = sum(path.stat().st_size for path in done.folder.iterdir() if path.name not in before)
    name = f"{ADDED:,} samples more published, {source.name}; baseline: built anew"
    yield Row(name, (seconds,), (done.seconds,), "s")
    yield Row(f"{ADDED:,} samples more published: written, {source.name}", (written / 1e6,), (), "MB")


def grown(largest: Published) -> Iterator[Row]:
    """Query and build by the library's size."""
    for size in GROWTH:
        if size < largest.source.count:
            with published(real(size)) as smaller:
                yield from _point(smaller)
    yield from _point(largest)


def _point(done: Published) -> Iterator[Row]:
    queries = done.source.asked()["texts"]
    with _threads(1):
        done.index.query(queries[0], 10)
        ours = [_ms(partial(done.index.query, query, 10)) for query in queries]
    yield Row("query of the vector index, one thread", tuple(ours), (), "ms", samples=done.source.count)
    yield Row("publishing the vector index", (done.seconds,), (), "s", samples=done.source.count)


def _memory(folder: Path) -> tuple[float, float]:
    """Gigabytes of a process of its own that has loaded an empty index, and then this one: what is mapped aside."""
    command = [sys.executable, "-m", "bench.vectors", "--load", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def _load(folder: Path) -> None:
    empty = Source("empty", np.eye(1, DIMENSION, dtype=np.float32), 0.0, NONE, 0)
    with published(empty) as nothing:
        nothing.index.query(empty.kinds[0], 10)
        print(_gigabytes())
    index = FaissStore(folder, SPACE).load()
    if index is not None:
        for query in Source("queries", np.eye(QUERIES, DIMENSION, dtype=np.float32), 1.0, NONE, 0).kinds:
            index.query(query, 50)
    print(_gigabytes())


def _gigabytes() -> float:
    """Memory of one's own (RssAnon): pages that are mapped from files are the system's to keep or drop."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1e6


@contextmanager
def _peak_of_memory() -> Iterator[list[float]]:
    """The most that is held meanwhile, in GB, looked at twenty times a second."""
    peak, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], _gigabytes())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        done.set()
        looking.join()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        faiss.omp_set_num_threads(before)


def directions(vectors: Any) -> Vectors:
    """At unit length, float32."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ms(work: Callable[[], object]) -> float:
    return 1000 * _seconds(work)


def _hear(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.load:
        _load(told.load)
        return
    set_threads()
    for row in rows(told.size):
        ratio = "" if row.ratio is None else f"{row.ratio:.4g}"
        ours, baseline = (f"{np.median(figures):.4g}" if figures else "" for figures in (row.ours, row.baseline))
        print(f"{row.title:<75} {ours:>9} {baseline:>9} {row.unit:<6} {ratio:>9} {row.goal:>18} {row.met}", flush=True)


if __name__ == "__main__":
    main()
