"""What an indexing run learns of its files as music, what it remembers and when it looks again."""

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.audio import Recording
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.music.analysis import REVISION
from soundpalette.core.types import Counts, Fact, Filters, Guess, Traits, Vectors
from soundpalette.core.vector_index import FaissStore
from soundpalette.errors import AudioError
from soundpalette.indexing import analyse
from soundpalette.indexing.pipeline import Indexer, Report, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import kick, tone, write


class Run:
    """Runs an indexer of its own each time."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, store: FaissStore) -> None:
        self.catalogue, self.encoder, self.store = catalogue, encoder, store

    def __call__(self, *paths: Path, analyse_only: bool = False, guesser: analyse.Guesser | None = None) -> Report:
        settings = Settings(batch_size=4, analyse_only=analyse_only)
        return Indexer(self.catalogue, self.encoder, self.store, settings, guesser).run(paths, Lines())

    def traits(self, path: str) -> Traits | None:
        found = self.catalogue.sample_at(self.catalogue.roots()[0].id, path)
        assert found is not None
        return self.catalogue.traits([found.id]).get(found.id)


@pytest.fixture
def run(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Run:
    return Run(catalogue, compact, index_store(tmp_path, compact))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "pack" / "loop_124bpm.wav", kick(0.5))
    write(tmp_path / "pack" / "tone.wav", tone(440, 0.3))
    return tmp_path / "pack"


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """From here on nothing can be analysed."""

    def fail(recorded: Recording) -> None:
        raise ZeroDivisionError(recorded.path)

    monkeypatch.setattr(analyse, "read_content", fail)
    return monkeypatch


class Pads:
    """Guesses that everything is a pad; remembers how many it was asked for."""

    def __init__(self, revision: str = "a") -> None:
        self.revision = revision
        self.asked = 0

    def guess(self, vectors: Vectors) -> Sequence[Guess]:
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
        self.asked += len(vectors)
        return [Guess(Fact("pad", "encoder", 0.4), None, ("warm",))] * len(vectors)


def forget_traits(catalogue: Catalogue) -> None:
    """As a catalogue of the first version comes up."""
    with catalogue._connected() as connection:
        for table in ("traits", "facts", "tags", "analyses", "guesses"):
            connection.execute(f"DELETE FROM {table}")


def test_a_run_analyses_what_is_new_and_tells_its_cost(run: Run, folder: Path) -> None:
    report = run(folder)
    assert (report.counts, report.analysed) == (Counts(seen=2, added=2), 2)
    assert report.analysis_seconds > 0
    known = run.traits("loop_124bpm.wav")
    assert known is not None
    assert known.bpm == Fact(124.0, "name", 0.9)
    again = run(folder)
    assert (again.counts, again.analysed, again.analysis_seconds) == (Counts(seen=2, unchanged=2), 0, 0)


def test_a_new_name_is_read_without_a_new_analysis(run: Run, folder: Path) -> None:
    run(folder)
    (folder / "loop_124bpm.wav").rename(folder / "loop_90bpm.wav")
    report = run(folder)
    assert (report.counts, report.analysed) == (Counts(seen=2, added=1, removed=1, unchanged=1), 0)
    known = run.traits("loop_90bpm.wav")
    assert known is not None
    assert known.bpm == Fact(90.0, "name", 0.9)


def test_a_new_content_is_analysed_anew_under_its_old_name(run: Run, folder: Path) -> None:
    run(folder)
    before = run.traits("loop_124bpm.wav")
    write(folder / "loop_124bpm.wav", tone(3000, 0.4))
    assert run(folder).analysed == 1
    after = run.traits("loop_124bpm.wav")
    assert before is not None
    assert after is not None
    assert before.brightness_hz < 300 < 2500 < after.brightness_hz
    assert after.bpm == before.bpm


def test_the_files_of_an_older_catalogue_are_analysed_without_being_embedded_again(run: Run, folder: Path) -> None:
    run(folder)
    forget_traits(run.catalogue)
    stamp = run.catalogue.stamp()
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(type(run.encoder), "embed_windows")
        report = run(folder)
    assert (report.counts, report.analysed) == (Counts(seen=2, unchanged=2), 2)
    assert run.traits("tone.wav") is not None
    assert run.catalogue.stamp() == stamp


def test_a_risen_revision_is_reason_to_analyse_anew(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder)
    monkeypatch.setattr("soundpalette.indexing.analyse.REVISION", REVISION + 1)
    assert run(folder).analysed == 2
    assert run(folder).analysed == 0


def test_analysis_alone_loads_no_tower_and_leaves_embedding_for_later(run: Run, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("windows", "embed_windows", "load_audio", "load_text"):
            patch.delattr(type(run.encoder), name)
        report = run(folder, analyse_only=True)
    assert (report.counts, report.analysed) == (Counts(seen=2, added=2), 2)
    assert not run.store.folder.exists()
    assert run(folder, analyse_only=True).counts == Counts(seen=2, unchanged=2)
    later = run(folder)
    assert (later.counts, later.analysed) == (Counts(seen=2, added=2), 0)
    assert run.catalogue.count(run.encoder.space) == 2


def test_a_failed_analysis_is_logged_and_its_name_tells_all_the_same(
    run: Run, folder: Path, unreadable: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        report = run(folder)
    assert report.counts == Counts(seen=2, added=2)
    assert "tone.wav' could not be analysed" in caplog.text
    known = run.traits("loop_124bpm.wav")
    assert known is not None
    assert (known.bpm, known.kind) == (Fact(124.0, "name", 0.9), Fact("loop", "name", 0.9))
    assert run.catalogue.select(Filters(min_bpm=120, max_bpm=130)).size == 1
    assert run.catalogue.select(Filters(kind="one-shot")).size == 0
    unreadable.undo()
    assert (run(folder).counts, run.traits("loop_124bpm.wav")) == (Counts(seen=2, unchanged=2), known)


def test_what_cannot_be_decoded_fails_once_whether_it_is_to_be_embedded_or_not(run: Run, folder: Path) -> None:
    write(folder / "nan.wav", np.full(4000, np.nan, np.float32), subtype="FLOAT")
    for analyse_only in (True, False, True):
        report = run(folder, analyse_only=analyse_only)
        assert report.counts.failed == 1
        assert report.failures[0].path.endswith("nan.wav")
    assert run.catalogue.total() == 2


def test_an_embedded_file_that_the_analysis_cannot_decode_stays(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    forget_traits(run.catalogue)

    def refuse(recorded: Recording) -> None:
        raise AudioError(recorded.path, "breaks off")

    monkeypatch.setattr(analyse, "read_content", refuse)
    assert run(folder, analyse_only=True).counts == Counts(seen=2, unchanged=2)
    assert run.catalogue.total() == 2


def test_guesses_come_last_are_kept_and_made_anew_by_another_vocabulary(run: Run, folder: Path) -> None:
    pads = Pads()
    run(folder, guesser=pads)
    known = run.traits("tone.wav")
    assert known is not None
    assert (known.role, known.tags) == (Fact("pad", "encoder", 0.4), ("warm",))
    run(folder, guesser=pads)
    assert pads.asked == 2
    assert run(folder, analyse_only=True).counts.unchanged == 2
    os.utime(folder / "tone.wav", (1, 1))
    run(folder, analyse_only=True)
    assert run.traits("tone.wav") == known
    other = Pads("b")
    assert run(folder, guesser=other).analysed == 0
    assert other.asked == 2


def test_equal_files_are_read_by_their_own_names(run: Run, folder: Path) -> None:
    shutil.copy(folder / "loop_124bpm.wav", folder / "loop_80bpm.wav")
    run(folder)
    found = {f"{value:012x}" for value in run.catalogue.select(Filters(max_bpm=100)).tolist()}
    assert {sample.path for sample in run.catalogue.samples(list(found)).values()} == {"loop_80bpm.wav"}
