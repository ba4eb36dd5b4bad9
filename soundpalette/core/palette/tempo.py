"""Tempo in a set of sounds: which one most agree on, and how far each must be stretched to meet it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from soundpalette.core.types import Fact

MIN_BPM: Final = 20.0
MAX_BPM: Final = 400.0
AGREES: Final = 0.01
"""A stretch of up to 1 % goes unheard, and is what rounding a tempo to whole beats a minute costs."""
SPREAD: Final = 0.05
"""Octaves: a stretch of 3.5 % is one standard deviation of what still fits well."""
USUAL_BPM: Final = 120.0


@dataclass(frozen=True, slots=True)
class Consensus:
    """The tempo that most sounds agree on, None where none has one; and a sound's stretch, None without a tempo.

    A stretch is the factor on a sound's speed that brings it to `bpm`, to its half or its double: 1.05 is 5 % faster.
    """

    bpm: float | None
    stretches: tuple[float | None, ...]

    @property
    def deviating(self) -> tuple[int, ...]:
        """Positions of the sounds that have to be stretched by more than 1 %."""
        return tuple(i for i, stretch in enumerate(self.stretches) if stretch is not None and not agrees(stretch))


def stretch(bpm: float, to: float) -> float:
    """The factor on the speed that brings `bpm` to `to`, or to half or double of it, whichever is nearest to 1."""
    ratio = to / bpm
    return float(ratio / 2 ** round(math.log2(ratio)))


def agrees(factor: float) -> bool:
    """Whether a stretch is so small that nothing has to be done."""
    return abs(factor - 1) <= AGREES


def fit(factor: float) -> float:
    """How well a sound bears a stretch, 1 (none) to 0: a bell curve over octaves."""
    return math.exp(-0.5 * (math.log2(factor) / SPREAD) ** 2)


def consensus(tempos: Sequence[Fact[float] | None], target: float | None = None) -> Consensus:
    """The tempo of the palette: `target` where one is given, else the one that the tempos (by confidence) support most.

    Half and double time support each other; which octave is told is decided by who says so literally.
    """
    known = [tempo for tempo in tempos if tempo is not None]
    bpm = target if target is not None else _most_supported(known)
    if bpm is None:
        return Consensus(None, (None,) * len(tempos))
    return Consensus(bpm, tuple(None if tempo is None else stretch(tempo.value, bpm) for tempo in tempos))


def _most_supported(tempos: Sequence[Fact[float]]) -> float | None:
    def support(bpm: float) -> tuple[float, float, float, float]:
        folded = sum(t.confidence * fit(stretch(t.value, bpm)) for t in tempos)
        literal = sum(t.confidence * fit(bpm / t.value) for t in tempos)
        return round(folded, 6), round(literal, 6), -abs(math.log2(bpm / USUAL_BPM)), -bpm

    return max((tempo.value for tempo in tempos), key=support, default=None)
