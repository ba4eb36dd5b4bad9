"""How far an indexing run is: a bar on a terminal, plain lines in a log. Both go to stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

LINE_SECONDS: Final = 5.0


class Progress(Protocol):
    """Hears how far a run is."""

    def begin(self, files: int) -> None:
        """So many files are to be read."""

    def advance(self, files: int) -> None:
        """So many more are committed."""

    def hear(self, line: str) -> None:
        """What is done beside that, and how far it is."""


@contextmanager
def progress() -> Iterator[Progress]:
    """The way of telling that fits stderr."""
    if sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield Lines()


class Lines:
    """A line at the start, then at most one each five seconds, and one at the end."""

    def __init__(self) -> None:
        self._total = self._done = 0
        self._started = self._told = 0.0

    def begin(self, files: int) -> None:
        self._total = files
        self._started = self._told = time.monotonic()
        sys.stderr.write(f"{files} files to read\n")

    def advance(self, files: int) -> None:
        self._done += files
        now = time.monotonic()
        if self._done == self._total or now - self._told >= LINE_SECONDS:
            self._told = now
            rate = self._done / max(now - self._started, 1e-3)
            sys.stderr.write(f"{self._done} of {self._total} files, {rate:.1f} a second\n")

    def hear(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = ("Indexing", BarColumn(), MofNCompleteColumn(), "files", TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Indexing", total=None)

        class _Told:
            def begin(self, files: int) -> None:
                bar.update(task, total=files)

            def advance(self, files: int) -> None:
                bar.advance(task, files)

            def hear(self, line: str) -> None:
                bar.console.print(line, highlight=False, markup=False)

        yield _Told()
