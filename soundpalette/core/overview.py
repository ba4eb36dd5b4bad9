"""What a library consists of: its samples counted by what is known of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from soundpalette.core.types import Traits

TEMPO_EDGES: Final = (80, 100, 115, 125, 135, 150, 170)
"""Lower edges of the tempo bands in BPM: hip hop, downtempo, house, techno, trance, fast techno, drum and bass."""
TOP_LEVEL: Final = "(no folder)"


@dataclass(frozen=True, slots=True)
class Tally:
    """Samples by kind, role, genre, key, tempo band and pack (the top folder), each most frequent first; and how many
    lack a role, how many loops a tempo."""

    kinds: Mapping[str, int]
    roles: Mapping[str, int]
    genres: Mapping[str, int]
    keys: Mapping[str, int]
    tempos: Mapping[str, int]
    packs: Mapping[str, int]
    without_role: int
    loops_without_tempo: int


def tally(samples: Iterable[tuple[str, Traits | None]]) -> Tally:
    """Count samples, each its path relative to its root and what is known of it (None: not analysed yet)."""
    kinds, roles, genres, keys, tempos, packs = (Counter[str]() for _ in range(6))
    without_role = loops_without_tempo = 0
    for path, traits in samples:
        packs[path.split("/", 1)[0] if "/" in path else TOP_LEVEL] += 1
        without_role += traits is None or traits.role is None
        if traits is None:
            continue
        kinds[traits.kind.value] += 1
        for counter, fact in ((roles, traits.role), (genres, traits.genre), (keys, traits.key)):
            counter.update([fact.value] if fact else [])
        tempos.update([tempo_band(traits.bpm.value)] if traits.bpm else [])
        loops_without_tempo += traits.kind.value == "loop" and traits.bpm is None
    return Tally(
        kinds=_ranked(kinds),
        roles=_ranked(roles),
        genres=_ranked(genres),
        keys=_ranked(keys),
        tempos=_ranked(tempos),
        packs=_ranked(packs),
        without_role=without_role,
        loops_without_tempo=loops_without_tempo,
    )


def tempo_band(bpm: float) -> str:
    """The band a tempo lies in, such as "125-134" or "170 and above"."""
    if bpm < TEMPO_EDGES[0]:
        return f"below {TEMPO_EDGES[0]}"
    for low, high in pairwise(TEMPO_EDGES):
        if bpm < high:
            return f"{low}-{high - 1}"
    return f"{TEMPO_EDGES[-1]} and above"


def _ranked(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
