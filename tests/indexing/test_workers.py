"""Worker processes: what they load, what becomes of files that kill or hang them, and that none is left behind."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.audio import Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.types import Counts
from soundpalette.errors import IndexingError, WeightsError
from soundpalette.indexing.local import LocalEngine, Prepare
from soundpalette.indexing.pipeline import Indexer, Report, Settings
from soundpalette.indexing.prepare import prepare
from soundpalette.indexing.progress import Lines
from soundpalette.indexing.work import Done, Task
from soundpalette.indexing.workers import ONE_THREAD, Crew
from tests.conftest import CRATE, index_store
from tests.indexing import faulty
from tests.sounds import noise, tone, write

SAME_VECTOR = 1e-5
"""Between vectors of one file encoded in different processes."""
PROJECT = Path(__file__).parents[2]


def engine(encoder: Encoder, prepare: Prepare = prepare, gpus: tuple[str, ...] = ()) -> LocalEngine:
    return LocalEngine(encoder, Limits(), workers=2, batch_size=2, gpus=lambda: gpus, prepare=prepare)


def tasks(*paths: Path) -> list[Task]:
    return [Task(path.name, str(path), embed=True, analyse=True) for path in paths]


@pytest.fixture
def index(catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path) -> Callable[[LocalEngine], Report]:
    """Index the library of six by an engine."""
    store = index_store(tmp_path, compact)

    def run(engine: LocalEngine) -> Report:
        return Indexer(catalogue, compact, store, Settings(batch_size=4), engine=engine).run([library], Lines())

    return run


def crew(seconds: Callable[[str], float] = lambda _: 60.0) -> Crew[str, str]:
    return Crew(faulty.doubled, [ONE_THREAD], seconds, lambda item, told: told)


def test_workers_decode_and_analyse_without_loading_a_tower(compact: Encoder, library: Path) -> None:
    done = list(engine(compact, faulty.told_modules).work(tasks(*library.rglob("*.wav"))))
    assert {one.reason for one in done} == {"none"}


def test_vectors_and_analyses_are_those_of_one_process(compact: Encoder, library: Path) -> None:
    long = write(library / "long.wav", np.concatenate([tone(220, 20.0), noise(20.0)]))
    wanted = tasks(long, *library.rglob("*.flac"), *library.rglob("*.aiff"))
    here = list(LocalEngine(compact, Limits(), workers=0, batch_size=1).work(wanted))
    there = list(engine(compact).work(wanted))
    assert [alike(one) for one in there] == [alike(one) for one in here]
    for one, other in zip(there, here, strict=True):
        assert one.vector is not None
        assert other.vector is not None
        np.testing.assert_allclose(one.vector, other.vector, atol=SAME_VECTOR)


def alike(done: Done) -> Done:
    """What has to be equal to the last bit."""
    assert done.heard is not None
    return replace(done, vector=None, heard=replace(done.heard, seconds=0.0))


@pytest.mark.parametrize(("prepare", "how"), [(faulty.killed, "SIGKILL"), (faulty.crashed, "SIGSEGV")])
def test_a_file_that_kills_its_worker_twice_is_one_failure_and_the_rest_goes_on(
    index: Callable[[LocalEngine], Report], compact: Encoder, prepare: Prepare, how: str
) -> None:
    report = index(engine(compact, prepare))
    assert report.counts == Counts(seen=6, added=5, failed=1)
    assert report.failures[0].path.endswith("low.wav")
    assert "made the decoder crash or hang twice" in report.failures[0].reason
    assert how in report.failures[0].reason


def test_files_whose_worker_died_once_are_indexed(index: Callable[[LocalEngine], Report], compact: Encoder) -> None:
    assert index(engine(compact, faulty.killed_once)).counts == Counts(seen=6, added=6)


def test_an_encoder_that_cannot_be_used_ends_the_run(index: Callable[[LocalEngine], Report], compact: Encoder) -> None:
    with pytest.raises(WeightsError, match="fetch them again"):
        index(engine(compact, faulty.without_weights))


@pytest.mark.parametrize("once", [True, False])
def test_a_long_file_whose_worker_dies_is_tried_once_more(tmp_path: Path, once: bool) -> None:
    path = write(tmp_path / "long.wav", tone(220, 31.0))
    (done,) = engine(faulty.BreakingOff(once)).work(tasks(path))
    assert (done.vector is not None) == once
    assert ("crash or hang twice" in done.reason) != once


def test_every_gpu_has_a_process_and_all_work_at_once(tmp_path: Path, library: Path, compact: Encoder) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    paths = sorted(library.rglob("*.wav"))
    done = list(engine(faulty.Together(marks, wanted=2), gpus=("0", "1")).work(tasks(*paths)))
    assert {mark.name for mark in marks.iterdir()} == {"0", "1"}
    assert [one.task.source for one in done] == [str(path) for path in paths]
    for path, one in zip(paths, done, strict=True):
        assert one.vector is not None
        np.testing.assert_allclose(one.vector, compact.embed_audio_files([path])[0], atol=SAME_VECTOR)


def test_items_of_a_worker_that_died_are_done_again_one_by_one() -> None:
    with crew() as workers:
        assert workers.do(["a", "die", "b"]) == ["aa", "ended by SIGKILL", "bb"]
        assert workers.do(["c"]) == ["cc"]


def test_a_worker_that_hangs_is_ended_and_the_next_item_is_done(tmp_path: Path) -> None:
    hanging = tmp_path / "pipe"
    os.mkfifo(hanging)
    with crew(lambda item: 60.0 if len(item) == 1 else 0.2) as workers:
        assert workers.do([str(hanging)])[0].startswith("took more than 0.2 seconds")
        assert workers.do(["a"]) == ["aa"]


def test_what_a_library_prints_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with crew() as workers:
        assert workers.do(["noise"]) == ["noisenoise"]
    assert "a library prints" in capfd.readouterr().err


def test_a_worker_that_cannot_start_is_no_fault_of_the_file() -> None:
    broken = Crew(faulty.doubled, [{"PYTHONHOME": os.devnull}], lambda _: 60.0, lambda item, told: told)
    with broken, pytest.raises(IndexingError, match="a worker process could not be started"):
        broken.do(["a"])


def test_an_encoder_is_pickled_without_its_towers(compact: Encoder) -> None:
    import pickle

    compact.load_audio()
    packed = pickle.dumps(compact)
    assert len(packed) < 2_000
    assert isinstance(unpacked := pickle.loads(packed), CompactEncoder)
    assert unpacked.space == compact.space


def test_no_worker_outlives_a_run_that_was_killed(tmp_path: Path) -> None:
    held = tmp_path / "pipe"
    os.mkfifo(held)
    program = (
        "from soundpalette.indexing.workers import Crew; from tests.indexing import faulty; import sys\n"
        "Crew(faulty.doubled, [{}], lambda _: 600.0, lambda item, told: told).do([sys.argv[1]])"
    )
    command = [sys.executable, "-c", program, str(held)]
    with subprocess.Popen(command, cwd=PROJECT) as process, held.open("rb", buffering=0) as gate:
        assert gate.read(5) == b"held\n"  # the worker is busy, and holds the other end of the pipe
        process.kill()
        assert select.select([gate], [], [], 60) == ([gate], [], [])
        assert gate.read(1) == b""  # nobody holds it any more


def test_ctrl_c_ends_the_run_with_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "soundpalette", "index", str(CRATE)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True) as run:
        assert run.stderr is not None
        assert b"85 files to read" in run.stderr.readline()
        os.killpg(run.pid, signal.SIGINT)
        told = run.stderr.read().decode()
    assert run.returncode == 130
    assert told.splitlines()[-1].startswith("stopped; what was committed is kept")
    assert "Traceback" not in told
