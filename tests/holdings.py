"""Rows held in memory, as an index is built from a catalogue's."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from soundpalette.core.types import Edition, Entries, Fields, Ids, Rows, Space, State

CHUNK = 100


@dataclass(frozen=True)
class Held:
    """All of one generation, whose number is the stamp, too; `count` where it says another number than there are."""

    space: Space
    held: Rows
    generation: int = 1
    count: int = -1

    def state(self) -> State:
        count = len(self.held.ids) if self.count < 0 else self.count
        return State(self.generation, self.generation, count, Edition(self.generation, self.generation, 1))

    def rows(self, since: int = -1) -> Iterator[Rows]:
        order = np.argsort(self.held.ids) if self.generation > since else np.empty(0, np.int64)
        for start in range(0, len(order), CHUNK):
            part = order[start : start + CHUNK]
            yield Rows(self.held.ids[part], self.held.vectors[part])

    def ids(self) -> Ids:
        return np.sort(self.held.ids)

    def entries(self, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        for rows in self.rows(min(since, edition)):
            yield Entries(rows, tuple(Fields("root", f"{number}.wav", 1.0) for number in rows.ids.tolist()))

    def knows(self, edition: Edition) -> bool:
        return 0 < edition.number <= self.generation and edition.stamp == edition.number
