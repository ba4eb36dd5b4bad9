"""Maps whose making kills the process that does it; beside `faulty`, for it imports what reads catalogues."""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

from soundpalette.core.places_table import Placed
from soundpalette.indexing.mapping import Task, place_alone

LITTLE_MEMORY = 400 << 20


def killed_over_the_map(catalogue: Path, task: Task) -> Iterator[Placed]:
    """Ends the process after the first places."""
    for some in place_alone(catalogue, task):
        yield some
        os.kill(os.getpid(), signal.SIGKILL)


def without_memory_for_the_map(catalogue: Path, task: Task) -> Iterator[Placed]:
    """As `place_alone`, in less memory than PaCMAP's imports take."""
    resource.setrlimit(resource.RLIMIT_AS, (LITTLE_MEMORY, LITTLE_MEMORY))
    yield from place_alone(catalogue, task)
