"""Rows held in memory, as an index is built from a catalogue's."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from soundpalette.core.types import Ids, Rows, Space, State, Vector

CHUNK = 100


@dataclass(frozen=True)
class Held:
    """All of one generation, whose number is the stamp, too; `count` where it says another number than there are."""

    space: Space
    held: Rows
    generation: int = 1
    count: int = -1

    def state(self) -> State:
        return State(self.generation, self.generation, len(self.held.ids) if self.count < 0 else self.count)

    def rows(self, since: int = -1) -> Iterator[Rows]:
        order = np.argsort(self.held.ids) if self.generation > since else np.empty(0, np.int64)
        for start in range(0, len(order), CHUNK):
            part = order[start : start + CHUNK]
            yield Rows(self.held.ids[part], self.held.vectors[part])

    def ids(self) -> Ids:
        return np.sort(self.held.ids)

    def follows(self, generation: int, stamp: int) -> bool:
        return generation == stamp <= self.generation


@dataclass
class Changing:
    """Samples that come, change and go: a generation each time, which the rows remember. `lineage` is that of a
    catalogue: states of another one are not followed."""

    space: Space
    lineage: int = 0
    generation: int = 0
    held: dict[int, tuple[int, Vector]] = field(default_factory=dict)

    def put(self, rows: Rows) -> None:
        """Add samples, or change those that are there."""
        self.generation += 1
        self.held |= {int(one): (self.generation, vector) for one, vector in zip(rows.ids, rows.vectors, strict=True)}

    def remove(self, ids: Ids) -> None:
        self.generation += 1
        for one in ids.tolist():
            del self.held[one]

    def all(self) -> Rows:
        return self._rows(sorted(self.held))

    def state(self) -> State:
        return State(self.generation, self._stamp(self.generation), len(self.held))

    def rows(self, since: int = -1) -> Iterator[Rows]:
        wanted = sorted(one for one, (generation, _) in self.held.items() if generation > since)
        for start in range(0, len(wanted), CHUNK):
            yield self._rows(wanted[start : start + CHUNK])

    def ids(self) -> Ids:
        return np.array(sorted(self.held), np.int64)

    def follows(self, generation: int, stamp: int) -> bool:
        return generation <= self.generation and stamp == self._stamp(generation)

    def _stamp(self, generation: int) -> int:
        return 1000 * self.lineage + generation

    def _rows(self, ids: list[int]) -> Rows:
        vectors = [self.held[one][1] for one in ids]
        return Rows(np.array(ids, np.int64), np.array(vectors, np.float32).reshape(len(ids), self.space.dimension))
