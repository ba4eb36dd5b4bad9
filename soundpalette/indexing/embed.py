"""The network's part of indexing: the vectors of a batch of prepared files."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.types import Features
from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.indexing.prepare import Prepared
from soundpalette.indexing.work import Done

log = logging.getLogger(__name__)


def embed(encoder: Encoder, batch: Sequence[Prepared]) -> list[Done]:
    """Every task of the batch done, in order: the windows of short files go through the network together, long files
    are streamed; out of memory, the batch is halved."""
    found = _features(encoder, [item for item in batch if item.windows])
    return [_done(encoder, item, found.get(item.task.content_hash)) for item in batch]


Found = Features | str
"""Features [windows, width], or why there are none."""


def _features(encoder: Encoder, items: Sequence[Prepared]) -> dict[str, Found]:
    """By content hash, of files whose windows are there."""
    if not items:
        return {}
    windows = [item.windows or () for item in items]
    try:
        rows = encoder.embed_windows([window for each in windows for window in each])
    except SoundPaletteError:
        raise
    except Exception as error:  # one strange file, or too little memory for all of them
        log.exception("%d files could not be embedded together", len(items))
        if len(items) == 1:
            return {items[0].task.content_hash: _told(error)}
        half = len(items) // 2
        return _features(encoder, items[:half]) | _features(encoder, items[half:])
    ends = np.cumsum([len(each) for each in windows])[:-1]
    return {item.task.content_hash: part for item, part in zip(items, np.split(rows, ends), strict=True)}


def _done(encoder: Encoder, item: Prepared, found: Found | None) -> Done:
    done = Done(item.task, item.header, heard=item.heard, reason=item.reason)
    if item.reason or not item.task.embed:
        return done
    try:
        features = _streamed(encoder, item) if found is None else found
        if isinstance(features, str):
            return replace(done, reason=features)
        return replace(done, vector=unit(encoder.pool(features)), features=features)
    except AudioError as error:
        return replace(done, reason=error.reason)
    except ValueError as error:
        return replace(done, reason=f"cannot be embedded: {error}")
    except SoundPaletteError:
        raise
    except Exception as error:  # one strange file must not end a run over thousands
        log.exception("%r could not be embedded", item.task.source)
        return replace(done, reason=_told(error))


def _streamed(encoder: Encoder, item: Prepared) -> Features:
    return encoder.audio_features(item.task.source) if item.task.features is None else item.task.features


def _told(error: Exception) -> str:
    return f"could not be embedded ({type(error).__name__}); the log on stderr says more"
