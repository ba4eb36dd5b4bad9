"""The search tools."""

from typing import Final

from soundpalette.core.answers import Answer, Hit
from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Filters, Preferences
from soundpalette.tools.filters import checked
from soundpalette.tools.names import MAX_PATH, clean, fitted
from soundpalette.tools.preferences import checked_preferences
from soundpalette.tools.schemas import SearchHit, SearchResult
from soundpalette.tools.workbench import Workbench

ROOM_A_HIT: Final = 490
FRAME: Final = 226
"""Characters of a hit besides its path."""
ROOT_FRAME: Final = 31
"""Of a root."""
LONGEST_NOTE: Final = 800


def search_by_text(
    bench: Workbench,
    query: str,
    top_k: int,
    filters: Filters = NO_FILTERS,
    preferences: Preferences = NO_PREFERENCES,
) -> SearchResult:
    """The samples that fit a description. Raises SoundPaletteError with a sentence for the caller."""
    words, k, chosen = bench.checked_query(query), bench.checked_top_k(top_k), checked(filters, bench.roles)
    return told(bench, bench.searcher.by_text(words, k, chosen, checked_preferences(bench, preferences)))


def search_by_audio(
    bench: Workbench,
    reference: str,
    top_k: int,
    filters: Filters = NO_FILTERS,
    preferences: Preferences = NO_PREFERENCES,
) -> SearchResult:
    """The samples that sound like a reference. Raises SoundPaletteError."""
    k, chosen, wished = (
        bench.checked_top_k(top_k),
        checked(filters, bench.roles),
        checked_preferences(bench, preferences),
    )
    return told(bench, bench.searcher.by_audio(bench.resolve(reference), k, chosen, wished))


def hybrid_search(
    bench: Workbench,
    query: str,
    reference: str,
    alpha: float,
    top_k: int,
    filters: Filters = NO_FILTERS,
    preferences: Preferences = NO_PREFERENCES,
) -> SearchResult:
    """The samples that fit a description and sound like a reference. Raises SoundPaletteError."""
    words, share, k = bench.checked_query(query), bench.checked_alpha(alpha), bench.checked_top_k(top_k)
    chosen, wished = checked(filters, bench.roles), checked_preferences(bench, preferences)
    return told(bench, bench.searcher.hybrid(words, bench.resolve(reference), share, k, chosen, wished))


def told(bench: Workbench, answer: Answer) -> SearchResult:
    """An answer as it goes over the wire."""
    used = {hit.sample.root_id for hit in answer.hits}
    roots = {root.id: root.path for root in bench.searcher.catalogue.roots() if root.id in used}
    # Ten hits cost a model at most 5,000 characters: very long names are shortened, roots only where they are many.
    room = (ROOM_A_HIT - FRAME) * max(len(answer.hits), 10) - (len(answer.note) if answer.hits else 0)
    root_limit = room // 2 // max(len(roots), 1)
    shown = {root: fitted(path, root_limit) for root, path in sorted(roots.items())}
    room -= sum(len(path) + ROOT_FRAME for path in shown.values())
    path_limit = min(MAX_PATH, room // max(len(answer.hits), 1))
    return SearchResult(
        roots=shown,
        hits=[_hit(hit, path_limit) for hit in answer.hits],
        pending=answer.pending,
        note=clean(answer.note, LONGEST_NOTE),
    )


def _hit(hit: Hit, path_limit: int) -> SearchHit:
    known = hit.traits
    return SearchHit(
        sample_id=hit.sample.id,
        root=hit.sample.root_id,
        path=fitted(hit.sample.path, path_limit),
        score=round(hit.score, 4),
        strength=hit.strength,
        similar=hit.similar,
        seconds=round(hit.sample.seconds, 3),
        bpm=round(known.bpm.value, 1) if known and known.bpm else 0.0,
        key=known.key.value if known and known.key else "",
        role=known.role.value if known and known.role else "",
        kind=known.kind.value if known else "",
    )
