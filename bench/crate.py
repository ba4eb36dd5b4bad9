"""What asking costs over the demo crate.

text query  a warm search_by_text in process, beside the text tower and a FAISS query called by hand
service     the same over stdio and HTTP, beside in process (bench/service.py)
"""

from collections.abc import Iterator
from functools import partial

from bench import service
from bench.compact import empty, index
from bench.rows import Row
from bench.stopwatch import milliseconds
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.threads import one_thread_a_call
from soundpalette.core.vector_index import VectorIndex
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Reach


def text_query() -> Iterator[Row]:
    """Milliseconds; the baseline does the two necessary steps and nothing else."""
    one_thread_a_call()
    with empty() as app:
        index(app)
        bench, published = app.workbench(Reach()), app.searcher.index()
        ours, hand = [], []
        for number in range(200):
            query = f"dark kick drum number {number}"
            ours.append(milliseconds(partial(search_by_text, bench, query, 10)))
            hand.append(milliseconds(partial(_by_hand, app.encoder, published, query)))
    name = "warm text query over the crate (less is better); baseline: tower and FAISS by hand"
    yield Row(name, tuple(ours[10:]), tuple(hand[10:]), "ms")


def served_query() -> Iterator[Row]:
    """Milliseconds over each transport; the baseline is the same call in process, with as many threads."""
    one_thread_a_call()
    with empty() as app:
        index(app)
        bench = app.workbench(Reach())
        yield from service.rows(lambda query: search_by_text(bench, query, service.TOP_K))


def _by_hand(encoder: Encoder, index: VectorIndex, query: str) -> None:
    index.query(encoder.embed_text([query])[0], 10)
