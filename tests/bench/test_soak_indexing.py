"""What the soak of indexing calls a difference, and what it finds of processes that outlived theirs."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.soak_indexing import ASKED, TOLERANCE, Run, State, Table, files, make_library, outlived

ANSWERS = {query: {"a": 0.5, "b": 0.25} for query in ASKED}
SAMPLES: Table = [("a", "kick.wav", {"bpm": {"value": 120.0}}, np.array([1, 0], np.float32))]


def state(samples: Table = SAMPLES, score: float = 0.25, files: tuple[str, ...] = ("index",)) -> State:
    answers = ANSWERS | {ASKED[0]: {"a": 0.5, "b": score}}
    return State({"samples": samples}, answers, frozenset(files))


def changed(path: str = "kick.wav", bpm: float = 120.0, away: float = 0.0) -> State:
    return state([("a", path, {"bpm": {"value": bpm}}, np.array([1, away], np.float32))])


def test_what_rounds_otherwise_is_no_difference() -> None:
    assert list(state().differences(changed(away=0.9 * TOLERANCE, bpm=120 * (1 + 0.9 * TOLERANCE)))) == []
    assert list(state().differences(state(score=0.25 + 0.9 * TOLERANCE))) == []


@pytest.mark.parametrize("other", [changed(away=2 * TOLERANCE), changed(bpm=121.0), changed(path="snare.wav")])
def test_another_vector_trait_or_path_is_a_difference(other: State) -> None:
    (told,) = state().differences(other)
    assert told.startswith("samples: ('a', 'kick.wav'")


def test_a_lost_row_another_answer_and_files_left_behind_are_differences() -> None:
    assert list(state().differences(state([]))) == ["samples: 1 rows, then 0"]
    assert list(state().differences(state(score=0.26))) == [f"{ASKED[0]!r} is answered otherwise"]
    assert list(state().differences(state(files=("index", "x.tmp")))) == ["x.tmp is left behind"]
    assert list(state().differences(state(files=()))) == ["index is missing"]


def test_numbers_of_files_do_not_count_and_temporary_files_do(tmp_path: Path) -> None:
    run = Run.below(tmp_path, tmp_path)
    (run.data / "index").mkdir(parents=True)
    for name in ("flat-12-0123456789ab.faiss", "flat-7-ba9876543210.faiss"):
        (run.data / "index" / name).touch()
    assert files(run) == {"index", "index/flat-N-N.faiss"}
    (run.temporary / "half").touch()
    assert "tmp/half" in files(run)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_processes_that_outlive_their_indexer_are_found(tmp_path: Path) -> None:
    run = Run.below(tmp_path, tmp_path)
    pipe = subprocess.PIPE
    with subprocess.Popen(["cat"], stdin=pipe, stdout=pipe, env=run.environment, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"up")
        process.stdin.flush()
        assert process.stdout.read(2) == b"up"  # Popen returns before the kernel shows the new environment
        assert outlived(run, seconds=0) == 1
        process.communicate()
        assert outlived(run, seconds=0) == 0


def test_the_library_has_equal_files_and_files_that_cannot_be_indexed(tmp_path: Path) -> None:
    library = make_library(tmp_path, sounds=4)
    contents = [path.read_bytes() for path in library.rglob("*") if path.is_file()]
    assert len(contents) - len(set(contents)) == 1
    assert {path.stem for path in library.iterdir() if path.is_file()} >= {"copy", "cut", "empty", "head", "words"}
