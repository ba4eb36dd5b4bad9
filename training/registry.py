"""Generators by name, and how many clips each makes."""

from collections.abc import Callable, Iterator
from typing import TypeVar
from zlib import crc32

import numpy as np

from training.dsp import Audio, Rng

T = TypeVar("T")
Made = tuple[Audio, list[str]]
"""A clip at 32 kHz, mono [n] or stereo [n, 2], and the words that describe it."""
Generator = Callable[[Rng], Made]
Registry = dict[str, tuple[Generator, int]]


def register(
    registry: dict[str, tuple[Callable[[Rng], T], int]], count: int
) -> Callable[[Callable[[Rng], T]], Callable[[Rng], T]]:
    """A decorator that puts a generator into `registry` under its function's name, to make `count` clips."""

    def keep(function: Callable[[Rng], T]) -> Callable[[Rng], T]:
        registry[function.__name__] = (function, count)
        return function

    return keep


def runs(
    registry: dict[str, tuple[Callable[[Rng], T], int]], seed: int, share: float
) -> Iterator[tuple[Rng, Callable[[Rng], T]]]:
    """Every clip to make: its own random stream, from (seed, the generator's name, number), and its generator."""
    for name, (make, count) in registry.items():
        for number in range(max(1, int(count * share))):
            yield np.random.default_rng([seed, crc32(name.encode()), number]), make
