"""How well candidates go with a tempo, a key and each other, all pairs at once, as matrices of 0 to 1."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.palette import harmony, tempo
from soundpalette.core.palette.likeness import Flags, near_duplicates
from soundpalette.core.palette.member import Member
from soundpalette.core.palette.roles import TONAL
from soundpalette.core.types import Traits

Figures = npt.NDArray[np.float64]
UNSURE: Final = 0.6
"""What a loop without a known tempo, a tonal sound without a known key, a sound without a genre counts: it may fit or
not."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """How well n sounds go with each other, float64 [n, n] of 0 to 1: in tempo, in key, in spectral room, in likeness
    (the cosine, not below 0); and which are near-duplicates, bool [n, n]."""

    tempo: Figures
    key: Figures
    room: Figures
    likeness: Figures
    duplicate: Flags


def pairs(members: Sequence[Member], distance: float) -> Pairs:
    """Every sound against every other; `distance` is the library's mean of 1 - cosine."""
    vectors = np.stack([member.vector for member in members]).astype(np.float64)
    cosines = vectors @ vectors.T
    bands = np.array([member.traits.bands for member in members])
    return Pairs(
        tempo=_tempo(members),
        key=_key(members),
        room=1 - np.minimum(bands[:, None], bands[None]).sum(axis=2),
        likeness=np.clip(cosines, 0, 1),
        duplicate=near_duplicates(members, distance),
    )


def to_tempo(members: Sequence[Member], bpm: float) -> Figures:
    """How well each goes with a tempo, float64 [n]."""
    return np.array(
        [tempo.fit(tempo.stretch(m.traits.bpm.value, bpm)) if m.traits.bpm else _no_tempo(m.traits) for m in members]
    )


def to_key(members: Sequence[Member], key: str) -> Figures:
    """How well each goes with a key, float64 [n]."""
    told = [harmony.fit(member.traits, key) for member in members]
    return np.array([_no_key(m.traits) if fit is None else fit for m, fit in zip(members, told, strict=True)])


def to_genres(members: Sequence[Member], genres: Collection[str]) -> Figures:
    """Whether each is of one of the genres, float64 [n]: 1, 0, and between where its genre is not known."""
    told = [member.traits.genre for member in members]
    return np.array([UNSURE if genre is None else float(genre.value in genres) for genre in told])


def _tempo(members: Sequence[Member]) -> Figures:
    octaves = np.array([math.log2(m.traits.bpm.value) if m.traits.bpm else math.nan for m in members])
    apart = np.subtract.outer(octaves, octaves)
    folded = apart - np.round(apart)
    unknown = np.array([_no_tempo(member.traits) for member in members])
    fits: Figures = np.exp(-0.5 * (folded / tempo.SPREAD) ** 2)
    return np.where(np.isnan(apart), np.minimum.outer(unknown, unknown), fits)


def _key(members: Sequence[Member]) -> Figures:
    """Keys against keys and roots against keys; two roots always share some scale."""
    fits = np.ones((len(members), len(members)))
    unknown = np.array([_no_key(member.traits) for member in members])
    keys = sorted({member.traits.key.value for member in members if member.traits.key})
    for key in keys:
        column = to_key(members, key)
        own = np.array([m.traits.key is not None and m.traits.key.value == key for m in members])
        fits[:, own] = column[:, None]
        fits[own, :] = column[None]
    keyless = np.array([m.traits.key is None and m.traits.root is None for m in members])
    return np.where(keyless[:, None] | keyless[None], np.minimum.outer(unknown, unknown), fits)


def _no_tempo(traits: Traits) -> float:
    """A one-shot goes with any tempo."""
    return UNSURE if traits.bpm is None and traits.kind.value == "loop" else 1.0


def _no_key(traits: Traits) -> float:
    """A drum goes with any key."""
    tonal = traits.role is not None and traits.role.value in TONAL
    return UNSURE if tonal and traits.key is None and traits.root is None else 1.0
