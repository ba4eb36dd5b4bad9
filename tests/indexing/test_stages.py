"""Kept features, and the sequential profile: what is made once, what is pooled again, which tower is in memory when."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import clamp3
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.clamp3 import Clamp3Encoder
from soundpalette.core.types import Counts, Features, Guess, KnownFile, Vectors
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.pipeline import Indexer, Report, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import kick, noise, tone, write

PARITY = Path(__file__).parents[1] / "data" / "parity"
T = TypeVar("T")
SAME_VECTOR = 1e-5
"""Between vectors of one file pooled in different batches."""


class Told(Lines):
    """Remembers how many files it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.files = self.told = 0

    def begin(self, files: int) -> None:
        self.files = files

    def advance(self, files: int) -> None:
        self.told += files


class Words:
    """A guesser that asks the text tower for one word."""

    revision = "words"

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.word: Vectors | None = None

    def load(self) -> None:
        self.word = self.encoder.embed_text(["kick"])

    def guess(self, vectors: Vectors) -> Sequence[Guess]:
        assert self.word is not None
        return [Guess(tags=("kick",))] * len(vectors)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three contents in four files, one of them long; and one file that is no audio."""
    folder = tmp_path / "sounds"
    write(folder / "kick.wav", kick())
    write(folder / "copy.wav", kick())
    write(folder / "tone.wav", tone(220, 6.5))
    write(folder / "long.flac", np.concatenate([tone(220, 20.0), noise(11.0)]))
    (folder / "notes.wav").write_text("no audio")
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def encoder(models: Path) -> Iterator[Clamp3Encoder]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # towers this small only lose by more
    yield load(models, PARITY / "clamp3.pth")
    torch.set_num_threads(threads)


@pytest.fixture
def trained_on(models: Path, tmp_path: Path, encoder: Clamp3Encoder) -> Clamp3Encoder:
    """Another checkpoint of CLaMP3 over the same MERT."""
    import torch

    state = torch.load(PARITY / "clamp3.pth", weights_only=True)
    state["model"]["audio_proj.bias"] += 0.5
    torch.save(state, tmp_path / "clamp3.pth")
    shutil.copy(PARITY / "clamp3.json", tmp_path)
    return load(models, tmp_path / "clamp3.pth")


def load(models: Path, checkpoint: Path) -> Clamp3Encoder:
    text = PARITY / "text"
    return clamp3.load(
        mert=PARITY / "mert", clamp3=checkpoint, text=text, cache_dir=models, device="cpu", dtype="float32"
    )


@pytest.fixture
def index(catalogue: Catalogue, folder: Path, tmp_path: Path) -> Callable[..., Report]:
    def run(encoder: Encoder, progress: Lines | None = None, *, sequential: bool = False) -> Report:
        settings = Settings(batch_size=1 if sequential else 4, sequential=sequential)
        guesser = Words(encoder)
        if not sequential:
            guesser.load()
        store = index_store(tmp_path, encoder)
        return Indexer(catalogue, encoder, store, settings, guesser).run([folder], progress or Lines())

    return run


def vectors(catalogue: Catalogue, encoder: Encoder) -> Vectors:
    """By id."""
    return np.concatenate([rows.vectors for rows in catalogue.vectors(encoder.space)])


def forbid_decoding(patch: pytest.MonkeyPatch) -> None:
    """From here on nothing can be decoded into windows, and no window embedded."""
    patch.delattr(Clamp3Encoder, "windows")
    patch.delattr(Clamp3Encoder, "embed_windows")


def test_another_checkpoint_pools_kept_features_and_loads_no_mert(
    index: Callable[..., Report],
    catalogue: Catalogue,
    folder: Path,
    encoder: Clamp3Encoder,
    trained_on: Clamp3Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert trained_on.space != encoder.space
    index(encoder)
    with monkeypatch.context() as patch:
        forbid_decoding(patch)
        assert index(trained_on).counts == Counts(seen=5, added=4, failed=1)
    root = catalogue.roots()[0]
    for path, known in catalogue.known_files(root.id, "", trained_on.space).items():
        stored = catalogue.vector(known.id, trained_on.space)
        assert stored is not None
        np.testing.assert_allclose(stored, trained_on.embed_audio_files([folder / path])[0], atol=SAME_VECTOR)


def test_features_are_kept_once_a_content_and_forgotten_with_it(
    index: Callable[..., Report], catalogue: Catalogue, folder: Path, encoder: Clamp3Encoder
) -> None:
    index(encoder)
    kept = {known.content_hash for known in known_files(catalogue, encoder)}
    assert len(kept) == 3
    for content in kept:
        assert features(catalogue, encoder, content) is not None
    gone = next(known.content_hash for known in known_files(catalogue, encoder, "tone.wav"))
    (folder / "tone.wav").unlink()
    index(encoder)
    assert features(catalogue, encoder, gone) is None


def known_files(catalogue: Catalogue, encoder: Encoder, below: str = "") -> list[KnownFile]:
    return [*catalogue.known_files(catalogue.roots()[0].id, below, encoder.space).values()]


def features(catalogue: Catalogue, encoder: Encoder, content: str) -> Features | None:
    return catalogue.features(content, encoder.features_revision)


def test_the_compact_encoder_keeps_no_features(
    index: Callable[..., Report], catalogue: Catalogue, compact: Encoder
) -> None:
    index(compact)
    with sqlite3.connect(catalogue.path) as connection:
        assert connection.execute("SELECT count(*) FROM features").fetchone() == (0,)
    connection.close()


def test_stages_make_the_same_vectors_and_counts_as_batches(
    index: Callable[..., Report], catalogue: Catalogue, folder: Path, encoder: Clamp3Encoder
) -> None:
    told = Told()
    assert index(encoder, told, sequential=True).counts == Counts(seen=5, added=4, failed=1)
    assert told.files == told.told == 5
    for path in ("kick.wav", "copy.wav", "tone.wav", "long.flac"):
        (known,) = known_files(catalogue, encoder, path)
        stored = catalogue.vector(known.id, encoder.space)
        assert stored is not None
        np.testing.assert_allclose(stored, encoder.embed_audio_files([folder / path])[0], atol=SAME_VECTOR)
        assert "kick" in catalogue.traits([known.id])[known.id].tags
    assert index(encoder, sequential=True).counts == Counts(seen=5, unchanged=4, failed=1)


def test_stages_hold_one_tower_at_a_time(
    index: Callable[..., Report], encoder: Clamp3Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    for place, name in ((encoder._mert, "mert"), (encoder._audio, "audio"), (encoder._text, "text")):
        monkeypatch.setattr(place, "_make", noted(events, name, place._make))
    monkeypatch.setattr(encoder, "release", noted(events, "release", encoder.release))
    index(encoder, sequential=True)
    assert events == ["text", "release", "mert", "release", "audio", "release"]


def noted(events: list[str], name: str, work: Callable[[], T]) -> Callable[[], T]:
    def noting() -> T:
        events.append(name)
        return work()

    return noting


def test_a_run_that_ends_between_its_stages_is_pending_and_goes_on_without_decoding(
    index: Callable[..., Report], catalogue: Catalogue, encoder: Clamp3Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Clamp3Encoder, "pool_all", interrupt)
        with pytest.raises(KeyboardInterrupt):
            index(encoder, sequential=True)
    assert (catalogue.total(), catalogue.count(encoder.space)) == (3, 0)
    assert catalogue.pending(encoder.space, since=catalogue.generation()) == 3
    with monkeypatch.context() as patch:
        forbid_decoding(patch)
        assert index(encoder, sequential=True).counts == Counts(seen=5, added=4, failed=1)
    assert catalogue.pending(encoder.space, since=catalogue.generation()) == 0


def interrupt(*_: object) -> Vectors:
    raise KeyboardInterrupt


def test_an_encoder_without_kept_features_works_in_one_go(
    index: Callable[..., Report], catalogue: Catalogue, compact: Encoder
) -> None:
    assert index(compact, sequential=True).counts == Counts(seen=5, added=4, failed=1)
    assert catalogue.count(compact.space) == 4


def test_features_travel_through_worker_processes(
    catalogue: Catalogue, folder: Path, tmp_path: Path, encoder: Clamp3Encoder
) -> None:
    engine = LocalEngine(encoder, Settings().limits, workers=1, batch_size=2)
    settings = Settings(batch_size=2, sequential=True)
    report = Indexer(catalogue, encoder, index_store(tmp_path, encoder), settings, engine=engine).run([folder], Lines())
    assert report.counts == Counts(seen=5, added=4, failed=1)
