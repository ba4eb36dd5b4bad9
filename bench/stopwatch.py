"""Time taken, on the clock that no one sets."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """That `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def milliseconds(work: Callable[[], object]) -> float:
    """That `work` takes."""
    return 1000 * seconds(work)
