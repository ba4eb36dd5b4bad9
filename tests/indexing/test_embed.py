"""Embedding batches: what memory has room for, and that one file's fault is nobody else's."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.audio import Limits
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.types import Features, Vectors, Window
from soundpalette.indexing import embed
from soundpalette.indexing.embed import Embedder
from soundpalette.indexing.prepare import Prepared, prepare
from soundpalette.indexing.work import Task
from tests.sounds import noise, write

SAME_VECTOR = 1e-5
"""Between vectors of one file encoded in batches of different sizes."""


class Short(CompactEncoder):
    """Has memory for so many windows at once, and remembers how many it was given; cannot pool what begins with 0."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.given: list[int] = []

    def embed_windows(self, windows: Sequence[Window]) -> Features:
        self.given.append(len(windows))
        if len(windows) > self.room:
            raise MemoryError
        return super().embed_windows(windows)

    def pool_all(self, files: Sequence[Features]) -> Vectors:
        if any(features[0, 0] == 0 for features in files):
            raise ZeroDivisionError
        return super().pool_all(files)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    return [write(tmp_path / f"{seed}.wav", noise(0.3, seed)) for seed in range(8)]


def prepared(encoder: Encoder, *paths: Path) -> list[Prepared]:
    return [prepare(Task(path.name, str(path), embed=True, analyse=False), encoder, Limits()) for path in paths]


def test_out_of_memory_halves_the_batch_and_every_file_is_embedded(
    paths: list[Path], compact: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = Short(room=3)
    with caplog.at_level(logging.WARNING):
        done = Embedder(encoder)(prepared(encoder, *paths))
    assert encoder.given == [8, 4, 2, 2, 2, 2]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    for path, one in zip(paths, done, strict=True):
        assert one.vector is not None
        np.testing.assert_allclose(one.vector, compact.embed_audio_files([path])[0], atol=SAME_VECTOR)


def test_later_batches_stay_at_the_size_that_worked_and_grow_again_after_a_while(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "PATIENCE", 8)
    encoder = Short(room=3)
    embedder = Embedder(encoder)
    batch = prepared(encoder, *paths)
    embedder(batch)
    encoder.given.clear()
    encoder.room = 8
    for _ in range(6):
        embedder(batch)
    assert encoder.given == [2] * 4 + [4] * 8 + [8]


def test_a_file_for_whose_window_there_is_no_memory_fails_alone(paths: list[Path]) -> None:
    class Stingy(Short):
        def embed_windows(self, windows: Sequence[Window]) -> Features:
            if any(len(window) > 100 for window in windows):
                raise MemoryError
            return super().embed_windows(windows)

    encoder = Stingy(room=8)
    large = write(paths[0].with_name("large.wav"), noise(2.0))
    *small, failed = Embedder(encoder)(prepared(encoder, *paths, large))
    assert all(one.vector is not None and not one.reason for one in small)
    assert failed.reason.startswith("could not be embedded (MemoryError)")


def test_features_that_cannot_be_pooled_are_one_failure(paths: list[Path]) -> None:
    encoder = Short(room=8)
    first, second = prepared(encoder, *paths[:2])
    broken = Prepared(Task("x", "x.wav", embed=True, analyse=False, features=np.zeros((1, 256), np.float32)))
    done = Embedder(encoder)([first, broken, second])
    assert [bool(one.reason) for one in done] == [False, True, False]
    assert done[1].reason.startswith("could not be embedded (ZeroDivisionError)")
    assert done[2].vector is not None


def test_a_long_file_is_streamed_in_pieces_that_memory_has_room_for(tmp_path: Path, compact: Encoder) -> None:
    path = write(tmp_path / "long.wav", noise(40.0))
    encoder = Short(room=3)
    (done,) = Embedder(encoder)(prepared(encoder, path))
    assert done.vector is not None
    assert max(encoder.given[-4:]) <= 3
    np.testing.assert_allclose(done.vector, compact.embed_audio_files([path])[0], atol=SAME_VECTOR)
