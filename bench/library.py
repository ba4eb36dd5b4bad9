"""A large library: rescanning it, asking it, and what each reading of its catalogue costs as it grows.

Needs 3 GB of disk for a million samples.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.library_rows import RARE, batches, fill, path_of
from bench.rows import Row
from bench.stopwatch import milliseconds, seconds
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import Filters, NewSample, Space
from soundpalette.indexing.analyse import revision
from soundpalette.indexing.progress import Lines

if TYPE_CHECKING:
    from soundpalette.app import App

FILES: Final = 100_000
QUERIES: Final = 60
SIZES: Final = (10_000, 100_000, 1_000_000)
TIMES: Final = 5
SMALL: Final = Space("bench", "0", 32)
"""Vectors as small as this keep a million rows on a laptop's disk; what is read but them does not depend on it."""


def rows() -> list[Row]:
    """Rescan and text query over `FILES`."""
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        files = Path(folder, "files").resolve()
        _write_files(files, FILES)
        _commit_files(app, files, FILES)
        return [rescan(app, files), text_query(app)]


def growing() -> Iterator[Row]:
    """Of catalogues of all `SIZES`; filling the largest takes many minutes."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            yield from growth(Path(folder), size)


def rescan(app: "App", files: Path) -> Row:
    """`soundpalette index` over unchanged files, beside a walk that looks at each."""
    app.indexer().run([], Lines())  # publishes the index once
    ours, walk = [], []
    for _ in range(TIMES):
        walk.append(seconds(lambda: _walk(files)))
        ours.append(seconds(lambda: app.indexer().run([], Lines())))
    name = "rescan of unchanged files; baseline: os.scandir with stat"
    return Row(name, tuple(ours), tuple(walk), "s", "<= 3", FILES)


def text_query_clamp3() -> Iterator[Row]:
    """The same in CLaMP3's 768 dimensions, with full-size random weights."""
    from bench.make_clamp3_weights import made  # brings torch and transformers

    weights = made()
    (checkpoint,) = weights.glob("*.pth")
    named = {"MERT": weights / "mert", "CLAMP3": checkpoint, "TEXT": weights / "text"}
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"SOUNDPALETTE_MODELS__{name}": str(path) for name, path in named.items()}
        os.environ["SOUNDPALETTE_ENCODER__NAME"] = "clamp3"
        app = _app(Path(folder))
        space = app.encoder.space
        fill(app.catalogue, app.catalogue.add_root(Path("/music/generated")), space, FILES)
        app.store.publish(app.catalogue.holdings(space))
        yield text_query(app)


def text_query(app: "App") -> Row:
    """A warm query, each a new one, beside the text tower and FAISS's flat index of the same vectors called by hand."""
    import faiss

    searcher, encoder = app.searcher, app.encoder
    searcher.warm_up()
    index = searcher.index()
    flat = faiss.IndexFlatIP(encoder.space.dimension)
    flat.add(index.vectors(index.ids()))

    def by_hand(query: str) -> object:
        return flat.search(encoder.embed_text([query]), 10)

    ours, bare = [], []
    for mine, other in zip(_questions(0), _questions(QUERIES), strict=True):
        ours.append(milliseconds(partial(searcher.by_text, mine, 10)))
        bare.append(milliseconds(partial(by_hand, other)))
    name = f"warm text query, {encoder.space.dimension} dimensions; baseline: text tower and FAISS flat by hand"
    return Row(name, tuple(ours[5:]), tuple(bare[5:]), "ms", "<= 1.1", index.manifest.count)


def growth(folder: Path, samples: int) -> list[Row]:
    """What reading and writing a catalogue of so many samples costs."""
    catalogue = Catalogue(folder / "catalogue.sqlite")
    root = catalogue.add_root(Path("/music/generated"))
    fill(catalogue, root, SMALL, samples)
    generation = catalogue.generation()
    pack = path_of(samples // 2).split("/")[0]
    read: dict[str, Callable[[], object]] = {
        "filter by genre, 1 % pass": lambda: catalogue.select(Filters(genre=RARE)),
        "filter by tag, 1 % pass": lambda: catalogue.select(Filters(tag=RARE)),
        "filter by tempo, 1 % pass": lambda: catalogue.select(Filters(min_bpm=120, max_bpm=122)),
        "filter by key": lambda: catalogue.select(Filters(key="A minor")),
        "filter by folder": lambda: catalogue.select(Filters(folder=pack)),
        "filter by kind, 40 % pass": lambda: catalogue.select(Filters(kind="loop")),
        "count": lambda: catalogue.count(SMALL),
        "pending": lambda: catalogue.pending(SMALL, generation),
        "overview": catalogue.tally,
        "known files, streamed": lambda: _exhaust(catalogue.files(root.id, "")),
        "unfinished files": lambda: catalogue.unfinished(root.id, SMALL, lambda told: True),
        "forget failures": lambda: catalogue.forget_failures(SMALL, root.id, "", ()),
        "drop what is unused": catalogue.drop_unused,
        "vectors, streamed": lambda: _exhaust(catalogue.vectors(SMALL)),
    }
    found = [_growth(f"catalogue: {name}", work, samples) for name, work in read.items()]
    more = _moved(next(batches(root, SMALL, 32 * TIMES, "2")))
    parts = iter([more[start : start + 32] for start in range(0, 32 * TIMES, 32)])
    found.append(_growth("catalogue: commit of 32 files", lambda: catalogue.commit(SMALL, next(parts), []), samples))
    catalogue.close()
    return found


def _growth(name: str, work: Callable[[], object], samples: int) -> Row:
    return Row(name, tuple(milliseconds(work) for _ in range(TIMES)), (), "ms", "", samples)


def _moved(batch: Iterable[NewSample]) -> list[NewSample]:
    """The same sounds as other files of other contents."""
    return [replace(one, path=f"new/{one.path}", content_hash=one.content_hash[::-1]) for one in batch]


def _app(folder: Path) -> "App":
    from soundpalette.app import App
    from soundpalette.config import load_config

    os.environ["SOUNDPALETTE_DATA_DIR"] = str(folder / "data")
    return App(load_config())


def _write_files(folder: Path, count: int) -> None:
    """Small files: a rescan reads none of them."""
    for number in range(count):
        path = folder / path_of(number)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        path.write_bytes(b"RIFF%d" % number)


def _commit_files(app: "App", files: Path, count: int) -> None:
    """The files as a run over them would have left them in the catalogue."""
    from soundpalette.core.music.words import WordGuesser

    root = app.catalogue.add_root(files)
    current = revision(WordGuesser(app.vocabulary, app.encoder))
    for batch in batches(root, app.encoder.space, count, current):
        seen = [(files / one.path).stat() for one in batch]
        samples = [
            replace(one, size=stat.st_size, mtime_ns=stat.st_mtime_ns) for one, stat in zip(batch, seen, strict=True)
        ]
        app.catalogue.commit(app.encoder.space, samples, [])


def _walk(folder: Path) -> int:
    size, folders = 0, [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_size
    return size


def _questions(start: int) -> list[str]:
    """Queries that were not asked before."""
    from soundpalette.core.music.words import load_vocabulary

    words, rng = load_vocabulary().words, np.random.default_rng(start)
    drawn = rng.integers(len(words), size=(QUERIES, 2)).tolist()
    return [f"{words[one]} {words[other]} {start + number}" for number, (one, other) in enumerate(drawn)]


def _exhaust(stream: Iterable[Any]) -> int:
    return sum(1 for _ in stream)
