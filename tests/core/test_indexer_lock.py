"""Whether an indexer is at work, as others see it."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from soundpalette.core.indexer_lock import ALIVE, RECENT, indexing, is_at_work
from soundpalette.core.runs_table import Run
from soundpalette.errors import IndexingError

RUN = Run("2026-01-01T00:00:00+00:00", "", 10, 3, "2026-01-01T00:00:00+00:00", newest=True)
HOLD = """
import sys
from pathlib import Path
from soundpalette.core.indexer_lock import indexing
with indexing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that holds the locks as an indexer does."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_run_goes_on_while_its_indexer_lives_and_not_after_it_was_killed(tmp_path: Path) -> None:
    assert not is_at_work(RUN, tmp_path)
    with another(tmp_path) as process:
        assert is_at_work(RUN, tmp_path)
        with pytest.raises(IndexingError, match="another indexer is at work"), indexing(tmp_path):
            pass
        assert not is_at_work(replace(RUN, finished=RUN.started), tmp_path)
        assert not is_at_work(replace(RUN, newest=False), tmp_path)
        assert not is_at_work(None, tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not is_at_work(RUN, tmp_path)
    with indexing(tmp_path):
        assert is_at_work(RUN, tmp_path)
    assert not is_at_work(RUN, tmp_path)


def test_an_indexer_that_starts_is_never_refused_because_somebody_asks(tmp_path: Path) -> None:
    asked, ended = 0, threading.Event()

    def ask() -> None:
        nonlocal asked
        while not ended.is_set():
            is_at_work(RUN, tmp_path)
            asked += 1

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            with indexing(tmp_path):
                assert is_at_work(RUN, tmp_path)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert asked > 40


def test_two_who_ask_at_once_do_not_take_each_other_for_an_indexer(tmp_path: Path) -> None:
    with indexing(tmp_path):
        pass
    told: list[bool] = []

    def ask() -> None:
        told.extend(is_at_work(RUN, tmp_path) for _ in range(500))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == 1500 * [False]


def test_where_the_lock_cannot_be_opened_a_recent_sign_of_life_counts(tmp_path: Path) -> None:
    (tmp_path / ALIVE).mkdir()
    assert not is_at_work(RUN, tmp_path)
    now = datetime.now(UTC)
    assert is_at_work(replace(RUN, changed=now.isoformat(timespec="seconds")), tmp_path)
    assert not is_at_work(replace(RUN, changed=(now - RECENT - timedelta(minutes=1)).isoformat()), tmp_path)
    with pytest.raises(IndexingError, match="cannot be locked"), indexing(tmp_path):
        pass
