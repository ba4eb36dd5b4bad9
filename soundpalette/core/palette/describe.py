"""Everything that is told of a palette, from its members alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from soundpalette.core.duplicates import USUAL_DISTANCE
from soundpalette.core.palette import harmony, likeness, roles, spectrum, tempo
from soundpalette.core.palette.brief import Brief
from soundpalette.core.palette.member import Member
from soundpalette.core.types import Vector, Vectors

QUERY_WORDS: Final = 8
"""A query for a missing role keeps so many words of the target: more would drown the role."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A role that is missing, and the query to find it with."""

    role: str
    query: str


@dataclass(frozen=True, slots=True)
class TargetFit:
    """How the sounds meet a target: mean fit of those that have a tempo, share that fits of those that have a key or
    root (None: none has, or the target names none), and the position of the sound farthest from its words."""

    tempo: float | None
    key: float | None
    farthest: int | None


@dataclass(frozen=True, slots=True)
class Description:
    """A palette as a set. Positions are those of `members`; `tempo` and `harmony` are the set's own consensus,
    `balance` shares of power in sub, low, mid, high, `loudness_spread` in LU, `target` None where none was given."""

    members: tuple[Member, ...]
    kind: str
    tempo: tempo.Consensus
    harmony: harmony.Consensus
    balance: tuple[float, float, float, float]
    loudness_spread: float
    together: likeness.Cohesion
    fights: tuple[spectrum.Fight, ...]
    duplicates: tuple[tuple[int, int], ...]
    roles: tuple[str, ...]
    lacking: tuple[Lack, ...]
    target: TargetFit | None


def describe(
    members: Sequence[Member],
    target: Brief | None = None,
    wished: Vector | None = None,
    distance: float = USUAL_DISTANCE,
) -> Description:
    """What 1 or more sounds are like together; `target` is what they shall be, `wished` its words' unit vector.

    `distance` is the library's mean of 1 - cosine between two sounds, by which near-duplicates are told.
    """
    traits = [member.traits for member in members]
    present = tuple(sound.role.value for sound in traits if sound.role is not None)
    genres = [sound.genre.value for sound in traits if sound.genre is not None]
    kind = roles.kind_of(target.words if target else "", genres, present)
    vectors = np.stack([member.vector for member in members])
    duplicates = likeness.duplicates(members, distance)
    louds = [sound.loudness_lufs for sound in traits]
    return Description(
        members=tuple(members),
        kind=kind.name,
        tempo=tempo.consensus([sound.bpm for sound in traits]),
        harmony=harmony.consensus(traits),
        balance=spectrum.balance(traits),
        loudness_spread=max(louds) - min(louds),
        together=likeness.cohesion(vectors),
        fights=tuple(f for f in spectrum.fights(members) if (f.first, f.second) not in duplicates),
        duplicates=duplicates,
        roles=present,
        lacking=tuple(Lack(role, _query(role, target, genres)) for role in roles.lacking(kind, present)),
        target=_target_fit(members, target, vectors, wished) if target else None,
    )


def _query(role: str, target: Brief | None, genres: Sequence[str]) -> str:
    """The target's words, else the sounds' genre, and the role."""
    mood = target.words.split()[:QUERY_WORDS] if target and target.words else sorted(set(genres), key=genres.count)[-1:]
    return " ".join([*(word.strip(",;.") for word in mood), role])


def _target_fit(members: Sequence[Member], target: Brief, vectors: Vectors, wished: Vector | None) -> TargetFit:
    bpms = [member.traits.bpm for member in members]
    stretches = [s for s in tempo.consensus(bpms, target.bpm).stretches if s is not None] if target.bpm else []
    told = [harmony.fit(m.traits, target.key) for m in members] if target.key else []
    fitting = [value > harmony.ROOT_OUTSIDE for value in told if value is not None]
    return TargetFit(
        tempo=float(np.mean([tempo.fit(stretch) for stretch in stretches])) if stretches else None,
        key=float(np.mean(fitting)) if fitting else None,
        farthest=int(np.argmin(vectors @ wished)) if wished is not None and len(members) > 1 else None,
    )
