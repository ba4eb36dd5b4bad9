"""The indexer: what a run adds, updates, keeps and forgets, and what survives a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Counts, Features, FoundFile, Window
from soundpalette.core.vector_index import FaissStore
from soundpalette.errors import AudioError, IndexingError, ScanError
from soundpalette.indexing import prepare
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.pipeline import Indexer, Report, Settings
from soundpalette.indexing.progress import Lines
from soundpalette.indexing.scan import walk
from soundpalette.indexing.work import Identified, Job
from tests.conftest import CRATE, index_store
from tests.sounds import hat, kick, noise, tone, write, write_library

SAME_VECTOR = 1e-5
"""Between vectors of one file encoded in different batches."""


@pytest.fixture
def run(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> "Run":
    return Run(catalogue, compact, index_store(tmp_path, compact))


class Run:
    """Runs an indexer of its own each time."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, store: FaissStore) -> None:
        self.catalogue, self.encoder, self.store = catalogue, encoder, store

    def __call__(self, *paths: Path, prune: bool = False, verify: bool = False) -> Report:
        settings = Settings(batch_size=4, prune=prune, verify=verify)
        return Indexer(self.catalogue, self.encoder, self.store, settings).run(paths, Lines())

    def indexed(self) -> int:
        index = self.store.load()
        assert index is not None
        assert index.manifest.stamp == self.catalogue.stamp()
        return index.manifest.count


def test_a_new_library_is_added_and_then_unchanged(run: Run, library: Path) -> None:
    assert run(library).counts == Counts(seen=6, added=6)
    assert run.indexed() == 6
    assert run(library).counts == Counts(seen=6, unchanged=6)


def test_vectors_are_those_of_the_encoder_alone(run: Run, library: Path) -> None:
    run(library)
    root = run.catalogue.roots()[0]
    for path, known in run.catalogue.known_files(root.id, "", run.encoder.space).items():
        stored = run.catalogue.vector(known.id, run.encoder.space)
        assert stored is not None
        np.testing.assert_allclose(stored, run.encoder.embed_audio_files([library / path])[0], atol=SAME_VECTOR)


def test_changed_new_and_gone_files(run: Run, library: Path) -> None:
    run(library)
    write(library / "tonal" / "low.wav", noise(0.4, 7))
    write(library / "new.wav", hat(0.2))
    (library / "drums" / "hat.aiff").unlink()
    report = run(library)
    assert report.counts == Counts(seen=6, added=1, updated=1, removed=1, unchanged=4)
    assert run.indexed() == 6


def test_a_touched_file_is_unchanged_and_a_moved_one_is_not_encoded_again(run: Run, library: Path) -> None:
    run(library)
    os.utime(library / "drums" / "kick 1.wav", (1, 1))
    assert run(library).counts == Counts(seen=6, unchanged=6)
    (library / "drums").rename(library / "percussion")
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(type(run.encoder), "embed_windows")
        assert run(library).counts == Counts(seen=6, added=3, removed=3, unchanged=3)


def test_a_change_that_keeps_size_and_time_is_seen_by_verify(run: Run, library: Path) -> None:
    path = write(library / "x.wav", tone(300))
    run(library)
    stamp = path.stat().st_mtime_ns
    write(path, tone(900))
    os.utime(path, ns=(stamp, stamp))
    assert run(library).counts.updated == 0
    assert run(library, verify=True).counts.updated == 1


def test_equal_files_are_two_samples(run: Run, library: Path) -> None:
    shutil.copy(library / "drums" / "kick 1.wav", library / "copy.wav")
    assert run(library).counts.added == 7
    assert run.indexed() == 7


def test_bad_files_fail_one_by_one_and_the_run_goes_on(run: Run, library: Path) -> None:
    (library / "empty.wav").touch()
    (library / "notes.wav").write_text("buy strings")
    whole = write(library / "cut.wav", tone(440)).read_bytes()
    (library / "cut.wav").write_bytes(whole[:30])
    write(library / "nan.wav", np.full(4000, np.nan, np.float32), subtype="FLOAT")
    write(library / "odd.wav", tone(440, rate=44_101), 44_101)
    write(library / "many.wav", np.tile(tone(300)[:, None], (1, 32)))
    report = run(library)
    assert report.counts == Counts(seen=12, added=8, failed=4)
    assert {Path(f.path).name for f in report.failures} == {"empty.wav", "notes.wav", "cut.wav", "nan.wav"}
    again = run(library)
    assert again.counts == Counts(seen=12, unchanged=8, failed=4)
    (library / "empty.wav").unlink()
    write(library / "notes.wav", tone(440))
    assert run(library).counts == Counts(seen=11, added=1, unchanged=8, failed=2)
    assert run.catalogue.failed(run.encoder.space) == 2


def test_a_good_file_that_turns_bad_is_no_sample_any_more(run: Run, library: Path) -> None:
    run(library)
    (library / "tonal" / "low.wav").write_text("oops")
    assert run(library).counts == Counts(seen=6, unchanged=5, failed=1)
    assert run.indexed() == 5


def test_only_what_stands_below_the_given_paths_is_forgotten(run: Run, library: Path) -> None:
    run(library)
    (library / "drums" / "hat.aiff").unlink()
    (library / "tonal" / "low.wav").unlink()
    assert run(library / "drums").counts == Counts(seen=2, removed=1, unchanged=2)
    assert run.catalogue.total() == 5
    assert [root.path for root in run.catalogue.roots()] == [str(library)]


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_an_unplugged_root_is_kept_until_prune(run: Run, library: Path, how: str) -> None:
    run(library)
    shutil.rmtree(library)
    if how == "empty":
        library.mkdir()
    report = run(library)
    assert report.counts == Counts()
    assert "an unplugged drive?" in report.warnings[0]
    assert run.catalogue.total() == 6
    assert run(library, prune=True).counts == Counts(removed=6)
    assert run.indexed() == 0


def test_a_drive_that_goes_away_during_a_run_loses_nothing(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library)
    identify = LocalEngine.identify

    def unplug(self: LocalEngine, jobs: Iterable[Job]) -> Iterator[Identified]:
        library.rename(library.with_name("away"))
        return identify(self, jobs)

    for path in library.rglob("*.*"):
        os.utime(path, (1, 1))
    monkeypatch.setattr(LocalEngine, "identify", unplug)
    with pytest.raises(IndexingError, match="went away during the run"):
        run(library)
    monkeypatch.undo()
    assert run.catalogue.total() == run.catalogue.count(run.encoder.space) == 6
    library.with_name("away").rename(library)
    assert run(library).counts == Counts(seen=6, unchanged=6)


def test_a_drive_that_goes_away_while_it_is_scanned_loses_nothing(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library)
    real = walk

    def unplug(root: Path, *rest: Any) -> Iterator[FoundFile]:
        files = list(real(root, *rest))
        library.rename(library.with_name("away"))
        library.mkdir()
        return iter(files[:3])

    monkeypatch.setattr("soundpalette.indexing.survey.walk", unplug)
    with pytest.raises(IndexingError, match="went away during the run"):
        run(library)
    assert run.catalogue.total() == 6


class Refusing:
    """An entry of a folder that asks `stat` of its path."""

    def __init__(self, entry: os.DirEntry[str], stat: Callable[..., os.stat_result]) -> None:
        self.name, self.path = entry.name, entry.path
        self.is_dir, self.is_symlink = entry.is_dir, entry.is_symlink
        self._stat = stat

    def stat(self, **options: bool) -> os.stat_result:
        return self._stat(Path(self.path), **options)


def refusing(scandir: Any, stat: Callable[..., os.stat_result], folder: str) -> nullcontext[list[Refusing]]:
    return nullcontext([Refusing(entry, stat) for entry in scandir(folder)])


def test_a_file_that_cannot_be_looked_at_is_kept_and_mended_without_a_trace(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library)
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.name == "hat.aiff":
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(os, "scandir", partial(refusing, os.scandir, refuse))
    assert run(library).counts == Counts(seen=6, unchanged=5, failed=1)
    monkeypatch.undo()
    assert run.catalogue.total() == 6
    assert run(library).counts == Counts(seen=6, unchanged=6)
    assert run.catalogue.failed(run.encoder.space) == 0


def test_files_that_cannot_be_read_for_the_moment_keep_their_samples(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library)
    for path in library.rglob("*.wav"):
        os.utime(path, (1, 1))

    def refuse(path: Path, *_: object) -> object:
        raise AudioError(path, "cannot be read (Input/output error); check that it exists and may be read")

    monkeypatch.setattr(prepare, "recording", refuse)
    monkeypatch.setattr(prepare, "hash_of", refuse)
    assert run(library).counts == Counts(seen=6, unchanged=3, failed=3)
    monkeypatch.undo()
    assert run.catalogue.total() == 6
    assert run(library).counts == Counts(seen=6, unchanged=6)
    assert run.catalogue.failed(run.encoder.space) == 0


def test_what_breaks_the_network_is_one_failure_and_the_rest_goes_on(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = type(run.encoder).embed_windows
    odd = next(iter(run.encoder.windows(library / "tonal" / "low.wav")))

    def fail(self: Encoder, windows: Sequence[Window]) -> Features:
        if any(np.array_equal(window, odd) for window in windows):
            raise RuntimeError("out of memory")
        return embed(self, windows)

    monkeypatch.setattr(type(run.encoder), "embed_windows", fail)
    report = run(library)
    assert report.counts == Counts(seen=6, added=5, failed=1)
    assert report.failures[0].path.endswith("low.wav")
    assert "could not be embedded (RuntimeError)" in report.failures[0].reason


def test_a_new_catalogue_is_never_served_by_the_index_of_an_older_one(run: Run, library: Path, tmp_path: Path) -> None:
    run(library)
    run.catalogue.close()
    for path in run.catalogue.path.parent.glob("catalogue.sqlite*"):
        path.unlink()
    other = tmp_path / "other"
    write(other / "one.wav", tone(440))
    fresh = Run(Catalogue(run.catalogue.path), run.encoder, run.store)
    fresh(other)
    assert fresh.indexed() == 1


def test_overlapping_paths_are_read_once(run: Run, library: Path) -> None:
    assert run(library, library / "drums", library).counts == Counts(seen=6, added=6)
    assert run(library / "drums", library / "drums" / "hat.aiff").counts == Counts(seen=3, unchanged=3)


def test_a_sample_that_became_a_link_out_of_its_root_is_none(run: Run, library: Path, tmp_path: Path) -> None:
    run(library)
    outside = write(tmp_path / "outside.wav", tone(440))
    (library / "drums" / "hat.aiff").unlink()
    (library / "drums" / "hat.aiff").symlink_to(outside)
    report = run(library)
    assert (report.counts.removed, report.counts.failed) == (1, 1)
    assert "leads out of its root" in report.failures[0].reason


def test_a_root_that_became_a_file_is_kept(run: Run, library: Path) -> None:
    run(library)
    shutil.rmtree(library)
    library.write_text("no folder")
    report = run(library)
    assert report.counts == Counts()
    assert report.warnings
    assert run.catalogue.total() == 6


def test_a_folder_that_cannot_be_read_keeps_its_samples(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library)
    scandir = os.scandir

    def refuse(path: str | Path) -> object:
        if str(path).endswith("drums"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # as root no chmod takes the right away
    report = run(library)
    assert report.counts.removed == 0
    assert "drums cannot be read" in report.warnings[0]


def test_no_paths_mean_every_root_and_roots_may_lie_in_each_other(run: Run, library: Path, tmp_path: Path) -> None:
    second = write_library(tmp_path / "second")
    run(library / "drums", second)
    assert run().counts == Counts(seen=9, unchanged=9)
    assert run(library).counts == Counts(seen=6, added=3, unchanged=3)
    assert run.catalogue.total() == 12


def test_an_unknown_path_a_file_and_an_empty_folder(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="no folder was given"):
        run()
    with pytest.raises(ScanError, match="is not there; name an existing folder"):
        run(tmp_path / "nowhere")
    with pytest.raises(ScanError, match="is a file; index the folder"):
        run(write(tmp_path / "a.wav", tone(440)))
    (tmp_path / "empty").mkdir()
    assert "holds no audio files" in run(tmp_path / "empty").warnings[0]


def test_a_damaged_index_is_published_anew(run: Run, library: Path) -> None:
    run(library)
    next(run.store.folder.glob("*.faiss")).write_bytes(b"damage")
    assert run(library).counts.unchanged == 6
    assert run.indexed() == 6


def test_a_long_file_is_streamed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "long"
    path = write(folder / "long.flac", np.concatenate([tone(220, 40.0), noise(40.0), kick(0.4)]))
    assert run(folder).counts.added == 1
    root = run.catalogue.roots()[0]
    known = run.catalogue.known_files(root.id, "", run.encoder.space)["long.flac"]
    stored = run.catalogue.vector(known.id, run.encoder.space)
    assert stored is not None
    np.testing.assert_allclose(stored, run.encoder.embed_audio_files([path])[0], atol=SAME_VECTOR)


def test_a_second_indexer_is_told_to_wait(run: Run, library: Path, catalogue: Catalogue) -> None:
    from filelock import FileLock

    with (
        FileLock(catalogue.path.with_name("indexer.lock")),
        pytest.raises(IndexingError, match="another indexer is at work"),
    ):
        run(library)


def index_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "soundpalette", "index", str(CRATE), "--json", *arguments]


def test_a_kill_loses_nothing_that_was_committed_and_repeats_nothing(tmp_path: Path, compact: Encoder) -> None:
    environment = {**os.environ, "SOUNDPALETTE_PROCESSING__BATCH_SIZE": "4", "PYTHONWARNINGS": "ignore"}
    catalogue = Catalogue(tmp_path / "data" / "catalogue.sqlite")
    committed = 0
    for wanted in (1, 20, 50):
        process = subprocess.Popen(
            index_command(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while catalogue.total() < wanted and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert catalogue.total() >= committed
        committed = catalogue.total()
        assert catalogue.count(compact.space) == committed
    result = subprocess.run(index_command(), env=environment, capture_output=True, check=True)
    report = json.loads(result.stdout)
    assert (report["seen"], report["unchanged"], report["added"]) == (85, committed, 85 - committed)
    index = index_store(tmp_path, compact).load()
    assert index is not None
    assert index.manifest.count == 85
