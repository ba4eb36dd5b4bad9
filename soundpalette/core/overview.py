"""What a library consists of: its samples counted by what is known of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

LINES: Final = (
    "SELECT s.path, t.kind, t.role, t.genre, t.key, t.bpm FROM samples s LEFT JOIN traits t ON t.sample_id = s.id"
)
"""SQL of what is counted of every sample, in the order of `Line`."""
TEMPO_EDGES: Final = (80, 100, 115, 125, 135, 150, 170)
"""Lower edges of the tempo bands in BPM: hip hop, downtempo, house, techno, trance, fast techno, drum and bass."""
TOP_LEVEL: Final = "(no folder)"


class Line(NamedTuple):
    """What is counted of a sample: its path relative to its root, and what is known of it."""

    path: str
    kind: str | None
    role: str | None
    genre: str | None
    key: str | None
    bpm: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Samples by kind, role, genre, key, tempo band and pack (the top folder), each most frequent first; how many there
    are, how many of them lack a role, and how many loops a tempo."""

    samples: int
    kinds: Mapping[str, int]
    roles: Mapping[str, int]
    genres: Mapping[str, int]
    keys: Mapping[str, int]
    tempos: Mapping[str, int]
    packs: Mapping[str, int]
    without_role: int
    loops_without_tempo: int


def tally(lines: Iterable[Line]) -> Tally:
    """Count samples."""
    kinds, roles, genres, keys, tempos, packs = (Counter[str]() for _ in range(6))
    samples = loops_without_tempo = 0
    for line in lines:
        samples += 1
        packs[line.path.split("/", 1)[0] if "/" in line.path else TOP_LEVEL] += 1
        for counter, value in ((kinds, line.kind), (roles, line.role), (genres, line.genre), (keys, line.key)):
            if value is not None:
                counter[value] += 1
        if line.bpm is not None:
            tempos[tempo_band(line.bpm)] += 1
        loops_without_tempo += line.kind == "loop" and line.bpm is None
    return Tally(
        samples=samples,
        kinds=_ranked(kinds),
        roles=_ranked(roles),
        genres=_ranked(genres),
        keys=_ranked(keys),
        tempos=_ranked(tempos),
        packs=_ranked(packs),
        without_role=samples - roles.total(),
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
