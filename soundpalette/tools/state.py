"""The state of the library for whoever looks at it: what is indexed, what is being indexed, what could not be."""

import hashlib
from typing import Final

from pydantic import Field

from soundpalette.core.indexer_lock import is_at_work
from soundpalette.core.vector_index import Manifest
from soundpalette.errors import RequestError
from soundpalette.tools.library import root_states
from soundpalette.tools.maps import map_version
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import Answer, RootStatus
from soundpalette.tools.workbench import Workbench

MOST_FAILURES: Final = 500
FURTHEST: Final = 1_000_000_000
"""That a page of failures may begin at."""
LONGEST_PATH: Final = 4096
LONGEST_REASON: Final = 1000
VERSION_LETTERS: Final = 16


class LibraryState(Answer):
    """Counts, and how far the indexer is that is at work, if one is."""

    encoder: str
    samples: int
    indexed: int
    pending: int
    failed: int
    mapped: int = Field(description="Samples that have a place on the map")
    roots: list[RootStatus]
    running: bool
    done: int = Field(description="Files of this run")
    planned: int
    finished: str = Field(description="When the last whole run ended, UTC; empty: never")
    max_top_k: int = Field(description="The most hits that a search may ask for")
    version: str = Field(description="Changes when an answer may change; with failures, when their number does")


class FailureShown(Answer):
    """A file that could not be indexed, and why."""

    path: str
    reason: str


class Failures(Answer):
    """Some of them, by path."""

    total: int
    failures: list[FailureShown]


def library_state(bench: Workbench) -> LibraryState:
    """Loads no encoder. Raises SoundPaletteError for a damaged index."""
    searcher = bench.searcher
    catalogue, space, manifest = searcher.catalogue, searcher.store.space, searcher.store.manifest()
    run, failed = catalogue.last_run(space), catalogue.failed(space)
    return LibraryState(
        encoder=space.encoder,
        samples=catalogue.total(),
        indexed=manifest.count if manifest else 0,
        pending=searcher.pending(manifest.generation if manifest else 0),
        failed=failed,
        mapped=catalogue.mapped(space),
        roots=root_states(catalogue),
        running=is_at_work(run, catalogue.path.parent),
        done=run.done if run else 0,
        planned=run.planned if run else 0,
        finished=catalogue.last_finished(space),
        max_top_k=bench.max_top_k,
        version=_version(bench, manifest, failed),
    )


def library_failures(bench: Workbench, offset: int, limit: int) -> Failures:
    """Raises RequestError beyond the bounds."""
    if not 0 <= offset <= FURTHEST or not 1 <= limit <= MOST_FAILURES:
        raise RequestError(
            f"offset is {offset} and limit {limit}; 0 to {FURTHEST:,} and 1 to {MOST_FAILURES} are allowed"
        )
    catalogue, space = bench.searcher.catalogue, bench.searcher.store.space
    some = catalogue.failures(space, offset, limit)
    return Failures(
        total=catalogue.failed(space),
        failures=[
            FailureShown(path=clean(str(one.path), LONGEST_PATH), reason=clean(one.reason, LONGEST_REASON))
            for one in some
        ],
    )


def _version(bench: Workbench, manifest: Manifest | None, failed: int) -> str:
    """Of the catalogue's state, of the index that answers, of the map and of how many files failed."""
    catalogue = bench.searcher.catalogue
    published = manifest and (manifest.generation, manifest.stamp)
    state = f"{catalogue.stamp()} {catalogue.edition()} {published} {map_version(bench)} {failed}"
    return hashlib.sha256(state.encode()).hexdigest()[:VERSION_LETTERS]
