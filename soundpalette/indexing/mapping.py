"""The map of a library brought up to date after a run: what is new is placed beside what it sounds like, and now and
then all of it is made anew.

PaCMAP works in a process of its own: its imports and memory are not the indexer's, and what ends it costs the
map alone.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.places_table import ContentRows, MapMade, Placed
from soundpalette.core.projection import FEW, NEIGHBOURS, beside, project
from soundpalette.core.types import Space
from soundpalette.core.vector_index.nearest import Nearest
from soundpalette.errors import IndexingError
from soundpalette.indexing.workers import ONE_THREAD, Worker, WorkerError

RECIPE: Final = 1
"""Another number makes all maps anew."""
FITTED: Final = 50_000
"""Contents that PaCMAP looks at, at most; all others are placed beside these."""
OUTGROWN: Final = 4
"""A map is made anew once one in so many of its contents was placed beside others."""
SECONDS: Final = 3600.0
"""For a map; 50,000 contents take one minute."""
CACHE: Final = "numba"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be placed: all contents of `space`, or those alone that have no place."""

    space: Space
    whole: bool


def update_map(catalogue: Catalogue, space: Space, hear: Callable[[str], None]) -> None:
    """Bring the map of `space` to the catalogue's state; `hear` is told what was done. Raises IndexingError, and then
    the older map is whole."""
    started, stamp, made = time.monotonic(), catalogue.stamp(), catalogue.map_made(space)
    if made is not None and (made.stamp, made.recipe) == (stamp, RECIPE):
        return
    contents, unplaced = catalogue.contents(space), catalogue.unplaced(space)
    whole = made is None or _is_outgrown(made, contents, unplaced)
    alone = whole and contents >= FEW
    if alone and made is None:
        hear("map: being made (the first one after installing takes half a minute)")
    placed = list(_placed(catalogue, Task(space, whole), alone=alone))
    if made is None or whole:
        now = MapMade(RECIPE, contents, 0, stamp)
    else:
        now = MapMade(RECIPE, made.fitted, made.beside + unplaced, stamp)
    catalogue.put_map(space, now, placed, anew=whole)
    count = sum(len(some.contents) for some in placed)
    if count:
        hear(f"map: {count} {'places' if whole else 'more places'} in {time.monotonic() - started:.1f} s")


def _is_outgrown(made: MapMade, contents: int, unplaced: int) -> bool:
    """Whether too little of the map was made by looking at all of its contents, or too little of it is left."""
    grown = OUTGROWN * (made.beside + unplaced) > made.fitted
    return made.recipe != RECIPE or grown or 2 * contents < made.fitted


def _placed(catalogue: Catalogue, task: Task, *, alone: bool) -> Iterator[Placed]:
    if not alone:
        yield from place(catalogue, task)
        return
    worker = Worker(partial(place_alone, catalogue.path), _environment(catalogue.path.parent))
    try:
        yield from worker.ask(task, SECONDS)
    except WorkerError as error:
        raise IndexingError(f"its process {error}") from error
    finally:
        worker.end()


def place_alone(path: Path, task: Task) -> Iterator[Placed]:
    """As `place`, in a process of its own. Raises IndexingError for what goes wrong there."""
    catalogue = Catalogue(path)
    try:
        yield from place(catalogue, task)
    except (ImportError, MemoryError, RuntimeError, ValueError) as error:
        raise IndexingError(f"PaCMAP failed with {type(error).__name__}: {error}") from error
    finally:
        catalogue.close()


def place(catalogue: Catalogue, task: Task) -> Iterator[Placed]:
    """The places that the task asks for, in chunks; nothing is written."""
    space = task.space
    known = _first(catalogue.by_content(space, placed=None if task.whole else True), space)
    if not known.contents:
        return
    places = catalogue.places_of(space, known.contents)
    if task.whole:
        places = project(known.vectors, places if np.isfinite(places).any() else None)
        yield Placed(known.contents, places)
        others = catalogue.by_content(space, after=known.contents[-1])
    else:
        others = catalogue.by_content(space, placed=False)
    nearest = Nearest(known.vectors)
    for some in others:
        near = nearest.query(some.vectors, min(NEIGHBOURS, len(places)))
        yield Placed(some.contents, beside(near, places))


def _first(chunks: Iterable[ContentRows], space: Space) -> ContentRows:
    """The first `FITTED` of all chunks."""
    contents: list[str] = []
    vectors = [np.empty((0, space.dimension), np.float32)]
    for chunk in chunks:
        contents += chunk.contents
        vectors.append(chunk.vectors)
        if len(contents) >= FITTED:
            break
    return ContentRows(contents[:FITTED], np.concatenate(vectors)[:FITTED])


def _environment(folder: Path) -> dict[str, str]:
    """Of the process that runs PaCMAP. What numba compiles, some 20 seconds at the first time, is kept beside the
    installed package, or below `folder` where that may not be written."""
    environment = {"NUMBA_NUM_THREADS": "1", **ONE_THREAD}  # its work is one thread's; more only wait for each other
    package = find_spec("pacmap")
    kept = Path(package.origin).parent if package and package.origin else folder
    if "NUMBA_CACHE_DIR" not in os.environ and not os.access(kept, os.W_OK):
        environment["NUMBA_CACHE_DIR"] = str(folder / CACHE)
    return environment
