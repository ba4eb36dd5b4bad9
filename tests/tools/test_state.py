"""The state of a library, and what could not be indexed."""

from dataclasses import replace
from pathlib import Path

import pytest

from soundpalette.core.indexer_lock import indexing
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.state import library_failures, library_state
from soundpalette.tools.workbench import Workbench
from tests.sounds import kick, write


def test_an_indexed_library_is_told(crate_bench: Workbench, crate: Path) -> None:
    state = library_state(crate_bench)
    assert (state.encoder, state.samples, state.indexed, state.pending, state.failed) == ("compact", 16, 16, 0, 0)
    assert [(root.path, root.there) for root in state.roots] == [(str(crate), True)]
    assert (state.running, state.done, state.planned) == (False, 16, 16)
    assert state.finished.startswith("20")


def test_the_most_hits_of_a_search_are_told(crate_bench: Workbench) -> None:
    assert library_state(replace(crate_bench, max_top_k=7)).max_top_k == 7


def test_a_run_under_way_is_told(crate_bench: Workbench) -> None:
    catalogue = crate_bench.searcher.catalogue
    run = catalogue.start_run(crate_bench.searcher.store.space)
    catalogue.plan_run(run, 40)
    assert not library_state(crate_bench).running  # it broke off: no indexer is alive
    with indexing(catalogue.path.parent):
        state = library_state(crate_bench)
    assert (state.running, state.done, state.planned) == (True, 0, 40)


def test_the_version_changes_with_the_library_alone(crate_bench: Workbench, indexer: Indexer, crate: Path) -> None:
    before = library_state(crate_bench).version
    indexer.run([crate], Lines())
    assert library_state(crate_bench).version == before
    write(crate / "new.wav", kick(0.22))
    indexer.run([crate], Lines())
    assert library_state(crate_bench).version != before


def test_the_version_changes_where_nothing_but_failures_is_new(
    crate_bench: Workbench, indexer: Indexer, crate: Path
) -> None:
    before = library_state(crate_bench).version
    (crate / "bad.wav").write_bytes(b"no audio")
    indexer.run([crate], Lines())
    failing = library_state(crate_bench).version
    indexer.run([crate], Lines())
    assert library_state(crate_bench).version == failing != before


def test_failures_come_by_path_in_pages(crate_bench: Workbench, indexer: Indexer, crate: Path) -> None:
    for number in range(3):
        (crate / f"bad {number}\u202e.wav").write_bytes(b"" if number else b"no audio")
    indexer.run([crate], Lines())
    page = library_failures(crate_bench, 1, 1)
    assert page.total == 3
    assert [one.path for one in page.failures] == [str(crate / "bad 1.wav")]
    assert page.failures[0].reason.startswith("is empty (0 bytes)")
    assert len(library_failures(crate_bench, 0, 500).failures) == 3
    assert library_failures(crate_bench, 9, 500).failures == []


def test_no_page_lies_beyond_the_bounds(crate_bench: Workbench) -> None:
    for offset, limit in ((-1, 10), (0, 0), (0, 501), (10**20, 1)):
        with pytest.raises(RequestError, match="0 to 1,000,000,000 and 1 to 500 are allowed"):
            library_failures(crate_bench, offset, limit)
