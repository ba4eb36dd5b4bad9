"""The tool that builds a palette: a brief and roles in, one sample a role out, chosen to go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import palette
from soundpalette.core.answers import Hit
from soundpalette.core.palette import Brief, Candidate, Pick, Slot, roles
from soundpalette.core.palette.harmony import told
from soundpalette.core.palette.likeness import duplicates
from soundpalette.core.palette.summary import summary
from soundpalette.core.types import Filters, Sample, Vector
from soundpalette.errors import RequestError
from soundpalette.tools.names import clean, fitted
from soundpalette.tools.palette import member, members_of
from soundpalette.tools.palette_schemas import MAX_ROLES, Alternative, BuiltPalette, PalettePick
from soundpalette.tools.schemas import MAX_QUERY
from soundpalette.tools.workbench import Workbench

CANDIDATES: Final = 24
FETCHED: Final = 240
"""Hits read to find so many candidates where no sample is known to have the role."""
PATH: Final = 110
ALTERNATIVE_PATH: Final = 60
WHY: Final = 120
SUMMARY: Final = 900
ROOT: Final = 400
"""Characters: eight picks cost a model at most 7,000. Of roots, all together."""
SHOWN: Final = 40
GONE: Final = (
    "the files of those in the library cannot be taken (deleted, or on an unplugged drive?); "
    "bring them back, or run `soundpalette index`"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A role to fill, the words to search it with, and the genres to take it from where there are such."""

    role: str
    query: str
    genres: tuple[str, ...] = ()


def build_palette(
    bench: Workbench, brief: str, wanted: Sequence[str] = (), bpm: float = 0, key: str = "", locked: Sequence[str] = ()
) -> BuiltPalette:
    """One sample a role for a brief, chosen jointly, `locked` ones kept. Raises SoundPaletteError."""
    asked = palette.parse(bench.checked_query(brief, "the brief"), bpm, key)
    kept = [_locked(bench, sound) for sound in bench.checked_samples(locked)] if locked else []
    wishes = _left_open(_wishes(bench, wanted, asked), kept)
    average = average_vector(bench)
    found = [slot_of(bench, wish, average) for wish in wishes]
    slots = kept + [slot for slot in found if slot.candidates]
    none = list(dict.fromkeys(slot.role for slot in found if not slot.candidates))
    if not slots:
        raise RequestError(_nothing(bench, none))
    distance = bench.searcher.distance()
    picks, twice = _apart(palette.choose(slots, asked.bpm, asked.key, asked.genres, distance), distance)
    missing = [f"{role}: {_why_none(bench, role)}" for role in none]
    missing += [f"{role}: the library has no other one" for role in twice]
    return _result(bench, asked, picks, missing)


def average_vector(bench: Workbench) -> Vector:
    """The mean of the library's vectors, of 4,096 where there are more: a query's cosine to an average sample, when
    multiplied with the query's."""
    searcher = bench.searcher
    rows = next(searcher.catalogue.vectors(searcher.encoder.space), None)
    mean: Vector = rows.vectors.mean(axis=0) if rows else np.zeros(searcher.encoder.space.dimension, np.float32)
    return mean


def slot_of(bench: Workbench, wish: Wish, average: Vector) -> Slot:
    """The samples of a role that can be taken: the 24 that fit its words best, of all and of each genre wished; where
    none is known to have the role, such of unknown role."""
    hits = _known(bench, wish) or _unknown(bench, wish)
    candidates = [
        Candidate(hit.sample.id, member(bench, hit.sample, hit.traits), hit.score) for hit in hits if hit.traits
    ]
    floor = float(bench.searcher.encoder.embed_text([wish.query])[0] @ average)
    return Slot(wish.role, tuple(candidates), floor)


def _known(bench: Workbench, wish: Wish) -> list[Hit]:
    """Best match first, each once."""
    found: dict[str, Hit] = {}
    for genre in ("", *wish.genres):
        filters = Filters(role=wish.role, genre=genre)
        answer = bench.searcher.by_text(wish.query, CANDIDATES, filters, wanted=bench.takable())
        found |= {hit.sample.id: hit for hit in answer.hits}
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.sample.id))


def _unknown(bench: Workbench, wish: Wish) -> list[Hit]:
    hits = bench.searcher.by_text(wish.query, FETCHED, wanted=bench.takable()).hits
    return [hit for hit in hits if hit.traits is not None and hit.traits.role is None][:CANDIDATES]


def _nothing(bench: Workbench, none: Sequence[str]) -> str:
    """The sentence where no role can be filled."""
    whys = {role: _why_none(bench, role) for role in none}
    gone = [role for role, why in whys.items() if why == GONE]
    if gone:
        return f"{gone[0]}: {GONE}"
    return f"the library has no {' or '.join(none)}; library_overview tells which roles it has"


def _why_none(bench: Workbench, role: str) -> str:
    known = len(bench.searcher.catalogue.select(Filters(role=role)))
    return GONE if known else "the library has none"


def _wishes(bench: Workbench, wanted: Sequence[str], asked: Brief) -> list[Wish]:
    """Each role with its own words, else the brief's; none asked: the roles of such a palette."""
    if len(wanted) > MAX_ROLES:
        raise RequestError(f"{len(wanted)} roles came; up to {MAX_ROLES} are allowed; build the palette in two calls")
    named = list(wanted) or list(roles.lacking(roles.kind_of(asked.words, (), ()), ()))
    return [_wish(bench, entry, asked) for entry in named]


def _wish(bench: Workbench, entry: str, asked: Brief) -> Wish:
    name, _, own = entry.partition(":")
    role = " ".join(name.lower().replace("_", " ").split())
    if role not in bench.roles:
        raise RequestError(f"{clean(name, SHOWN)!r} is no role; take one of: {', '.join(bench.roles)}")
    words = bench.checked_query(own, f"the wish for {role}") if own.strip() else asked.words
    return Wish(role, f"{words[: MAX_QUERY - len(role) - 1]} {role}".strip(), asked.genres)


def _locked(bench: Workbench, sound: Sample | Path) -> Slot:
    (member,) = members_of(bench, [sound])
    role = member.traits.role.value if member.traits.role else ""
    name = sound.id if isinstance(sound, Sample) else str(sound)
    return Slot(role, (Candidate(name, member, 1.0),), 0.0, locked=True)


def _left_open(wishes: Sequence[Wish], kept: Sequence[Slot]) -> list[Wish]:
    """The wishes that no locked sample fills, each of which fills one."""
    fills = [slot.role for slot in kept]
    left = []
    for wish in wishes:
        if wish.role in fills:
            fills.remove(wish.role)
        else:
            left.append(wish)
    return left


def _apart(picks: Sequence[Pick], distance: float) -> tuple[list[Pick], list[str]]:
    """The picks without those for which only another pick's sample was left, or its near-duplicate; and their roles."""
    kept: list[Pick] = []
    twice = []
    for pick in picks:
        if not pick.slot.locked and any(_same(pick.chosen, other.chosen, distance) for other in kept):
            twice.append(pick.slot.role)
        else:
            kept.append(pick)
    return kept, twice


def _same(one: Candidate, other: Candidate, distance: float) -> bool:
    return one.sample_id == other.sample_id or bool(duplicates([one.member, other.member], distance))


def _result(bench: Workbench, asked: Brief, picks: Sequence[Pick], missing: list[str]) -> BuiltPalette:
    described = palette.describe([pick.chosen.member for pick in picks], asked, distance=bench.searcher.distance())
    catalogue = bench.searcher.catalogue
    samples = catalogue.samples([c.sample_id for pick in picks for c in (pick.chosen, *pick.alternatives)])
    used = {sample.root_id for sample in samples.values()}
    roots = {root.id: root.path for root in catalogue.roots() if root.id in used}
    return BuiltPalette(
        roots={root: fitted(path, ROOT // len(roots)) for root, path in sorted(roots.items())},
        bpm=round(asked.bpm or described.tempo.bpm or 0, 2),
        key=asked.key or described.harmony.key,
        picks=[_pick(pick, samples) for pick in picks],
        missing=missing,
        cohesion=round(described.together.mean, 3),
        summary=clean(summary(described, asked), SUMMARY),
    )


def _pick(pick: Pick, samples: dict[str, Sample]) -> PalettePick:
    chosen, traits = pick.chosen, pick.chosen.member.traits
    sample = samples.get(chosen.sample_id)
    return PalettePick(
        role=pick.slot.role,
        sample_id=sample.id if sample else "",
        root=sample.root_id if sample else "",
        path=fitted(sample.path if sample else Path(chosen.sample_id).name, PATH),
        seconds=round(chosen.member.seconds, 3),
        bpm=round(traits.bpm.value, 2) if traits.bpm else 0,
        key=told(traits),
        why=clean(pick.why if traits.role or pick.slot.locked else f"{pick.why}; its role is not known", WHY),
        alternatives=[
            Alternative(sample_id=other.sample_id, path=fitted(samples[other.sample_id].path, ALTERNATIVE_PATH))
            for other in pick.alternatives
        ],
    )
