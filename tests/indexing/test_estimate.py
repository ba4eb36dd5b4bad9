"""What a run would cost: told from real files, with nothing changed by telling."""

import shutil
from pathlib import Path

import pytest

from soundpalette.core.audio import DEFAULT_LIMITS
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import FoundFile, Root
from soundpalette.indexing.estimate import Estimate, Estimator, rated, scaled
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from soundpalette.indexing.work import Job
from tests.conftest import index_store
from tests.sounds import noise, tone, write

SECONDS: float = 0.4 + 0.3 + 0.08 + 1 + 1 + 0.7
"""Of the six sounds of `library`."""


def estimated(catalogue: Catalogue, encoder: Encoder, tmp_path: Path, *paths: Path) -> Estimate:
    surveyor = Indexer(catalogue, encoder, index_store(tmp_path, encoder), Settings()).surveyor
    engine = LocalEngine(encoder, DEFAULT_LIMITS, 0, 4)
    return Estimator(catalogue, encoder, surveyor, DEFAULT_LIMITS, engine).estimate(paths)


def test_a_new_library_is_told_and_nothing_is_entered(
    catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path
) -> None:
    told = estimated(catalogue, compact, tmp_path, library)
    assert (told.new, told.changed, told.unchanged, told.gone) == (6, 0, 0, 0)
    assert told.hours == pytest.approx(SECONDS / 3600, rel=0.01)
    assert told.tried == 5  # one goes ahead alone
    assert told.seconds > 0
    assert told.index_bytes == 6 * (4 * compact.space.dimension + 8)
    assert told.catalogue_bytes > told.index_bytes
    assert (catalogue.roots(), catalogue.total(), catalogue.generation()) == ([], 0, 0)
    assert index_store(tmp_path, compact).manifest() is None


def test_new_changed_unchanged_and_gone_files_are_counted(
    catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path
) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(workers=0)).run([library], Lines())
    write(library / "tonal" / "low.wav", noise(0.4, 7))
    write(library / "new.wav", tone(500, 2.0))
    (library / "notes.wav").write_text("no audio")
    (library / "drums" / "hat.aiff").unlink()
    before = catalogue.stamp()
    told = estimated(catalogue, compact, tmp_path)
    assert (told.new, told.changed, told.unchanged, told.gone) == (2, 1, 4, 1)
    assert told.unreadable == pytest.approx(1 / 3)
    assert catalogue.stamp() == before


def test_with_nothing_to_do_nothing_is_loaded(
    catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(workers=0)).run([library], Lines())
    monkeypatch.delattr(type(compact), "windows")
    told = estimated(catalogue, compact, tmp_path, library)
    assert (told.unchanged, told.hours, told.seconds, told.catalogue_bytes, told.index_bytes) == (6, 0, 0, 0, 0)


def test_an_unplugged_root_is_a_warning(catalogue: Catalogue, compact: Encoder, library: Path, tmp_path: Path) -> None:
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(workers=0)).run([library], Lines())
    shutil.rmtree(library)
    told = estimated(catalogue, compact, tmp_path)
    assert "is not there" in told.warnings[0]
    assert told.gone == 0


def job(path: str, size: int) -> Job:
    return Job(Root("r", "/library"), FoundFile(path, size, 0), None)


def test_hours_follow_the_bytes_of_each_format() -> None:
    jobs = [job("a.wav", 100), job("b.WAV", 300), job("c.mp3", 10), job("d.mp3", 30), job("e.ogg", 20)]
    read = [(jobs[0], 1.0), (jobs[2], 2.0)]
    assert scaled(jobs, read) == pytest.approx(4 + 8 + 20 * 3 / 110)


def test_the_first_batch_tells_how_long_starting_takes() -> None:
    trial = rated([10.0, 10.0, 12.0, 14.0], started=4.0, seconds=8.0)
    assert (trial.start, trial.a_file, trial.a_second, trial.tried) == (6.0, 2.0, 1.0, 4)


def test_files_that_all_come_at_once_include_starting() -> None:
    trial = rated([10.0, 10.0], started=4.0, seconds=1.0)
    assert (trial.start, trial.a_file, trial.a_second) == (0.0, 3.0, 6.0)
