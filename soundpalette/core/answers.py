"""What is asked of a library and answered, and the answers and selections that were asked for before."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from soundpalette.core.strength import Strength
from soundpalette.core.types import Filters, Ids, Preferences, Sample, Traits, Vector

MOST_HITS: Final = 5000
"""Of all kept answers together: some 10 MB."""
MOST_IDS: Final = 4_000_000
"""Of all kept selections together: 32 MB."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Wanted = Callable[[Sample], bool]


def every(_: Sample) -> bool:
    """Leaves no sample out."""
    return True


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound that is not kept, by its content's hash, and the unit vector [dimension] that was made of it."""

    content_hash: str
    vector: Vector = field(compare=False)


Reference = Sample | Path | Heard
"""A sound to be like."""


@dataclass(frozen=True, slots=True)
class Question:
    """Words ("": none), a sound or both (`alpha` is the words' share); how many hits, of which samples."""

    query: str
    reference: Reference | None
    alpha: float
    k: int
    filters: Filters
    preferences: Preferences
    wanted: Wanted = every

    @property
    def repeatable(self) -> bool:
        """Whether catalogue and index alone decide the answer: a file may change, and so may what is wanted."""
        return self.wanted is every and not isinstance(self.reference, Path)


@dataclass(frozen=True, slots=True)
class Hit:
    """A sample found, its cosine to the query (whatever is avoided), -1 to 1, and what is known of it as music (None:
    not analysed yet).

    `strength` says how good a match that is in this library; `similar` near-duplicates are not shown.
    """

    sample: Sample
    score: float
    traits: Traits | None
    strength: Strength
    similar: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first; `pending` samples are in the catalogue and not yet in the published index.

    `note` says why there are no hits, where the filters are the cause, or that the best of them is weak.
    """

    hits: tuple[Hit, ...]
    pending: int
    note: str


@dataclass(frozen=True, slots=True)
class Uses:
    """How many questions were answered from what was kept, and how many were not."""

    hits: int
    misses: int


class Kept(Generic[K, V]):
    """Keeps what was made in one state of the world for the keys that were asked for last, together no heavier than
    `most`. Threads share it."""

    def __init__(self, most: int, weight: Callable[[V], int]) -> None:
        self._most = most
        self._weight = weight
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._held = 0
        self._uses = Uses(0, 0)

    @property
    def uses(self) -> Uses:
        return self._uses

    def of(self, state: Hashable, key: K, work: Callable[[], V]) -> V:
        """The value in this state of the world, which was read before `work` reads anything.

        Whatever was kept in another state is dropped, so that nothing older is ever told.
        """
        kept = self.recall(state, key)
        if kept is not None:
            return kept
        value = work()
        with self._lock:
            if state == self._state:
                self._keep(key, value)
        return value

    def recall(self, state: Hashable, key: K) -> V | None:
        """What is kept of this state of the world; None: nothing."""
        with self._lock:
            return self._recalled(state, key)

    def _recalled(self, state: Hashable, key: K) -> V | None:
        if state != self._state:
            self._state, self._held = state, 0
            self._kept.clear()
        kept = self._kept.get(key)
        if kept is None:
            self._uses = Uses(self._uses.hits, self._uses.misses + 1)
        else:
            self._uses = Uses(self._uses.hits + 1, self._uses.misses)
            self._kept.move_to_end(key)
        return kept

    def _keep(self, key: K, value: V) -> None:
        if key in self._kept:  # two asked it at once
            return
        self._kept[key] = value
        self._held += self._weight(value)
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= self._weight(oldest)


class Answers(Kept[Question, Answer]):
    """The answers to the questions that were asked last."""

    def __init__(self, most_hits: int = MOST_HITS) -> None:
        super().__init__(most_hits, lambda answer: 1 + len(answer.hits))


class Selections(Kept[Filters, Ids]):
    """The ids that met the filters that were asked for last."""

    def __init__(self, most_ids: int = MOST_IDS) -> None:
        super().__init__(most_ids, lambda ids: 1 + len(ids))
