"""Runs: how far they are, told with each commit."""

import sqlite3
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.indexer_lock import indexing, is_at_work
from soundpalette.core.runs_table import Advance
from soundpalette.core.types import Counts
from soundpalette.errors import CatalogueError
from tests.core.test_catalogue import OTHER, SPACE, sample


def test_a_run_tells_how_far_its_commits_have_come(catalogue: Catalogue) -> None:
    root = catalogue.add_root(Path("/music"))
    assert catalogue.last_run(SPACE) is None
    run = catalogue.start_run(SPACE)
    catalogue.plan_run(run, 3)
    catalogue.commit(SPACE, [sample(root, "a.wav"), sample(root, "b.wav")], [], Advance(run, 2))
    told = catalogue.last_run(SPACE)
    assert told is not None
    assert (told.planned, told.done, told.finished) == (3, 2, "")
    assert told.started <= told.changed
    assert catalogue.last_run(OTHER) is None


def test_a_commit_that_fails_advances_nothing(catalogue: Catalogue) -> None:
    root = catalogue.add_root(Path("/music"))
    run = catalogue.start_run(SPACE)
    with sqlite3.connect(catalogue.path) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON samples BEGIN SELECT raise(ABORT, 'full'); END")
    other.close()
    with pytest.raises(CatalogueError):
        catalogue.commit(SPACE, [sample(root, "a.wav")], [], Advance(run, 1))
    told = catalogue.last_run(SPACE)
    assert told is not None
    assert told.done == 0


def test_the_last_whole_run_is_remembered_beside_one_that_goes_on(catalogue: Catalogue) -> None:
    assert catalogue.last_finished(SPACE) == ""
    catalogue.finish_run(catalogue.start_run(SPACE), Counts(seen=3))
    ended = catalogue.last_finished(SPACE)
    catalogue.start_run(SPACE)
    told = catalogue.last_run(SPACE)
    assert told is not None
    assert told.finished == ""
    assert catalogue.last_finished(SPACE) == ended != ""


def test_a_run_that_broke_off_is_not_at_work_while_another_space_is_indexed(catalogue: Catalogue) -> None:
    folder = catalogue.path.parent
    catalogue.start_run(SPACE)
    with indexing(folder):
        assert is_at_work(catalogue.last_run(SPACE), folder)
        catalogue.start_run(OTHER)
        assert not is_at_work(catalogue.last_run(SPACE), folder)
        assert is_at_work(catalogue.last_run(OTHER), folder)
