"""The network's part of indexing: the vectors of a batch of prepared files."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.types import Features, Vector
from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.indexing.prepare import Prepared

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Embedded:
    """By content hash, unit vectors [dimension], and for those that have none the reason."""

    vectors: dict[str, Vector] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def embed_batch(encoder: Encoder, batch: Iterable[Prepared]) -> Embedded:
    """Embed what the catalogue does not hold yet: equal content once, short files together, long ones streamed."""
    done = Embedded()
    new = {item.content_hash: item for item in batch if not item.reason and item.windows is not None}
    _embed_short(encoder, [item for item in new.values() if item.windows], done)
    for item in new.values():
        if not item.windows:
            _embed_long(encoder, item, done)
    return done


def _embed_short(encoder: Encoder, items: Sequence[Prepared], done: Embedded) -> None:
    if not items:
        return
    windows = [item.windows or () for item in items]
    try:
        features = encoder.embed_windows([window for each in windows for window in each])
    except SoundPaletteError:
        raise
    except Exception as error:  # one strange file, or too little memory for all of them: each on its own
        log.exception("%d files could not be embedded together", len(items))
        if len(items) == 1:
            done.reasons[items[0].content_hash] = _told(error)
        else:
            for item in items:
                _embed_short(encoder, [item], done)
        return
    ends = np.cumsum([len(each) for each in windows])[:-1]
    for item, rows in zip(items, np.split(features, ends), strict=True):
        _pool(encoder, item, rows, done)


def _embed_long(encoder: Encoder, item: Prepared, done: Embedded) -> None:
    try:
        _pool(encoder, item, encoder.audio_features(item.job.path), done)
    except AudioError as error:
        done.reasons[item.content_hash] = error.reason
    except SoundPaletteError:
        raise
    except Exception as error:  # one strange file must not end a run over thousands
        log.exception("%r could not be embedded", str(item.job.path))
        done.reasons[item.content_hash] = _told(error)


def _told(error: Exception) -> str:
    return f"could not be embedded ({type(error).__name__}); the log on stderr says more"


def _pool(encoder: Encoder, item: Prepared, features: Features, done: Embedded) -> None:
    try:
        done.vectors[item.content_hash] = unit(encoder.pool(features))
    except ValueError as error:
        done.reasons[item.content_hash] = f"cannot be embedded: {error}"
    except SoundPaletteError:
        raise
    except Exception as error:  # one strange file must not end a run over thousands
        log.exception("%r could not be embedded", str(item.job.path))
        done.reasons[item.content_hash] = _told(error)
