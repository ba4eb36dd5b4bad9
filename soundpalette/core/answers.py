"""What is asked of a library and answered, and the answers to questions that were asked before."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soundpalette.core.strength import Strength
from soundpalette.core.types import Filters, Preferences, Sample, Traits

MOST_HITS: Final = 5000
"""Of all kept answers together: some 10 MB."""
Wanted = Callable[[Sample], bool]


def every(_: Sample) -> bool:
    """Leaves no sample out."""
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """Words ("": none), a sound or both (`alpha` is the words' share); how many hits, of which samples."""

    query: str
    reference: Sample | Path | None
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


class Answers:
    """Keeps the answers of one state of the library that were asked for last. Threads share it."""

    def __init__(self, most_hits: int = MOST_HITS) -> None:
        self._most = most_hits
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._kept: OrderedDict[Question, Answer] = OrderedDict()
        self._held = 0
        self._uses = Uses(0, 0)

    @property
    def uses(self) -> Uses:
        return self._uses

    def of(self, state: Hashable, question: Question, work: Callable[[], Answer]) -> Answer:
        """The answer in this state of the world, which was read before `work` reads anything.

        Whatever was kept in another state is dropped, so that nothing older is ever told.
        """
        with self._lock:
            kept = self._recalled(state, question)
            if kept is not None:
                return kept
        answer = work()
        with self._lock:
            if state == self._state:
                self._keep(question, answer)
        return answer

    def _recalled(self, state: Hashable, question: Question) -> Answer | None:
        if state != self._state:
            self._state, self._held = state, 0
            self._kept.clear()
        kept = self._kept.get(question)
        if kept is None:
            self._uses = Uses(self._uses.hits, self._uses.misses + 1)
        else:
            self._uses = Uses(self._uses.hits + 1, self._uses.misses)
            self._kept.move_to_end(question)
        return kept

    def _keep(self, question: Question, answer: Answer) -> None:
        if question in self._kept:  # two asked it at once
            return
        self._kept[question] = answer
        self._held += _weight(answer)
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= _weight(oldest)


def _weight(answer: Answer) -> int:
    return 1 + len(answer.hits)
