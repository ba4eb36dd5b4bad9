"""The tool that builds a palette: a brief and roles in, one sample a role out, chosen to go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import palette
from soundpalette.core.palette import Brief, Candidate, Pick, Slot, roles
from soundpalette.core.palette.harmony import told
from soundpalette.core.palette.likeness import near_duplicate
from soundpalette.core.palette.summary import summary
from soundpalette.core.search import Answer, Hit
from soundpalette.core.types import Filters, Sample, Vector
from soundpalette.errors import RequestError
from soundpalette.tools.filters import roles as role_names
from soundpalette.tools.names import clean, fitted
from soundpalette.tools.palette import members_of
from soundpalette.tools.palette_schemas import MAX_ROLES, Alternative, BuiltPalette, PalettePick
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


@dataclass(frozen=True, slots=True)
class Wish:
    """A role to fill and the words to search it with."""

    role: str
    query: str


def build_palette(
    bench: Workbench, brief: str, wanted: Sequence[str] = (), bpm: float = 0, key: str = "", locked: Sequence[str] = ()
) -> BuiltPalette:
    """One sample a role for a brief, chosen jointly, `locked` ones kept. Raises SoundPaletteError."""
    asked = palette.parse(bench.checked_query(brief, "the brief"), bpm, key)
    kept = [_locked(bench, sound) for sound in bench.checked_samples(locked)] if locked else []
    wishes = _left_open(_wishes(wanted, asked), kept)
    average = average_vector(bench)
    found = [slot_of(bench, wish, average) for wish in wishes]
    slots = kept + [slot for slot in found if slot.candidates]
    if not slots:
        none = " or ".join(dict.fromkeys(wish.role for wish in wishes))
        raise RequestError(f"the library has no {none}; library_overview tells which roles it has")
    picks = palette.choose(slots, asked.bpm, asked.key)
    return _result(bench, asked, *_apart(picks), [slot.role for slot in found if not slot.candidates])


def average_vector(bench: Workbench) -> Vector:
    """The mean of the library's vectors, of 4,096 where there are more: a query's cosine to an average sample, when
    multiplied with the query's."""
    searcher = bench.searcher
    rows = next(searcher.catalogue.vectors(searcher.encoder.space), None)
    mean: Vector = rows.vectors.mean(axis=0) if rows else np.zeros(searcher.encoder.space.dimension, np.float32)
    return mean


def slot_of(bench: Workbench, wish: Wish, average: Vector) -> Slot:
    """The 24 samples of a role that fit its words best; where none is known to have it, such of unknown role."""
    known = _there(bench, bench.searcher.by_text(wish.query, CANDIDATES, Filters(role=wish.role)))
    hits = known or [hit for hit in _there(bench, bench.searcher.by_text(wish.query, FETCHED)) if _without_role(hit)]
    floor = float(bench.searcher.encoder.embed_text([wish.query])[0] @ average)
    return Slot(wish.role, tuple(_candidates(bench, hits[:CANDIDATES])), floor)


def _there(bench: Workbench, answer: Answer) -> list[Hit]:
    """The hits whose folders are there."""
    there = {root.id for root in bench.searcher.catalogue.roots() if Path(root.path).is_dir()}
    return [hit for hit in answer.hits if hit.sample.root_id in there]


def _without_role(hit: Hit) -> bool:
    return hit.traits is not None and hit.traits.role is None


def _candidates(bench: Workbench, hits: Sequence[Hit]) -> list[Candidate]:
    members = members_of(bench, [hit.sample for hit in hits])
    return [Candidate(hit.sample.id, member, hit.score) for hit, member in zip(hits, members, strict=True)]


def _wishes(wanted: Sequence[str], asked: Brief) -> list[Wish]:
    """Each role with its own words, else the brief's; none asked: the roles of such a palette."""
    if len(wanted) > MAX_ROLES:
        raise RequestError(f"{len(wanted)} roles came; up to {MAX_ROLES} are allowed; build the palette in two calls")
    named = list(wanted) or list(roles.lacking(roles.kind_of(asked.words, (), ()), ()))
    return [_wish(entry, asked) for entry in named]


def _wish(entry: str, asked: Brief) -> Wish:
    name, _, own = entry.partition(":")
    role = " ".join(name.lower().replace("_", " ").split())
    if role not in role_names():
        raise RequestError(f"{clean(name, SHOWN)!r} is no role; take one of: {', '.join(role_names())}")
    return Wish(role, f"{own.strip() or asked.words} {role}".strip()[:1000])


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


def _apart(picks: Sequence[Pick]) -> tuple[list[Pick], list[str]]:
    """The picks without those for which only another pick's sample was left, or its near-duplicate; and their roles."""
    kept: list[Pick] = []
    twice = []
    for pick in picks:
        if not pick.slot.locked and any(_same(pick.chosen, other.chosen) for other in kept):
            twice.append(pick.slot.role)
        else:
            kept.append(pick)
    return kept, twice


def _same(one: Candidate, other: Candidate) -> bool:
    return one.sample_id == other.sample_id or near_duplicate(one.member, other.member)


def _result(
    bench: Workbench, asked: Brief, picks: Sequence[Pick], twice: Sequence[str], none: Sequence[str]
) -> BuiltPalette:
    described = palette.describe([pick.chosen.member for pick in picks], asked)
    catalogue = bench.searcher.catalogue
    samples = catalogue.samples([c.sample_id for pick in picks for c in (pick.chosen, *pick.alternatives)])
    used = {sample.root_id for sample in samples.values()}
    roots = {root.id: root.path for root in catalogue.roots() if root.id in used}
    missing = [f"{role}: the library has none" for role in none]
    missing += [f"{role}: the library has no other one" for role in twice]
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
