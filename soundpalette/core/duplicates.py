"""When two sounds are one sound twice: nearly the same, of like length, and not known to differ in tempo or key.

One notion for search, which shows such sounds as one hit, and for palettes, which take only one of them. `distance` is
the library's mean of 1 - cosine between two sounds (core/strength.py): a cosine that means "the same sound" differs
from encoder to encoder, its share of that distance less so.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Fact, Traits

SAME: Final = 0.04
"""Share of the library's mean distance below which two sounds of like length are one. Copies at another level,
sample rate or in a lossy format mostly stay within it, as do the layers of one drum; a filtered copy does not."""
LONGER: Final = 1.5
"""Durations that differ by more are two sounds: layers of a drum ring out for different times."""
USUAL_DISTANCE: Final = 0.6
"""Where no library is at hand; that of bench/palette_library.py, of demo/crate it is 0.78."""
Flags = npt.NDArray[np.bool_]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Music:
    """Tempo and key as far as a sound's file or name tells them: what was only heard may err."""

    bpm: float | None = None
    key: str | None = None


def music_of(traits: Traits | None) -> Music:
    """What of a sound's traits tells it from another of the same sound."""
    return Music(_told(traits.bpm), _told(traits.key)) if traits is not None else Music()


def least_cosine(distance: float) -> float:
    """From here on two sounds of a library are the same."""
    return 1 - SAME * distance


def like_length(seconds: npt.ArrayLike, other: npt.ArrayLike) -> Flags:
    """Whether durations are about the same, element by element."""
    return np.asarray(np.maximum(seconds, other) <= LONGER * np.minimum(seconds, other))


def at_odds(one: Music, other: Music) -> bool:
    """Whether both have a tempo, or a key, and not the same: a pattern at two tempos is two samples."""
    pairs = ((one.bpm, other.bpm), (one.key, other.key))
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _told(fact: Fact[T] | None) -> T | None:
    return fact.value if fact is not None and fact.source in ("file", "name") else None
