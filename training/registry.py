"""Generators by name: rng -> (audio, words), and how many clips each makes."""

from collections.abc import Callable, Iterator
from zlib import crc32

import numpy as np

from training.dsp import Audio, Rng

Made = tuple[Audio, list[str]]
Generator = Callable[[Rng], Made]
Registry = dict[str, tuple[Generator, int]]


def register(registry: Registry, count: int) -> Callable[[Generator], Generator]:
    """A decorator that puts a generator into `registry` under its function's name."""

    def keep(function: Generator) -> Generator:
        registry[function.__name__] = (function, count)
        return function

    return keep


def runs(registry: Registry, seed: int, share: float) -> Iterator[tuple[Rng, Generator]]:
    """Every clip to make: its own random stream, from (seed, the generator's name, number), and its generator."""
    for name, (make, count) in registry.items():
        for number in range(max(1, int(count * share))):
            yield np.random.default_rng([seed, crc32(name.encode()), number]), make
