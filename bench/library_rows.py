"""A catalogue of any size for bench/library.py: rows as an indexing run commits them, of sounds that are not there.

Names, folders, roles, tempos, keys, genres and tags are drawn as sample libraries have them; vectors lie in clusters,
as a role's sounds do. Deterministic.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.music.analysis import REVISION
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.music.words import load_vocabulary
from soundpalette.core.places_table import MapMade, Placed
from soundpalette.core.types import Analysis, Fact, Guess, NewSample, Root, Space, Traits, Vector, Vectors
from soundpalette.indexing.mapping import RECIPE

BATCH: Final = 1000
PACK: Final = 200
"""Files a folder."""
KINDS_OF_SOUND: Final = 300
"""Clusters that vectors lie in."""
SPREAD: Final = 0.5
"""Length of what a sound has of its own beside its cluster's middle."""
MAP_SPREAD: Final = 0.02
"""Of a cluster on a map that is drawn, standard deviation."""
GENRES: Final = ("techno", "house", "trance", "hip hop", "drum and bass", "ambient", "dub techno", "electro", "garage")
RARE: Final = "gamelan"
"""A genre and a tag of one sample in a hundred."""


def path_of(number: int) -> str:
    """Where the sample of this number lies, relative to its root."""
    roles = load_vocabulary().roles
    role = roles[number % len(roles)]
    return f"Pack {number // PACK:05}/{role} {number:07}.wav"


def fill(catalogue: Catalogue, root: Root, space: Space, samples: int, revision: str = str(REVISION)) -> None:
    """Commit so many samples of `space` below `root`."""
    for batch in batches(root, space, samples, revision):
        catalogue.commit(space, batch, [])


def scatter(catalogue: Catalogue, space: Space, samples: int) -> None:
    """Give the samples that `fill` committed places on the map: drawn in clusters, since PaCMAP would take minutes."""
    rng = np.random.default_rng(6)
    middles = rng.uniform(0.1, 0.9, (KINDS_OF_SOUND, 2))
    own = rng.normal(scale=MAP_SPREAD, size=(samples, 2))
    places = np.clip(middles[np.arange(samples) % KINDS_OF_SOUND] + own, 0, 1)
    placed = Placed([content_of(number) for number in range(samples)], places)
    catalogue.put_map(space, MapMade(RECIPE, samples, 0, catalogue.stamp()), [placed], anew=True)


def content_of(number: int) -> str:
    """The content hash of the sample of this number."""
    return hashlib.sha256(b"%d" % number).hexdigest()


def batches(root: Root, space: Space, samples: int, revision: str) -> Iterator[list[NewSample]]:
    """Samples as a run commits them, a batch after the other."""
    rng = np.random.default_rng(6)
    middles = rng.standard_normal((KINDS_OF_SOUND, space.dimension), dtype=np.float32)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    for start in range(0, samples, BATCH):
        numbers = range(start, min(start + BATCH, samples))
        vectors = _vectors(rng, middles, len(numbers))
        yield [_sample(rng, root, number, vector, revision) for number, vector in zip(numbers, vectors, strict=True)]


def _vectors(rng: np.random.Generator, middles: Vectors, count: int) -> Vectors:
    own = rng.standard_normal((count, middles.shape[1]), dtype=np.float32)
    own *= SPREAD / np.linalg.norm(own, axis=1, keepdims=True)
    vectors = middles[rng.integers(len(middles), size=count)] + own
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _sample(rng: np.random.Generator, root: Root, number: int, vector: Vector, revision: str) -> NewSample:
    traits = _traits(rng, number)
    seconds = float(rng.uniform(2, 16)) if traits.kind.value == "loop" else float(rng.uniform(0.1, 2))
    return NewSample(
        root_id=root.id,
        path=path_of(number),
        size=44 + 4 * number % 1000,
        mtime_ns=1_700_000_000_000_000_000 + number,
        content_hash=content_of(number),
        seconds=seconds,
        rate=44_100,
        channels=2,
        vector=vector,
        analysis=Analysis(REVISION, "{}"),
        guess=Guess(traits.role, None, traits.tags),
        traits=traits,
        revision=revision,
    )


def _traits(rng: np.random.Generator, number: int) -> Traits:
    vocabulary = load_vocabulary()
    role = vocabulary.roles[number % len(vocabulary.roles)]
    loop = bool(rng.random() < 0.4)
    rare = number % 100 == 0
    tags = [RARE] if rare else []
    tags += [vocabulary.words[k] for k in rng.choice(len(vocabulary.words), 5, replace=False)]
    genre = RARE if rare else GENRES[int(rng.integers(len(GENRES)))]
    mode, tonic = ("minor", "major")[int(rng.integers(2))], PITCH_CLASSES[int(rng.integers(12))]
    return Traits(
        kind=Fact("loop" if loop else "one-shot", "sound", 0.9),
        bpm=Fact(float(rng.integers(80, 180)), "name", 0.9) if loop else None,
        beats=Fact(16, "name", 0.9) if loop else None,
        key=Fact(f"{tonic} {mode}", "name", 0.9) if loop else None,
        root=None if loop else Fact(f"{tonic}3", "sound", 0.7),
        role=Fact(role, "name", 0.9) if rng.random() < 0.8 else None,
        genre=Fact(genre, "name", 0.9) if rare or rng.random() < 0.5 else None,
        tags=tuple(tags),
        loudness_lufs=float(rng.uniform(-30, -6)),
        peak_db=float(rng.uniform(-6, 0)),
        brightness_hz=float(rng.uniform(200, 9000)),
        attack_seconds=float(rng.uniform(0, 0.2)),
        decay_seconds=float(rng.uniform(0.05, 2)),
        noisiness=float(rng.random()),
        width=float(rng.random()),
        bands=(0.2, 0.3, 0.3, 0.2),
    )
