"""Processes of our own: for files that may crash or hang their decoder, and one for each GPU.

A worker is a fresh Python (nothing is forked), told its work once. It takes one item after the other from its stdin and
gives answers back on its stdout, both as pickles. It ends when its stdin does, so that none outlives this process.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, Generic, TypeVar

from soundpalette.errors import IndexingError

A = TypeVar("A")
B = TypeVar("B")

ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""The environment of workers that run side by side on the processor's cores."""
_COMMAND: Final = "from soundpalette.indexing.workers import serve; serve()"
_PACKAGES: Final = Path(__file__).parents[2]
_PRIVATE: Final = "SOUNDPALETTE_"
"""Our own configuration, tokens included, is nothing that a decoder has to see."""
_PROTOCOL: Final = 5
START_SECONDS: Final = 120.0
"""A worker takes 0.3 s to come up; on a machine that swaps, far longer."""


class WorkerError(Exception):
    """A worker ended, or was ended, over what it had been given; the message says how."""


class Worker(Generic[A, B]):
    """One process that does `work` (picklable, as are items and answers), started at its first item and again after a
    death. For one thread at a time; only `kill` may come from another."""

    def __init__(self, work: Callable[[A], Iterable[B]], environment: Mapping[str, str]) -> None:
        self._work, self._environment = work, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ended = False

    def ask(self, item: A, seconds: float) -> Iterator[B]:
        """The answers to `item`, each within `seconds`. Raises WorkerError, and what `work` raises."""
        done = False
        try:
            process = self._running()
            _send(_pipe(process.stdin), item)
            while (answer := _received(process, seconds)) is not None:
                good, value = answer
                if not good:
                    done = True
                    raise value
                yield value
            done = True
        except OSError as error:
            raise WorkerError(f"could not be asked ({error.strerror})") from error
        finally:
            if not done:  # whatever it would still say belongs to nobody
                self._end()

    def kill(self) -> None:
        """End the process at once and for good; whoever waits for an answer meets WorkerError."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """End the process for good and take leave of it; nobody may be waiting for an answer."""
        self.kill()
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise WorkerError("was ended")
            started = self._process is None
            process = self._process = self._process or _start(self._environment)
        if started:
            self._instruct(process)
        return process

    def _instruct(self, process: subprocess.Popen[bytes]) -> None:
        """A worker that does not even come up is no fault of what it is to do."""
        try:
            _send(_pipe(process.stdin), sys.path)
            _send(_pipe(process.stdin), self._work)
            _received(process, START_SECONDS)
        except (WorkerError, OSError) as error:
            raise IndexingError(
                f"a worker process could not be started (it {error}); free memory, or index with the profile sequential"
            ) from error

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not sent any more
                    _pipe(pipe).close()


class Crew(Generic[A, B]):
    """Workers that do lists of items, as many at once as there are `environments`; threads may share it.

    What was not answered when a worker died is tried once more, each item alone; `lost` says what becomes of one that
    killed two. An item may take `seconds`.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Iterable[B]],
        environments: Sequence[Mapping[str, str]],
        seconds: Callable[[A], float],
        lost: Callable[[A, str], B],
    ) -> None:
        self._workers = [Worker(work, environment) for environment in environments]
        self._seconds, self._lost = seconds, lost
        self._idle: queue.LifoQueue[Worker[Sequence[A], B]] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> "Crew[A, B]":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def kill(self) -> None:
        """End all of them at once and for good."""
        for worker in self._workers:
            worker.kill()

    def do(self, items: Sequence[A]) -> list[B]:
        """An answer for each item, in order. Raises what the work raises."""
        worker = self._idle.get()
        answers: list[B] = []
        try:
            answers.extend(self._asked(worker, items))
        except WorkerError:
            tries = 1  # of the item at fault, or, where all were at work together, of the first
            for item in items[len(answers) :]:
                answers.append(self._alone(worker, item, tries))
                tries = 2
        finally:
            self._idle.put(worker)
        return answers

    def _alone(self, worker: Worker[Sequence[A], B], item: A, tries: int) -> B:
        told = ""
        for _ in range(tries):
            try:
                (answer,) = self._asked(worker, [item])
                return answer
            except WorkerError as died:
                told = str(died)
        return self._lost(item, told)

    def _asked(self, worker: Worker[Sequence[A], B], items: Sequence[A]) -> Iterator[B]:
        return worker.ask(items, sum(map(self._seconds, items)))


def _start(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _COMMAND],
        env={**own, "PYTHONPATH": str(_PACKAGES), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C in the terminal ends the run; the run ends its workers
    )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _send(pipe: IO[bytes], value: object) -> None:
    pipe.write(
        pickle.dumps(value, _PROTOCOL)
    )  # whole or not at all: what cannot be pickled must not leave a part of it
    pipe.flush()


def _received(process: subprocess.Popen[bytes], seconds: float) -> tuple[bool, Any] | None:
    """Whether it is an answer, and the answer or the error; None at the end of the answers. Raises WorkerError."""
    with _killed_after(process, seconds) as late:
        try:
            frame: tuple[bool, Any] | None = pickle.load(_pipe(process.stdout))
            return frame
        except (EOFError, pickle.UnpicklingError, OSError) as error:
            status = process.wait()
            raise WorkerError(f"took more than {seconds:g} seconds" if late.is_set() else _told(status)) from error


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process if this takes longer; the event tells whether it did."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _told(status: int) -> str:
    """How a process ended, from its exit status."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"


def serve() -> None:
    """What a worker process does, until its stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody listens any more: end without a word
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print belongs into the log
    sys.path[:] = pickle.load(incoming)
    work = pickle.load(incoming)
    _send(outgoing, None)
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(incoming, items), daemon=True).start()
    while True:
        try:
            for answer in work(items.get()):
                _send(outgoing, (True, answer))
            _send(outgoing, None)
        except Exception as error:  # noqa: BLE001 the outermost boundary: raised where the answer is waited for
            _send(outgoing, (False, error))


def _receive(incoming: IO[bytes], items: "queue.SimpleQueue[Any]") -> None:
    """Its end is ours, even in the middle of a decoding that never ends."""
    try:
        while True:
            items.put(pickle.load(incoming))
    except (EOFError, pickle.UnpicklingError, OSError):
        os._exit(0)
