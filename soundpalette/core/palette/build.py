"""Build a palette: one sound a role, chosen jointly rather than the best hit of each.

What is maximised, with n slots and s the chosen sounds:
    sum over slots of [ match + TEMPO tempo(s, asked) + KEY key(s, asked) + GENRE genre(s, asked) ]
    + 2 / (n - 1) sum over pairs of [ TEMPO tempo + KEY key + ROOM room + COHESION likeness - DUPLICATE ]
so that the pairs weigh the same in small and large palettes. Where a tempo (or key) is asked, it alone counts: sounds
that meet it agree, and those that agree on another one shall gain nothing by that. A beam search over the slots finds
a start, then each slot in turn takes its best sound until nothing changes. Equal sums are decided by the candidates'
order.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from soundpalette.core.duplicates import USUAL_DISTANCE
from soundpalette.core.palette import fit, harmony, spectrum, tempo
from soundpalette.core.palette.fit import Figures
from soundpalette.core.palette.member import Member

TEMPO: Final = 1.0
KEY: Final = 1.0
ROOM: Final = 0.25
COHESION: Final = 3.0
DUPLICATE: Final = 20.0
"""The weights were chosen on another rendering of bench/palette_library.py and briefs with tempo and key exchanged."""
GENRE: Final = 1.0
"""Not measured: as much as tempo and key."""
BEAM: Final = 32
ROUNDS: Final = 20
ALTERNATIVES: Final = 2
DIGITS: Final = 9
"""Sums are compared after rounding: the last bits of a product depend on the machine."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A sound that may take a role: its sample id, itself, and its cosine to the role's words."""

    sample_id: str
    member: Member
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A role to fill and its candidates, best match first; `floor` is the score that an average sample of the
    library reaches. A `locked` slot has one candidate, which stays."""

    role: str
    candidates: tuple[Candidate, ...]
    floor: float
    locked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """The sound taken for a slot, why, and the next best that go with the other picks, at most two."""

    slot: Slot
    chosen: Candidate
    why: str
    alternatives: tuple[Candidate, ...]


def choose(
    slots: Sequence[Slot],
    bpm: float | None = None,
    key: str = "",
    genres: Collection[str] = (),
    distance: float = USUAL_DISTANCE,
) -> tuple[Pick, ...]:
    """The palette for these slots (each with at least one candidate), for a tempo, key, genres where they are asked.

    `distance` is the library's mean of 1 - cosine between two sounds, by which near-duplicates are told.
    Deterministic: the same slots give the same picks.
    """
    if not slots:
        return ()
    problem = _Problem(slots, bpm, key, genres, distance)
    taken = problem.settle(problem.beam())
    return tuple(
        Pick(slot, problem.candidate(taken[i]), problem.why(i, taken), problem.alternatives(i, taken))
        for i, slot in enumerate(slots)
    )


class _Problem:
    """The candidates of all slots in one row of n, and what each and each pair of them is worth."""

    def __init__(
        self, slots: Sequence[Slot], bpm: float | None, key: str, genres: Collection[str], distance: float
    ) -> None:
        self.slots, self.bpm, self.key, self.genres = slots, bpm, key, genres
        self.row = [candidate for slot in slots for candidate in slot.candidates]
        ends = np.cumsum([len(slot.candidates) for slot in slots]).tolist()
        self.ranges = [range(end - len(slot.candidates), end) for slot, end in zip(slots, ends, strict=True)]
        members = [candidate.member for candidate in self.row]
        self.pairs = fit.pairs(members, distance)
        self.terms = self._weighed()
        self.pair = sum(self.terms.values(), np.zeros(self.pairs.tempo.shape)) * 2 / max(len(slots) - 1, 1)
        self.own = np.concatenate([match(slot) for slot in slots])
        self.asked = {
            "tempo": TEMPO * fit.to_tempo(members, bpm) if bpm else np.zeros(len(members)),
            "key": KEY * fit.to_key(members, key) if key else np.zeros(len(members)),
            "genre": GENRE * fit.to_genres(members, genres) if genres else np.zeros(len(members)),
        }
        self.own = sum(self.asked.values(), self.own)

    def _weighed(self) -> dict[str, Figures]:
        pairs = self.pairs
        return {
            "tempo": (0.0 if self.bpm else TEMPO) * pairs.tempo,
            "key": (0.0 if self.key else KEY) * pairs.key,
            "spectral room": ROOM * pairs.room,
            "likeness to the others": COHESION * pairs.likeness,
            "a near-duplicate": -DUPLICATE * self._same(),
        }

    def _same(self) -> Figures:
        ids = np.array([candidate.sample_id for candidate in self.row])
        same: Figures = (self.pairs.duplicate | (ids[:, None] == ids[None])).astype(np.float64)
        return same

    def candidate(self, index: int) -> Candidate:
        return self.row[index]

    def beam(self) -> list[int]:
        """The best found by filling the slots one after the other, keeping the 32 best beginnings."""
        states: list[tuple[float, list[int]]] = [(0.0, [])]
        for span in self.ranges:
            grown = [
                (round(worth + gain, DIGITS), [*taken, index])
                for worth, taken in states
                for index, gain in zip(span, self._gains(span, taken).tolist(), strict=True)
            ]
            states = sorted(grown, key=lambda state: (-state[0], state[1]))[:BEAM]
        return states[0][1]

    def settle(self, taken: list[int]) -> list[int]:
        """Each slot in turn takes its best sound given the others, until nothing changes."""
        for _ in range(ROUNDS):
            before = list(taken)
            for i, span in enumerate(self.ranges):
                gains = self._gains(span, self._others(i, taken)).round(DIGITS)
                if gains.max() > gains[taken[i] - span.start]:
                    taken[i] = span.start + int(gains.argmax())
            if taken == before:
                break
        return taken

    def alternatives(self, i: int, taken: Sequence[int]) -> tuple[Candidate, ...]:
        """The best others for a slot while the other picks stay, none of them nearly the same as another."""
        if self.slots[i].locked:
            return ()
        span, others = self.ranges[i], self._others(i, taken)
        gains = self._gains(span, others).round(DIGITS)
        same, found = self.terms["a near-duplicate"] < 0, list(taken)
        for index in sorted(span, key=lambda index: (-gains[index - span.start], index)):
            if len(found) < len(taken) + ALTERNATIVES and not same[index, found].any():
                found.append(index)
        return tuple(self.row[index] for index in found[len(taken) :])

    def why(self, i: int, taken: Sequence[int]) -> str:
        """Short: its rank among the matches, tempo, key, band, and what speaks against a better match."""
        slot, index, span = self.slots[i], taken[i], self.ranges[i]
        if slot.locked:
            return "locked"
        rank = index - span.start
        told = [f"match {rank + 1} of {len(span)}", self._tempo_told(index), self._key_told(index)]
        told += [self._genre_told(index), self._band_told(i, taken), self._instead(i, taken) if rank else ""]
        return "; ".join(part for part in told if part)

    def _tempo_told(self, index: int) -> str:
        bpm = self.row[index].member.traits.bpm
        if bpm is None:
            return ""
        factor = tempo.stretch(bpm.value, self.bpm) if self.bpm else 1.0
        return f"{bpm.value:g} BPM" + ("" if tempo.agrees(factor) else f", stretch {factor:.2f}")

    def _key_told(self, index: int) -> str:
        traits = self.row[index].member.traits
        clash = bool(self.key) and not harmony.fits(traits, self.key)
        return harmony.told(traits) + (f" clashes with {self.key}" if clash else "")

    def _genre_told(self, index: int) -> str:
        genre = self.row[index].member.traits.genre
        return genre.value if genre and genre.value in self.genres else ""

    def _band_told(self, i: int, taken: Sequence[int]) -> str:
        band = spectrum.dominant(self.row[taken[i]].member.traits)
        others = {spectrum.dominant(self.row[index].member.traits) for index in self._others(i, taken)}
        return f"alone in the {band} band" if band and band not in others else ""

    def _instead(self, i: int, taken: Sequence[int]) -> str:
        """What the slot's best match would lose most by."""
        best, index, others = self.ranges[i].start, taken[i], self._others(i, taken)
        scale = 2 / max(len(self.slots) - 1, 1)
        gain = {
            name: scale * float((term[index, others] - term[best, others]).sum()) for name, term in self.terms.items()
        }
        for name, worth in self.asked.items():
            gain[name] = gain.get(name, 0.0) + float(worth[index] - worth[best])
        reason = max(gain, key=lambda name: gain[name])
        if gain[reason] <= 0:
            return ""
        return "the best match is a near-duplicate" if "duplicate" in reason else f"beats the best match in {reason}"

    def _gains(self, span: range, others: Sequence[int]) -> Figures:
        """What each candidate of a slot adds beside `others`, float64 [candidates]."""
        part = slice(span.start, span.stop)
        gains: Figures = self.own[part] + self.pair[part][:, list(others)].sum(axis=1)
        return gains

    def _others(self, i: int, taken: Sequence[int]) -> list[int]:
        return [index for slot, index in enumerate(taken) if slot != i]


def match(slot: Slot) -> Figures:
    """Scores between the floor (0) and the slot's best (1): cosines of different queries have no common scale."""
    scores = np.array([candidate.score for candidate in slot.candidates])
    room = scores.max() - slot.floor
    return np.clip((scores - slot.floor) / room, 0, 1) if room > 0 else np.ones(len(scores))
