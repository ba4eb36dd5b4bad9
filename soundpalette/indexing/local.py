"""The engine of one machine: worker threads decode ahead, this process embeds in batches."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TypeVar

from soundpalette.core.audio import Limits
from soundpalette.core.encoders.base import Encoder
from soundpalette.indexing.embed import embed
from soundpalette.indexing.prepare import identify, prepare
from soundpalette.indexing.work import Done, Identified, Job, Task

A = TypeVar("A")
B = TypeVar("B")


class LocalEngine:
    """`workers` threads decode (0: none, one file at a time), `batch_size` files are embedded together."""

    def __init__(self, encoder: Encoder, limits: Limits, *, workers: int, batch_size: int) -> None:
        self._encoder = encoder
        self._limits = limits
        self._workers = workers
        self._batch_size = batch_size

    def identify(self, jobs: Iterable[Job]) -> Iterator[Identified]:
        return self._ahead(identify, jobs)

    def work(self, tasks: Iterable[Task]) -> Iterator[Done]:
        prepared = self._ahead(partial(prepare, encoder=self._encoder, limits=self._limits), tasks)
        while batch := list(islice(prepared, self._batch_size)):
            yield from embed(self._encoder, batch)

    def _ahead(self, work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """The results in order, a bounded number ahead of whoever takes them."""
        if self._workers == 0:
            yield from map(work, items)
            return
        pool = ThreadPoolExecutor(self._workers, "prepare")
        waiting: deque[Future[B]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * self._batch_size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
