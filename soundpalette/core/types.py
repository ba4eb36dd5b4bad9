"""The values that travel between the parts of the house."""

from dataclasses import dataclass
from typing import Final, Generic, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Waveform = npt.NDArray[np.float32]
"""Mono audio, float32 [frames], full scale at 1.0."""
Window = npt.NDArray[np.float32]
"""What an encoder's audio tower sees at once, float32; its shape is that encoder's own business."""
Features = npt.NDArray[np.float32]
"""One row a window, float32 [windows, width]."""
Vector = npt.NDArray[np.float32]
"""float32 [dimension]."""
Vectors = npt.NDArray[np.float32]
"""float32 [n, dimension]."""
Ids = npt.NDArray[np.int64]
"""Sample ids as integers, int64 [n]."""
Places = npt.NDArray[np.float64]
"""Places in the plane, float64 [n, 2]; on the map 0 to 1, one scale for both axes."""


@dataclass(frozen=True, slots=True)
class Space:
    """A vector space: vectors of two different spaces are never compared.

    `revision` covers the weights' hash and the recipe (windows, padding, normalisation), not dtype or device.
    """

    encoder: str
    revision: str
    dimension: int

    @property
    def key(self) -> str:
        """One word for folders and table keys, such as `compact-1a2b3c4d5e6f-256`."""
        return f"{self.encoder}-{self.revision}-{self.dimension}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One audio file of the library, as the catalogue holds it."""

    id: str
    root_id: str
    path: str
    """Relative to the root, with forward slashes."""
    size: int
    mtime_ns: int
    content_hash: str
    seconds: float
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Root:
    """A folder of the library; `path` is absolute and resolved."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed; `path` is absolute, `reason` one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of all that an index with fields beside its vectors holds.

    `number` counts changes of samples, vectors and fields, `stamp` is drawn anew with each; `lineage`, the first one's
    stamp, is that of the catalogue and of every copy of it.
    """

    number: int = 0
    stamp: int = 0
    lineage: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """A state of the catalogue, and how many samples of one space it holds.

    `generation` counts its changes; `stamp` is drawn anew with each: equal stamps are the same state of the same file.
    `edition` counts the changes of what filters look at, too.
    """

    generation: int
    stamp: int
    count: int
    edition: Edition = Edition()


@dataclass(frozen=True, slots=True)
class Rows:
    """Some samples of one space: ids int64 [n] and their unit vectors float32 [n, dimension]."""

    ids: Ids
    vectors: Vectors


class FoundFile(NamedTuple):
    """An audio file: its path relative to the root (with forward slashes), bytes, time of change. A tuple, since a scan
    makes and compares one for every file of the library."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Fields:
    """What filters look at, for an index that holds it beside its vectors; None: not known, so no condition is met.

    `path` is relative to the root; `genre` and `tags` are spelled as filters compare them (core/filters.py).
    """

    root_id: str
    path: str
    seconds: float
    bpm: float | None = None
    key: str | None = None
    kind: str | None = None
    role: str | None = None
    genre: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """Some samples of one space, and the fields of each."""

    rows: Rows
    fields: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalogue remembers of a path, to tell new, changed and unchanged; `embedded` in the space asked for.

    `traits` is the revision that its traits were put together by, "" where that was not tried yet.
    """

    id: str
    size: int
    mtime_ns: int
    content_hash: str
    embedded: bool
    traits: str


@dataclass(frozen=True, slots=True)
class NewFailure:
    """A file that could not be indexed; `path` is relative to the root, `content_hash` "" where it was unreadable."""

    root_id: str
    path: str
    reason: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What an indexing run did, in files."""

    seen: int = 0
    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0


T = TypeVar("T")
FactSource = Literal["file", "name", "sound", "encoder"]
"""Where a fact comes from: the file's own chunks and tags, its name and folders, its sound, the encoder's guess."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value, where it comes from, and how sure that is, 0 to 1."""

    value: T
    source: FactSource
    confidence: float


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a sample as music. None: not known, or it makes no sense for this sound.

    `bpm` in beats a minute; `beats` how many the whole file lasts; `key` such as "A minor", `root` such as "C#3" or
    "C#" (sharps, never flats); `kind` is "loop" or "one-shot"; `role` one of the vocabulary's roles. Loudness in LUFS,
    peak in dB relative to full scale, brightness (spectral centroid) in Hz, attack and decay in seconds, noisiness
    (flatness) and width (side to whole) 0 to 1, `bands` the shares of power below 100, 100-500, 500-4,000 and above
    4,000 Hz.
    """

    kind: Fact[str]
    bpm: Fact[float] | None
    beats: Fact[int] | None
    key: Fact[str] | None
    root: Fact[str] | None
    role: Fact[str] | None
    genre: Fact[str] | None
    tags: tuple[str, ...]
    loudness_lufs: float
    peak_db: float
    brightness_hz: float
    attack_seconds: float
    decay_seconds: float
    noisiness: float
    width: float
    bands: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Guess:
    """What an encoder guesses of a sample from its vector alone; None where nothing is near enough."""

    role: Fact[str] | None = None
    genre: Fact[str] | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What analysing a content gave, as the catalogue keeps it: `told` is JSON, None where the analysis failed."""

    revision: int
    told: str | None


KeyMatch = Literal["exact", "relative", "compatible"]
Kind = Literal["any", "loop", "one-shot"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that a sample has to meet; each default is no condition.

    Tempo in beats a minute: what rounds to the bounds passes, with `half_double` also at half or double time.
    `key` such as "A minor"; `folder` is below a root or absolute; genre and tag are compared without case and hyphens.
    A sample of which a value is not known never meets a condition on it.
    """

    min_bpm: float = 0
    max_bpm: float = 0
    half_double: bool = False
    key: str = ""
    key_match: KeyMatch = "exact"
    role: str = "any"
    genre: str = ""
    kind: Kind = "any"
    min_seconds: float = 0
    max_seconds: float = 0
    folder: str = ""
    tag: str = ""


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the order of hits looks at besides the query; each default changes nothing.

    `diversity` 0 (the nearest) to 1 (variety); `avoid` names what is not wanted ("reverb"); `context` are ids of
    samples already chosen, which the hits should go with.
    """

    diversity: float = 0
    avoid: str = ""
    context: tuple[str, ...] = ()


NO_PREFERENCES: Final = Preferences()


@dataclass(frozen=True, slots=True)
class KeptFeatures:
    """Features [windows, width] of one content, and the revision of the encoder that made them."""

    revision: str
    features: Features


@dataclass(frozen=True, slots=True)
class NewSample:
    """A file read in this run.

    `vector`, `features`, `analysis` and `guess` are None where the catalogue already holds them for its content, or
    where they were not asked for. `traits` replace those of another `revision`; None with a revision says that there
    are none.
    """

    root_id: str
    path: str
    size: int
    mtime_ns: int
    content_hash: str
    seconds: float
    rate: int
    channels: int
    vector: Vector | None
    analysis: Analysis | None = None
    guess: Guess | None = None
    traits: Traits | None = None
    revision: str = ""
    features: KeptFeatures | None = None
