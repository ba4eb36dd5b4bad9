"""What a library consists of: its samples counted by what is known of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

TEMPO_EDGES: Final = (80, 100, 115, 125, 135, 150, 170)
"""Lower edges of the tempo bands in BPM: hip hop, downtempo, house, techno, trance, fast techno, drum and bass."""
TOP_LEVEL: Final = "(no folder)"
_BAND: Final = " + ".join(f"(bpm >= {edge})" for edge in TEMPO_EDGES)
_TOP_FOLDER: Final = "iif(instr(path, '/'), substr(path, 1, instr(path, '/') - 1), NULL)"
COUNTS: Final = " UNION ALL ".join(
    [
        "SELECT 'samples', NULL, count(*) FROM samples",
        f"SELECT 'packs', {_TOP_FOLDER}, count(*) FROM samples GROUP BY 2",
        *(
            f"SELECT '{column}s', {column}, count(*) FROM traits WHERE {column} IS NOT NULL GROUP BY {column}"
            for column in ("kind", "role", "genre", "key")
        ),
        f"SELECT 'tempos', min(bpm), count(*) FROM traits WHERE bpm IS NOT NULL GROUP BY {_BAND}",
        "SELECT 'loops', NULL, count(*) FROM traits WHERE kind = 'loop' AND bpm IS NULL",
    ]
)
"""SQL of all counts in one reading of the catalogue, in the order of `Count`."""
GROUPS: Final = " UNION ALL ".join(
    [
        *(
            f"SELECT '{column}s', {column}, group_concat(sample_id, '') FROM traits WHERE {column} IS NOT NULL "
            "GROUP BY 2"
            for column in ("kind", "role", "genre", "key")
        ),
        f"SELECT 'tempos', min(bpm), group_concat(sample_id, '') FROM traits WHERE bpm IS NOT NULL GROUP BY {_BAND}",
        f"SELECT 'packs', {_TOP_FOLDER}, group_concat(id, '') FROM samples WHERE instr(path, '/') GROUP BY 2",
    ]
)
"""SQL of all groups in one reading of the catalogue, in the order of `Group`."""


class Count(NamedTuple):
    """So many samples have this value of `what`: a field of `Tally`, or "loops" without a tempo. Of a band of tempos
    the least is told, of samples in no folder None."""

    what: str
    value: str | float | None
    samples: int


class Group(NamedTuple):
    """The samples, their ids one after the other, that have this value of `what`, a field of `Tally`."""

    what: str
    value: str | float | None
    ids: str


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


def tally(counts: Iterable[Count]) -> Tally:
    """Put counts together."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        found[count.what][name_of(count.value)] += count.samples
    samples = found["samples"].total()
    return Tally(
        samples=samples,
        kinds=ranked(found["kinds"]),
        roles=ranked(found["roles"]),
        genres=ranked(found["genres"]),
        keys=ranked(found["keys"]),
        tempos=ranked(found["tempos"]),
        packs=ranked(found["packs"]),
        without_role=samples - found["roles"].total(),
        loops_without_tempo=found["loops"].total(),
    )


def name_of(value: str | float | None) -> str:
    """What a value is called: a tempo by its band."""
    if isinstance(value, float):
        return tempo_band(value)
    return TOP_LEVEL if value is None else value


def tempo_band(bpm: float) -> str:
    """The band a tempo lies in, such as "125-134" or "170 and above"."""
    if bpm < TEMPO_EDGES[0]:
        return f"below {TEMPO_EDGES[0]}"
    for low, high in pairwise(TEMPO_EDGES):
        if bpm < high:
            return f"{low}-{high - 1}"
    return f"{TEMPO_EDGES[-1]} and above"


def ranked(counter: Mapping[str, int]) -> dict[str, int]:
    """Most frequent first."""
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
