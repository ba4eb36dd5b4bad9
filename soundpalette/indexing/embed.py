"""The network's part of indexing: the vectors of a batch of prepared files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.types import Features, Vector
from soundpalette.errors import AudioError
from soundpalette.indexing.prepare import Prepared


@dataclass(slots=True)
class Embedded:
    """By content hash, unit vectors [dimension], and for those that have none the reason."""

    vectors: dict[str, Vector] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def embed_batch(encoder: Encoder, batch: Iterable[Prepared]) -> Embedded:
    """Embed what the catalogue does not hold yet: equal content once, short files together, long ones streamed."""
    done = Embedded()
    new = {item.content_hash: item for item in batch if not item.reason and item.windows is not None}
    short = [item for item in new.values() if item.windows]
    for item, features in zip(short, _features(encoder, short), strict=True):
        _pool(encoder, item, features, done)
    for item in new.values():
        if not item.windows:
            try:
                _pool(encoder, item, encoder.audio_features(item.job.path), done)
            except AudioError as error:
                done.reasons[item.content_hash] = error.reason
    return done


def _features(encoder: Encoder, items: Sequence[Prepared]) -> list[Features]:
    windows = [item.windows or () for item in items]
    if not windows:
        return []
    ends = np.cumsum([len(each) for each in windows])[:-1]
    return np.split(encoder.embed_windows([window for each in windows for window in each]), ends)


def _pool(encoder: Encoder, item: Prepared, features: Features, done: Embedded) -> None:
    try:
        done.vectors[item.content_hash] = unit(encoder.pool(features))
    except ValueError as error:
        done.reasons[item.content_hash] = f"cannot be embedded: {error}"
