"""The search tools."""

from soundpalette.core.search import Answer
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import MAX_REFERENCE, SearchHit, SearchResult
from soundpalette.tools.workbench import Workbench


def search_by_text(bench: Workbench, query: str, top_k: int) -> SearchResult:
    """The samples that fit a description. Raises SoundPaletteError with a sentence for the caller."""
    words, k = bench.checked_query(query), bench.checked_top_k(top_k)
    return _result(bench, bench.searcher.by_text(words, k))


def search_by_audio(bench: Workbench, reference: str, top_k: int) -> SearchResult:
    """The samples that sound like a reference. Raises SoundPaletteError."""
    k = bench.checked_top_k(top_k)
    return _result(bench, bench.searcher.by_audio(bench.resolve(reference), k))


def hybrid_search(bench: Workbench, query: str, reference: str, alpha: float, top_k: int) -> SearchResult:
    """The samples that fit a description and sound like a reference. Raises SoundPaletteError."""
    words, share, k = bench.checked_query(query), bench.checked_alpha(alpha), bench.checked_top_k(top_k)
    return _result(bench, bench.searcher.hybrid(words, bench.resolve(reference), share, k))


def _result(bench: Workbench, answer: Answer) -> SearchResult:
    paths = {root.id: root.path for root in bench.searcher.catalogue.roots()}
    used = {hit.sample.root_id for hit in answer.hits}
    return SearchResult(
        roots={root: clean(paths[root], MAX_REFERENCE) for root in sorted(used)},
        hits=[
            SearchHit(
                sample_id=hit.sample.id,
                root=hit.sample.root_id,
                path=clean(hit.sample.path),
                score=round(hit.score, 4),
                seconds=round(hit.sample.seconds, 3),
            )
            for hit in answer.hits
        ],
        pending=answer.pending,
    )
