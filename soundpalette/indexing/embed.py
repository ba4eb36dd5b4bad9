"""The network's part of indexing: the features and vectors of prepared files, in batches that memory has room for."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.types import Features, Vector, Window
from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.indexing.prepare import Prepared, window_chunks
from soundpalette.indexing.work import Done, Task

AT_ONCE: Final = 16 << 20
"""Bytes of windows given to an encoder at once: 170 s of sound as MERT sees it."""
PATIENCE: Final = 64
"""Pieces that have to go well before more is tried again at once, after memory had no room for it."""
log = logging.getLogger(__name__)

Found = Features | str
"""Features [windows, width], or why there are none."""
Chunks = Callable[[Task], Iterator[Sequence[Window]]]
"""The windows of a long file, some at once."""


class Embedder:
    """Embeds batches with one encoder, and remembers how much memory has room for."""

    def __init__(self, encoder: Encoder, chunks: Chunks | None = None) -> None:
        self._encoder = encoder
        self._chunks = chunks or partial(window_chunks, encoder=encoder)
        self._room = _Room()

    def __call__(self, batch: Sequence[Prepared]) -> list[Done]:
        """Every task of the batch done, in order: the windows of short files go through the network together, long
        files are streamed. What is wrong with one file becomes its reason."""
        wanted = [item for item in batch if item.task.embed and not item.reason]
        found: dict[str, Found] = {
            item.task.content_hash: item.task.features for item in wanted if item.task.features is not None
        }
        found |= self._together([item for item in wanted if item.windows])
        found |= {item.task.content_hash: self._streamed(item.task) for item in wanted if item.windows == ()}
        pooled = {item.task.content_hash: found[item.task.content_hash] for item in wanted if item.task.pool}
        vectors = self._pooled({content: rows for content, rows in pooled.items() if not isinstance(rows, str)})
        return [self._done(item, found, vectors) for item in batch]

    def _together(self, items: Sequence[Prepared]) -> dict[str, Found]:
        """By content hash, of files whose windows are there; where the network fails, the file that is to blame is
        found by halving."""
        if not items:
            return {}
        windows = [item.windows or () for item in items]
        try:
            rows = self._embedded([window for each in windows for window in each])
        except SoundPaletteError:
            raise
        except Exception as error:  # one strange file must not end a run over thousands
            if len(items) == 1:
                log.exception("%r could not be embedded", items[0].task.source)
                return {items[0].task.content_hash: _reason(error)}
            half = len(items) // 2
            return self._together(items[:half]) | self._together(items[half:])
        ends = np.cumsum([len(each) for each in windows])[:-1]
        return {item.task.content_hash: part for item, part in zip(items, np.split(rows, ends), strict=True)}

    def _streamed(self, task: Task) -> Found:
        try:
            return np.concatenate([self._embedded(chunk) for chunk in self._chunks(task)])
        except AudioError as error:
            return error.reason
        except SoundPaletteError:
            raise
        except Exception as error:  # as above
            log.exception("%r could not be embedded", task.source)
            return _reason(error)

    def _embedded(self, windows: Sequence[Window]) -> Features:
        """In pieces that memory has room for. Raises MemoryError where it has none for a single window."""
        rows: list[Features] = []
        done = 0
        while done < len(windows):
            piece = self._room.piece(windows[done:])
            try:
                rows.append(self._encoder.embed_windows(piece))
            except MemoryError:
                self._room.shrink(piece)
            else:
                done += len(piece)
                self._room.went_well()
        return np.concatenate(rows)

    def _pooled(self, found: dict[str, Features]) -> dict[str, Vector | str]:
        """By content hash a unit vector, or why there is none."""
        if not found:
            return {}
        try:
            vectors = self._encoder.pool_all([*found.values()])
        except SoundPaletteError:
            raise
        except Exception as error:  # as above; or too little memory for all of them
            if len(found) == 1:
                log.exception("features could not be pooled")
                return dict.fromkeys(found, _reason(error))
            return {key: made for content in found.items() for key, made in self._pooled(dict([content])).items()}
        return {content: _unit(vector) for content, vector in zip(found, vectors, strict=True)}

    def _done(self, item: Prepared, found: dict[str, Found], vectors: dict[str, Vector | str]) -> Done:
        task = item.task
        done = Done(task, item.header, heard=item.heard, reason=item.reason)
        features = found.get(task.content_hash)
        vector = features if isinstance(features, str) else vectors.get(task.content_hash)
        if features is None or isinstance(features, str) or isinstance(vector, str):
            return replace(done, reason=item.reason or (vector if isinstance(vector, str) else ""))
        kept = self._encoder.features_revision and task.features is None
        return replace(done, vector=vector, features=features if kept else None)


class _Room:
    """How many bytes of windows an encoder is given at once: half as many after memory had no room for them."""

    def __init__(self) -> None:
        self._most = AT_ONCE
        self._well = 0

    def piece(self, windows: Sequence[Window]) -> Sequence[Window]:
        """The first ones, as many as there is room for, at least one."""
        sizes = np.cumsum([window.nbytes for window in windows])
        return windows[: max(1, int(np.searchsorted(sizes, self._most, "right")))]

    def shrink(self, piece: Sequence[Window]) -> None:
        """There was no room for `piece`. Raises MemoryError where that was a single window."""
        if len(piece) == 1:
            raise MemoryError("there is no memory for a single window")
        self._most = sum(window.nbytes for window in piece) // 2
        self._well = 0
        log.warning("memory had no room for %d windows at once: going on with half as many", len(piece))

    def went_well(self) -> None:
        """After a while more is tried again: memory may have been short because of another program."""
        self._well += 1
        if self._well >= PATIENCE and self._most < AT_ONCE:
            self._most, self._well = min(2 * self._most, AT_ONCE), 0


def _unit(vector: Vector) -> Vector | str:
    try:
        return unit(vector)
    except ValueError as error:
        return f"cannot be embedded: {error}"


def _reason(error: Exception) -> str:
    return f"could not be embedded ({type(error).__name__}); the log on stderr says more"
