"""The engine of one machine: worker processes decode and analyse ahead, this one or one for each GPU embeds."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, TypeVar

from soundpalette.core.audio import Limits
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Window
from soundpalette.errors import AudioError
from soundpalette.indexing.embed import Embedder
from soundpalette.indexing.prepare import Prepared, identify, prepare, window_chunks
from soundpalette.indexing.work import Done, Identified, Job, Task
from soundpalette.indexing.workers import ONE_THREAD, Crew, Worker, WorkerError

AHEAD_SECONDS: Final = 600.0
"""Of sound decoded ahead of the network: 58 MB as MERT sees it."""
TASKS_AT_ONCE: Final = 4
"""Given to a worker together, so that it need not wait for us between two short files."""
BATCH_SECONDS: Final = 160.0
"""Of sound embedded together at most, however many files that are."""
PATIENCE_SECONDS: Final = 300.0
PATIENCE_A_MEGABYTE: Final = 5.0
"""How long a worker may take for a file until it counts as hung: far more than a hundred times what files take."""
LOADING_SECONDS: Final = 600.0
"""How long a GPU's process may take to load its towers."""
Prepare = Callable[[Task, Encoder, Limits], Prepared]

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """`workers` processes decode (0: none, this one does it, one file at a time); at most `batch_size` files are
    embedded together, by this process, or by one for each of `gpus` (as CUDA_VISIBLE_DEVICES names them) where there
    are several: those decode long files themselves. They are asked for once there is work.
    """

    encoder: Encoder
    limits: Limits
    workers: int
    batch_size: int
    gpus: Callable[[], Sequence[str]] = tuple
    prepare: Prepare = field(default=prepare)

    def identify(self, jobs: Iterable[Job]) -> Generator[Identified, None, None]:
        if self.workers == 0:
            yield from map(identify, jobs)
            return
        yield from ahead(identify, jobs, self.workers, lambda waiting: len(waiting) < 2 * self.batch_size)

    def work(self, tasks: Iterable[Task]) -> Generator[Done, None, None]:
        first = list(islice(tasks := iter(tasks), 1))
        if not first:
            return
        tasks = chain(first, tasks)
        with ExitStack() as stack:
            embedder = Embedder(self.encoder)
            prepared: Iterator[Prepared] = (self.prepare(task, self.encoder, self.limits) for task in tasks)
            if self.workers:
                embedder = Embedder(self.encoder, stack.enter_context(_Streamer(self.encoder)).chunks)
                prepared = stack.enter_context(closing(self._prepared_ahead(tasks)))
            batches = self._batches(prepared)
            gpus = self.gpus()
            done: Iterator[list[Done]] = map(embedder, batches)
            if len(gpus) > 1:
                done = stack.enter_context(closing(self._on_gpus(gpus, batches)))
            for batch in done:
                yield from batch

    def _prepared_ahead(self, tasks: Iterator[Task]) -> Generator[Prepared, None, None]:
        work = partial(_prepare_all, prepare=self.prepare, encoder=self.encoder, limits=self.limits)
        with Crew(work, [ONE_THREAD] * self.workers, _patience, _lost) as crew:
            at_once = min(TASKS_AT_ONCE, self.batch_size)
            lists = iter(lambda: list(islice(tasks, at_once)), [])
            with closing(ahead(crew.do, lists, self.workers, self._has_room, crew.kill)) as done:
                for prepared in done:
                    yield from prepared

    def _has_room(self, waiting: Sequence[Future[list[Prepared]]]) -> bool:
        """Whether one more may be decoded: by sound that waits, by files at work, by files that hold no sound."""
        finished = [future for future in waiting if future.done()]
        seconds = sum(item.seconds for future in finished for item in future.result())
        at_work = len(waiting) - len(finished)
        return seconds < AHEAD_SECONDS and at_work < 2 * self.workers and len(waiting) < 4 * self.batch_size

    def _batches(self, prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
        batch: list[Prepared] = []
        for item in prepared:
            batch.append(item)
            if len(batch) == self.batch_size or sum(one.seconds for one in batch) >= BATCH_SECONDS:
                yield batch
                batch = []
        if batch:
            yield batch

    def _on_gpus(self, gpus: Sequence[str], batches: Iterable[list[Prepared]]) -> Generator[list[Done], None, None]:
        environments = [{"CUDA_VISIBLE_DEVICES": gpu} for gpu in gpus]
        with Crew(Embedder(self.encoder), environments, _embedding_patience, _lost_done) as crew:
            many = len(gpus)
            with closing(ahead(crew.do, batches, many, lambda waiting: len(waiting) < 2 * many, crew.kill)) as done:
                yield from done


class _Streamer:
    """Long files, decoded by a worker of their own while their windows are embedded."""

    def __init__(self, encoder: Encoder) -> None:
        self._worker = Worker(partial(window_chunks, encoder=encoder), ONE_THREAD)

    def __enter__(self) -> "_Streamer":
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.end()

    def chunks(self, task: Task) -> Iterator[Sequence[Window]]:
        """As `window_chunks`; where the worker dies, another one goes on, once."""
        given, told = 0, ""
        for _ in range(2):
            try:
                for chunk in islice(self._worker.ask(task, _patience(task)), given, None):
                    given += 1
                    yield chunk
                return
            except WorkerError as died:
                told = str(died)
        raise AudioError(task.source, _crashed(told))


def ahead(
    work: Callable[[A], B],
    items: Iterable[A],
    threads: int,
    room: Callable[[Sequence[Future[B]]], bool],
    stop: Callable[[], None] = lambda: None,
) -> Generator[B, None, None]:
    """`work` done in threads: the results in order, as many ahead of whoever takes them as there is `room` for beside
    those that wait. `stop` ends work that nobody waits for any more."""
    pool = ThreadPoolExecutor(threads, "ahead")
    waiting: deque[Future[B]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            while waiting and not room(waiting):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare_all(tasks: Sequence[Task], prepare: Prepare, encoder: Encoder, limits: Limits) -> Iterator[Prepared]:
    return (prepare(task, encoder, limits) for task in tasks)


def _patience(task: Task) -> float:
    """Seconds that a worker may take for a file."""
    try:
        size = Path(task.source).stat().st_size
    except OSError:  # it is gone, which the worker will tell
        size = 0
    return PATIENCE_SECONDS + PATIENCE_A_MEGABYTE * size / 1e6


def _embedding_patience(item: Prepared) -> float:
    """Seconds that an encoder's process may take for a file, loading its towers included."""
    return LOADING_SECONDS + item.header.seconds


def _lost(task: Task, told: str) -> Prepared:
    return Prepared(task, reason=_crashed(told))


def _lost_done(item: Prepared, told: str) -> Done:
    reason = f"ended the encoder's process twice (the second one {told}); export it again as WAV"
    return Done(item.task, item.header, heard=item.heard, reason=reason)


def _crashed(told: str) -> str:
    return f"made the decoder crash or hang twice (the second worker process {told}); export it again as WAV"
