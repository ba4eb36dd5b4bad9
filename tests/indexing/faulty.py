"""Work that kills, hangs or breaks the process that does it, for a worker to be given; imports what workers do."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from soundpalette.core.audio import Limits, Recording
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.types import Features, Window
from soundpalette.errors import WeightsError
from soundpalette.indexing.prepare import Prepared, prepare
from soundpalette.indexing.work import Task

MARK = ".tried"
HEAVY = ("torch", "transformers", "faiss", "sqlite3")


def told_modules(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    """Which heavy modules the process has loaded after it prepared a file, as its reason."""
    prepared = prepare(task, encoder, limits)
    return replace(prepared, reason=" ".join(name for name in HEAVY if name in sys.modules) or "none")


def killed(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    """Ends the process over "low.wav"."""
    return _killed(task, encoder, limits, signal.SIGKILL)


def crashed(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    """As a decoder does that reads beyond its memory."""
    return _killed(task, encoder, limits, signal.SIGSEGV)


def _killed(task: Task, encoder: Encoder, limits: Limits, how: signal.Signals) -> Prepared:
    if task.source.endswith("low.wav"):
        os.kill(os.getpid(), how)
    return prepare(task, encoder, limits)


def killed_once(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    """Ends the process over each file at its first try."""
    _kill_once(Path(task.source))
    return prepare(task, encoder, limits)


def without_weights(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    raise WeightsError("the weights are gone; fetch them again")


def doubled(items: Sequence[str]) -> Iterator[str]:
    """Each item twice. "die" kills the process; a path is a named pipe, held open without end."""
    for item in items:
        if item == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "noise":
            sys.stdout.write("a library prints\n")
            sys.stdout.flush()
        if Path(item).is_fifo():
            with Path(item).open("w") as held:
                held.write("held\n")
                held.flush()
                time.sleep(3600)
        yield 2 * item


class Together(CompactEncoder):
    """Marks the GPU that its process was given, and embeds once there are as many as wanted."""

    def __init__(self, marks: Path, wanted: int) -> None:
        super().__init__()
        self._marks, self._wanted = marks, wanted

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._marks, self._wanted)

    def embed_windows(self, windows: Sequence[Window]) -> Features:
        (self._marks / os.environ["CUDA_VISIBLE_DEVICES"]).touch()
        deadline = time.monotonic() + 60
        while len(list(self._marks.iterdir())) < self._wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        return super().embed_windows(windows)


class BreakingOff(CompactEncoder):
    """Its process dies over the windows of a file, once or always."""

    def __init__(self, once: bool) -> None:
        super().__init__()
        self._once = once

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._once,)

    def windows(self, source: Path | Recording) -> Iterator[Window]:
        if self._once:
            _kill_once(source if isinstance(source, Path) else source.path)
        else:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().windows(source)


def _kill_once(path: Path) -> None:
    mark = path.with_name(path.name + MARK)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
