"""Parts that a benchmark may have."""

import os
from collections.abc import Iterator

from bench.rows import Row


def told_environment() -> Iterator[Row]:
    """How much of a user's configuration is there, and which process this is."""
    yield Row("variables of the user's", (float("SOUNDPALETTE_CONFIG" in os.environ),), (), "")
    yield Row("process", (float(os.getpid()),), (), "")


def raising() -> Iterator[Row]:
    raise FileNotFoundError("the split is not built; `make train-data` does it")


def dying() -> Iterator[Row]:
    os._exit(9)
