"""The palette tools."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np

from soundpalette.core import music, palette
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Sample, Vectors
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import PaletteDescription, PaletteSample
from soundpalette.tools.workbench import Workbench

WORDS_TOLD: Final = 5


def describe_palette(bench: Workbench, samples: list[str]) -> PaletteDescription:
    """What 1 to 64 sounds are like one by one and as a set. Raises SoundPaletteError."""
    sounds = bench.checked_samples(samples)
    vectors = np.stack([bench.searcher.vector_of(sound) for sound in sounds])
    measured = [music.measure(bench.path_of(sound), bench.limits) for sound in sounds]
    together = palette.cohesion(vectors)
    names = [clean(sound.path if isinstance(sound, Sample) else sound.name) for sound in sounds]
    encoder = bench.searcher.encoder
    return PaletteDescription(
        samples=[
            PaletteSample(
                sample_id=sound.id if isinstance(sound, Sample) else "",
                name=name,
                seconds=round(measures.seconds, 3),
                loudness_db=round(measures.loudness_db, 1),
                brightness_hz=round(measures.brightness_hz),
                likeness=round(likeness, 3),
            )
            for sound, name, measures, likeness in zip(sounds, names, measured, together.each, strict=True)
        ],
        cohesion=round(together.mean, 3),
        outlier="" if together.outlier is None else names[together.outlier],
        words=palette.nearest_words(vectors, vocabulary(), _word_vectors(encoder), WORDS_TOLD),
    )


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Roles and words that sounds are described by."""
    table = tomllib.loads((files("soundpalette.core") / "vocabulary.toml").read_text("utf-8"))
    return (*table["roles"], *table["words"])


@lru_cache(maxsize=1)
def _word_vectors(encoder: Encoder) -> Vectors:
    return encoder.embed_text(vocabulary())
