"""The engine of many machines: Ray Data spreads the work, actors on its nodes load the encoder once, results come back
to the driver, which alone knows the catalogue.

What travels is small: a batch of tasks (paths and hashes) goes out, vectors and what was heard come back; nodes
read the audio themselves, from a drive that all of them see under the same path, or from a bucket. A batch that does
not come back, since its node was lost or a file killed the process, is tried again file by file, on any node; a file
that kills its process when it is alone, twice, is a failure. The driver holds a round of tasks, several times over
while they travel; of results no more than a batch, since Ray Data holds back its actors while some wait to be taken.
"""

import logging
import pickle
import socket
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from soundpalette.core.addresses import is_address
from soundpalette.core.audio import Limits
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Space
from soundpalette.errors import AudioError, EncoderError, IndexingError, SoundPaletteError
from soundpalette.indexing import remote
from soundpalette.indexing.cluster import Resources, joined
from soundpalette.indexing.embed import Embedder
from soundpalette.indexing.local import ahead
from soundpalette.indexing.prepare import Prepared, identify, prepare
from soundpalette.indexing.work import Done, Identified, Job, Task

if TYPE_CHECKING:
    import pyarrow
    import ray.data

ROUND: Final = 1 << 16
"""Jobs or tasks that are listed before they go out: bounds the driver's memory; actors are started once a round."""
ROUND_BYTES: Final = 256 << 20
"""Of kept features, with which a round ends before it has that many tasks: MERT makes 3 kB for 5 s of sound."""
COPIES: Final = 256 << 20
"""Bytes of remote files that an actor keeps beside each other; a larger file is alone."""
FETCHES: Final = 4
"""Remote files that an actor asks for at once, since each answer takes its time."""
COLUMN: Final = "pickled"
DEATHS: Final = 3
"""Actors that may end while they start, one after the other, before the cluster is given up."""
KILLED: Final = "ends the worker process that reads it, three times now; report this file to us"
log = logging.getLogger(__name__)

Load = Callable[[], Encoder]
"""Makes an encoder on any machine; is pickled."""
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Work:
    """What an actor does, as it travels: the encoder to load, whose space it has to have, limits, decoding threads."""

    load: Load
    space: Space
    limits: Limits
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What an actor sends back for a batch: results by the items' numbers, or why its node cannot work at all."""

    results: tuple[tuple[int, Any], ...] = ()
    refusal: str = ""


class RayEngine:
    """Works on the cluster at `address` (see `joined`); `batch_size` files travel together. With `gpu` each actor has a
    GPU of its own where the cluster has any, else one processor.

    Files on drives are hashed by the driver's own threads, for these drives are mounted here, too, and reading is all
    that it costs. What lies in a bucket is hashed by the nodes, which together have the wider way there.
    """

    def __init__(self, work: Work, *, address: str, batch_size: int, gpu: bool) -> None:
        self._work = work
        self._address = address
        self._batch_size = batch_size
        self._gpu = gpu
        self._open = ExitStack()
        self._resources: Resources | None = None
        self._users = 0

    def identify(self, jobs: Iterable[Job]) -> Generator[Identified, None, None]:
        with self._in_use():
            for in_bucket, some in groupby(jobs, lambda job: is_address(job.root.path)):
                hashed = self._hashed_there if in_bucket else _hashed_here
                yield from hashed(some)

    def work(self, tasks: Iterable[Task]) -> Generator[Done, None, None]:
        tasks = iter(tasks)
        with self._in_use():
            while some := round_of(tasks):
                for task, done in self._spread(Encode, some, _undone):
                    yield replace(done, task=task)

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Whoever ends last leaves the cluster: `work` takes its tasks from what `identify` finds meanwhile."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._resources = None
                self._open.close()

    def _hashed_there(self, jobs: Iterable[Job]) -> Iterator[Identified]:
        jobs = iter(jobs)
        while some := list(islice(jobs, ROUND)):
            found = {id(job): identified for job, identified in self._spread(Hash, some, _unhashed)}
            yield from (found[id(job)] for job in some)

    def _cluster(self) -> Resources:
        """Joined when it is needed, and left when nobody works any more (`_in_use`)."""
        if self._resources is None:
            self._resources = self._open.enter_context(joined(self._address))
            if not self._resources.cpus:
                raise IndexingError("the Ray cluster has no processor for us; add a node with `ray start --address=…`")
        return self._resources

    def _spread(
        self, actor: "type[Encode | Hash]", items: Sequence[A], lost: Callable[[A], B]
    ) -> Iterator[tuple[A, B]]:
        """Every item with its result, in any order: in batches, then what did not come back alone."""
        waiting = dict(enumerate(items))
        for size, retries in ((self._batch_size, 0), (1, 1)):
            for number, result in self._run(actor, list(waiting.items()), size, retries):
                if number in waiting:
                    yield waiting.pop(number), result
            if not waiting:
                return
            if size > 1:
                log.warning(
                    "%d files did not come back (a node or a worker was lost); each is tried alone", len(waiting)
                )
        yield from ((item, lost(item)) for item in waiting.values())

    def _run(
        self, actor: "type[Encode | Hash]", items: Sequence[tuple[int, A]], size: int, retries: int
    ) -> Iterator[tuple[int, Any]]:
        self._cluster()
        import ray

        batches = [pickle.dumps(items[start : start + size]) for start in range(0, len(items), size)]
        try:
            for table in _tables(self._dataset(actor, batches, retries)):
                answer: Answer = pickle.loads(table.column(COLUMN)[0].as_py())
                if answer.refusal:
                    raise IndexingError(answer.refusal)
                yield from answer.results
        except ray.exceptions.RayError as error:
            told = " ".join(str(error).split())[-300:]
            raise IndexingError(
                f"the Ray cluster gave up ({type(error).__name__}: {told}); "
                "what was committed is kept: mend the cluster and run the same command again"
            ) from error

    def _dataset(self, actor: "type[Encode | Hash]", batches: Sequence[bytes], retries: int) -> "ray.data.Dataset":
        """A block a batch. Ray's own retries would bring a file that kills its process back without end."""
        import ray

        found = self._cluster()
        gpus = found.gpus if self._gpu else 0
        slots, cpus = (gpus, found.cpus_beside) if gpus else (found.cpus, 1)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        context.max_errored_blocks = -1
        context.max_consecutive_actor_init_deaths = DEATHS
        compute = ray.data.ActorPoolStrategy(
            min_size=1,
            max_size=slots,
            initial_size=min(slots, len(batches)),
            max_tasks_in_flight_per_actor=1 if retries else 2,  # what waits behind a killer is lost with it
        )
        data = ray.data.from_items([{COLUMN: batch} for batch in batches], override_num_blocks=len(batches))
        with warnings.catch_warnings():
            # Ray 2.64 drops the way to bound retries, and has no other yet (ray-project/ray issue 65227).
            warnings.filterwarnings("ignore", "`ray_remote_args` is deprecated")
            return data.map_batches(
                actor,
                fn_constructor_args=(replace(self._work, threads=cpus),),
                batch_size=1,  # a row is a batch of ours; with GPUs Ray takes no None
                batch_format="pyarrow",
                compute=compute,
                num_cpus=cpus,
                num_gpus=1 if gpus else 0,
                max_task_retries=retries,
            )


def _tables(data: "ray.data.Dataset") -> Iterator["pyarrow.Table"]:
    """The results as they come; one whose node was lost before it could be taken is left out."""
    import ray

    for bundle in data.iter_internal_ref_bundles():
        for block in bundle.block_refs:
            try:
                yield ray.get(block)
            except ray.exceptions.RayError as error:
                log.info("a batch was lost: %s", type(error).__name__)


def round_of(tasks: Iterator[Task]) -> list[Task]:
    """The next ones, until they or their kept features are as many as the driver is to hold; none at the end."""
    some: list[Task] = []
    held = 0
    while len(some) < ROUND and held < ROUND_BYTES and (task := next(tasks, None)) is not None:
        some.append(task)
        held += 0 if task.features is None else task.features.nbytes
    return some


def _hashed_here(jobs: Iterable[Job]) -> Iterator[Identified]:
    return ahead(identify, jobs, FETCHES, lambda waiting: len(waiting) < 4 * FETCHES)


def _undone(task: Task) -> Done:
    return Done(task, reason=KILLED)


def _unhashed(job: Job) -> Identified:
    return Identified(job, reason=KILLED)


# --- what runs on the nodes ---


class Hash:
    """An actor that hashes what lies in a bucket."""

    def __init__(self, work: Work) -> None:
        self._limits = work.limits

    def __call__(self, table: "pyarrow.Table") -> "pyarrow.Table":
        return _answered(table, self._identified)

    def _identified(self, jobs: Sequence[Job]) -> list[Identified]:
        with ThreadPoolExecutor(FETCHES) as pool:
            return list(pool.map(self._one, jobs))

    def _one(self, job: Job) -> Identified:
        try:
            return Identified(job, remote.hash_at(job.source, self._limits))
        except AudioError as error:
            return Identified(job, reason=error.reason)


class Encode:
    """An actor that loads the encoder once, and decodes, analyses and embeds. A node whose encoder is another one is
    not let near the catalogue: the refusal ends the run with its name.

    What lies in a bucket is copied whole, even where its features are kept and its header alone is wanted: a header
    is held against the file's length, and in some formats the length stands at the end.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, table: "pyarrow.Table") -> "pyarrow.Table":
        return _answered(table, self._done)

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder(self._encoder)

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = self._work.load()
        if encoder.space != self._work.space:
            raise EncoderError(
                f"its encoder's space is {encoder.space.key}, not {self._work.space.key}; put the same weights there"
            )
        return encoder

    def _done(self, tasks: Sequence[Task]) -> list[Done]:
        pieces = _pieces(tasks) if any(is_address(task.source) for task in tasks) else [tasks]
        return [done for piece in pieces for done in self._embedded(piece)]

    def _embedded(self, tasks: Sequence[Task]) -> list[Done]:
        threads = max(self._work.threads, FETCHES if any(is_address(task.source) for task in tasks) else 1)
        embed = self._embedder
        with ExitStack() as copies, ThreadPoolExecutor(threads) as pool:
            done = embed(list(pool.map(partial(self._prepared, copies), tasks)))
        return [replace(one, task=replace(task, features=None)) for one, task in zip(done, tasks, strict=True)]

    def _prepared(self, copies: ExitStack, task: Task) -> Prepared:
        if not is_address(task.source):
            return prepare(task, self._encoder, self._work.limits)
        try:
            copy = copies.enter_context(remote.copied(task.source, self._work.limits))
        except AudioError as error:
            return Prepared(task, reason=error.reason)
        return prepare(replace(task, source=str(copy)), self._encoder, self._work.limits)


def _answered(table: "pyarrow.Table", work: Callable[[list[Any]], Sequence[object]]) -> "pyarrow.Table":
    """The outermost boundary of an actor: only what ends its process may cost a block, for that is its files' fault."""
    import pyarrow

    try:
        items: list[tuple[int, Any]] = pickle.loads(table.column(COLUMN)[0].as_py())
        results = work([item for _, item in items])
        answer = Answer(tuple(zip((number for number, _ in items), results, strict=True)))
    except (SoundPaletteError, ImportError) as error:  # no file's fault
        answer = _refusal(f"{error}")
    except Exception as error:  # none either: what a file may cause became its reason further in
        log.exception("a batch could not be worked on")
        told = " ".join(str(error).split())[:200]
        answer = _refusal(f"{type(error).__name__}: {told}; mend or remove that node and run the same command again")
    return pyarrow.table({COLUMN: [pickle.dumps(answer)]})


def _refusal(reason: str) -> Answer:
    return Answer(refusal=f"node {socket.gethostname()} cannot work (what was committed is kept): {reason}")


def _pieces(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Tasks whose files may lie beside each other as copies."""
    with ThreadPoolExecutor(FETCHES) as pool:
        sizes = list(pool.map(_size, tasks))
    piece: list[Task] = []
    held = 0
    for task, size in zip(tasks, sizes, strict=True):
        if piece and held + size > COPIES:
            yield piece
            piece, held = [], 0
        piece.append(task)
        held += size
    yield piece


def _size(task: Task) -> int:
    try:
        return remote.size_at(task.source) if is_address(task.source) else 0
    except AudioError:  # told when it is copied
        return 0
