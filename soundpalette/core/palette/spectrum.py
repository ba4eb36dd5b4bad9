"""Spectral room: how a set's power lies over four bands, and which sounds want the same one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from soundpalette.core.palette.member import Member
from soundpalette.core.types import Traits

BANDS: Final = ("sub", "low", "mid", "high")
"""Below 100 Hz, 100 to 500, 500 to 4,000, above: the bands of `core.types.Traits`."""
DOMINANT: Final = 0.5
"""A band is a sound's own where at least half of its power lies there."""
OVERLAP: Final = 0.7
QUIETER_DB: Final = 12.0
"""A sound that is this much quieter lies behind the other rather than fighting it."""
THIN: Final = (0.03, 0.05, 0.05, 0.005)
"""Shares below which a band sounds empty: rules of thumb, since power falls with frequency in nearly all music."""


@dataclass(frozen=True, slots=True)
class Fight:
    """Two sounds (by position) that want the same band; `overlap` is what their spectra share, 0.7 to 1."""

    first: int
    second: int
    band: str
    overlap: float


def balance(sounds: Sequence[Traits]) -> tuple[float, float, float, float]:
    """The set's shares of power in the four bands, each sound weighed by its loudness."""
    power = np.array([10 ** (sound.loudness_lufs / 10) for sound in sounds])
    total = power @ np.array([sound.bands for sound in sounds])
    sub, low, mid, high = (total / total.sum() if total.sum() > 0 else total).tolist()
    return sub, low, mid, high


def thin_bands(shares: tuple[float, float, float, float]) -> tuple[str, ...]:
    """Bands that hold next to nothing."""
    return tuple(band for band, share, least in zip(BANDS, shares, THIN, strict=True) if share < least)


def dominant(sound: Traits) -> str:
    """The band that holds at least half of a sound's power, "" where it is spread."""
    band = int(np.argmax(sound.bands))
    return BANDS[band] if sound.bands[band] >= DOMINANT else ""


def overlap(first: Traits, second: Traits) -> float:
    """What two sounds' spectra share, 0 to 1: the sum of the smaller shares."""
    return sum(min(a, b) for a, b in zip(first.bands, second.bands, strict=True))


def fights(members: Sequence[Member]) -> tuple[Fight, ...]:
    """Pairs of sounds that mask each other when they play at once: same band of their own, like spectra, like level.

    The closest first.
    """
    found = [
        Fight(i, j, dominant(a.traits), overlap(a.traits, b.traits))
        for i, a in enumerate(members)
        for j, b in enumerate(members[i + 1 :], i + 1)
        if _fight(a.traits, b.traits)
    ]
    return tuple(sorted(found, key=lambda fight: (-fight.overlap, fight.first, fight.second)))


def _fight(a: Traits, b: Traits) -> bool:
    return (
        dominant(a) != ""
        and dominant(a) == dominant(b)
        and overlap(a, b) >= OVERLAP
        and abs(a.loudness_lufs - b.loudness_lufs) < QUIETER_DB
    )
