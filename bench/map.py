"""The map: how long it takes, how well neighbours stay neighbours, how fast it is drawn and sent.

Vectors are drawn as a library's lie: in groups of kinds, each sound somewhere between two kinds of its group. PCA of
the same vectors is the baseline.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench.library_rows import fill, scatter
from bench.rows import Row
from bench.stopwatch import milliseconds, seconds
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.map_buffer import encode
from soundpalette.core.projection import project
from soundpalette.core.threads import set_threads
from soundpalette.core.types import NewSample, Places, Space, Vectors
from soundpalette.indexing.mapping import update_map

SIZES: Final = {256: (1_000, 20_000), 768: (20_000,)}
WHOLE: Final = 100_000
LATER: Final = 1_000
GROUPS: Final = 20
KINDS: Final = 300
OWN: Final = 0.5
KEPT: Final = 10
ASKED: Final = 1_000
TIMES: Final = 5
SPACE: Final = Space("bench", "0", 256)
JOINED: Final = (
    "SELECT s.id, p.x, p.y, t.role FROM places p JOIN samples s ON s.content_hash = p.content_hash "
    "LEFT JOIN traits t ON t.sample_id = s.id WHERE p.space = ?"
)
"""The same rows as a program would read them that does not think of their number."""


def rows() -> Iterator[Row]:
    """Projections of `SIZES`, then a library of `WHOLE`: made, added to, drawn."""
    set_threads()
    os.environ["NUMBA_NUM_THREADS"] = "1"  # as the indexer's own process has it
    project(drawn_vectors(100, SPACE.dimension))  # imports, and what numba compiles at the first time
    for dimension, sizes in SIZES.items():
        for samples in sizes:
            yield from projected(samples, dimension)
    with tempfile.TemporaryDirectory() as folder:
        yield from whole(Catalogue(Path(folder, "made", "catalogue.sqlite")))
        yield drawn(Catalogue(Path(folder, "drawn", "catalogue.sqlite")))


def drawn_vectors(samples: int, dimension: int) -> Vectors:
    """Unit vectors float32 [samples, dimension]."""
    rng = np.random.default_rng(6)
    groups = rng.standard_normal((GROUPS, dimension)) / np.sqrt(dimension)
    kinds = groups[np.arange(KINDS) % GROUPS] + 0.7 * rng.standard_normal((KINDS, dimension)) / np.sqrt(dimension)
    one = rng.integers(KINDS, size=samples)
    other = (one + GROUPS * rng.integers(1, 3, size=samples)) % KINDS
    between = rng.random((samples, 1))
    own = OWN * rng.standard_normal((samples, dimension), dtype=np.float32) / np.sqrt(dimension)
    vectors = kinds[one] * between + kinds[other] * (1 - between) + own
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def projected(samples: int, dimension: int) -> list[Row]:
    """Seconds of a projection, and how many of the ten nearest are among the ten nearest in the plane."""
    vectors = drawn_vectors(samples, dimension)
    planes: dict[str, Places] = {}
    ours = seconds(lambda: planes.update(ours=project(vectors)))
    base = seconds(lambda: planes.update(pca=_principal(vectors)))
    found = {name: _kept(vectors, plane) for name, plane in planes.items()}
    told = f"{dimension} dimensions; baseline: PCA"
    return [
        Row(f"map: projection, {told}", (ours,), (base,), "s", "", samples),
        Row(f"map: of the {KEPT} nearest kept, {told}", (found["ours"],), (found["pca"],), "", ">= 2", samples),
    ]


def whole(catalogue: Catalogue) -> Iterator[Row]:
    """The map of a catalogue, by the indexer's way."""
    root, vectors = catalogue.add_root(Path("/music")), drawn_vectors(WHOLE + LATER, SPACE.dimension)
    new = [
        NewSample(root.id, f"{at}.wav", 1, 1, hashlib.sha256(b"%d" % at).hexdigest(), 1.0, 44_100, 1, vector)
        for at, vector in enumerate(vectors)
    ]
    update = partial(update_map, catalogue, SPACE, lambda line: None)
    catalogue.commit(SPACE, new[:WHOLE], [])
    yield Row("map: made by the indexer, 256 dimensions", (seconds(update),), (), "s", "", WHOLE)
    catalogue.commit(SPACE, new[WHOLE:], [])
    yield Row(f"map: {LATER:,} more placed, 256 dimensions", (seconds(update),), (), "s", "", WHOLE)
    yield Row("map: nothing to do", tuple(milliseconds(update) for _ in range(TIMES)), (), "ms", "", WHOLE)
    catalogue.close()


def drawn(catalogue: Catalogue) -> Row:
    """Reading and packing the whole map."""
    fill(catalogue, catalogue.add_root(Path("/music/generated")), SPACE, WHOLE)
    scatter(catalogue, SPACE, WHOLE)
    ours = tuple(milliseconds(lambda: encode(catalogue.map_rows(SPACE), "")) for _ in range(TIMES))
    base = tuple(milliseconds(lambda: _by_hand(catalogue)) for _ in range(TIMES))
    catalogue.close()
    return Row("map: drawn for a page; baseline: its rows by one query", ours, base, "ms", "ours <= 150", WHOLE)


def _by_hand(catalogue: Catalogue) -> int:
    with catalogue._connected() as connection:
        return len(connection.execute(JOINED, (SPACE.key,)).fetchall())


def _principal(vectors: Vectors) -> Places:
    from sklearn.decomposition import PCA

    return np.asarray(PCA(2, svd_solver="randomized", random_state=6).fit_transform(vectors), np.float64)


def _kept(vectors: Vectors, plane: Places) -> float:
    """The share of the ten nearest of some sounds, exactly found, that are among the ten nearest in the plane."""
    from sklearn.neighbors import NearestNeighbors

    asked = np.linspace(0, len(vectors) - 1, min(ASKED, len(vectors)), dtype=int)
    true = np.argsort(-(vectors[asked] @ vectors.T), axis=1)[:, 1 : KEPT + 1]
    near = NearestNeighbors(n_neighbors=KEPT + 1).fit(plane).kneighbors(plane[asked], return_distance=False)[:, 1:]
    return float(np.mean([len(set(one) & set(other)) / KEPT for one, other in zip(true, near, strict=True)]))
