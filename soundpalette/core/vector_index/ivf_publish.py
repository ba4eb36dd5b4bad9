"""An IVF built anew, or grown: later publications add to its files.

What came since the lists were filled stands in one more file of rows, which each publication writes anew; once that
holds `behind` rows they are put into the lists, whose centroids stay, and the file stays as it is. All is built anew
where the library has doubled or halved, a quarter of the rows is gone, or the lists find less than they did.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np

from soundpalette.core.types import Ids, Rows, State, Vectors
from soundpalette.core.vector_index.base import Effort, Heard, Holdings, Manifest
from soundpalette.core.vector_index.folder import IndexFolder
from soundpalette.core.vector_index.ivf_build import BLOCK, fill, train
from soundpalette.core.vector_index.ivf_files import (
    Draft,
    Lists,
    RowFiles,
    check_ids,
    lists_of,
    open_lists,
    read,
    rows_of,
)
from soundpalette.core.vector_index.recall import BOUND, find_efforts, find_truth, measured
from soundpalette.core.vector_index.rows import GONE, checked

BEHIND: Final = 4_000
"""Rows behind the lists at most: comparing them all takes 1 ms of 768 dimensions, writing them anew 12 MB."""
MOST_FILES: Final = 16
"""Files of settled rows; from there on all but the first are put together."""
GROWN: Final = 2.0
MOST_GONE: Final = 0.25


def build(folder: IndexFolder, holdings: Holdings, state: State, heard: Heard) -> Manifest:
    """Write an index of all rows; no more than a draw of them and the lists is in memory. Raises VectorIndexError."""
    draft, came = Draft(folder, state, heard), _Came(holdings.rows())
    rows = draft.put_rows(came.vectors())
    ids = came.ids()
    check_ids(ids, state)  # before the long work
    mapped = rows.mapped(folder)
    index = train(mapped)
    fill(index, mapped, heard)
    efforts = find_efforts(index, find_truth(mapped), len(mapped))
    _tell(efforts, heard)
    return draft.manifest(Lists(draft.put_lists(index), index.nlist, len(ids), len(ids), efforts), ids, rows)


class Growing:
    """What came since an older index was published, put beside its files."""

    def __init__(self, folder: IndexFolder, holdings: Holdings, older: Manifest, heard: Heard, behind: int) -> None:
        self._folder = folder
        self._holdings = holdings
        self._older = older
        self._heard = heard
        self._behind = behind

    def publish(self, state: State) -> Manifest | None:
        """The new manifest, whose files are written; None where all has to be built anew. Raises VectorIndexError."""
        older = self._older
        alike = older.trained / GROWN < state.count < older.trained * GROWN
        if not alike or not self._holdings.follows(older.generation, older.stamp):
            return None
        draft, ivf = Draft(self._folder, state, self._heard), read(self._folder, older)
        came = _Came(self._holdings.rows(since=older.generation))
        behind = draft.put_rows(chain(ivf.rows.blocks(older.listed, BLOCK), came.vectors()))
        ids = _brought_up(ivf.ids, came.ids(), self._holdings.ids())
        if np.count_nonzero(ids == GONE) > MOST_GONE * len(ids):
            return None
        settled = _settled(older)
        if behind.total <= self._behind:
            return draft.manifest(lists_of(older), ids, settled + behind)
        return self._listed(draft, ids, settled + behind)

    def _listed(self, draft: Draft, ids: Ids, rows: RowFiles) -> Manifest | None:
        """All rows in lists; None where these find too little."""
        older = self._older
        mapped = rows.mapped(self._folder)
        index = open_lists(self._folder, older, mapped=False)
        fill(index, mapped, self._heard)
        efforts = measured(index, find_truth(mapped, ids == GONE), older.efforts)
        if min(effort.recall for effort in efforts) < BOUND:
            return None
        _tell(efforts, self._heard)
        if len(rows.files) > MOST_FILES:
            rows = rows[:1] + draft.put_rows(mapped.blocks(rows.counts[0], BLOCK))
        return draft.manifest(Lists(draft.put_lists(index), index.nlist, older.trained, len(ids), efforts), ids, rows)


class _Came:
    """Rows that come from a catalogue; their ids are remembered, their vectors pass."""

    def __init__(self, rows: Iterator[Rows]) -> None:
        self._rows = rows
        self._ids: list[Ids] = []

    def vectors(self) -> Iterator[Vectors]:
        for chunk in checked(self._rows):
            self._ids.append(chunk.ids)
            yield chunk.vectors

    def ids(self) -> Ids:
        """Of those that have passed, int64 [n]."""
        return np.concatenate([np.empty(0, np.int64), *self._ids])


def _settled(manifest: Manifest) -> RowFiles:
    """The files whose rows all stand in lists."""
    rows = rows_of(manifest)
    return rows[: int(np.searchsorted(np.cumsum(rows.counts), manifest.listed, side="right"))]


def _brought_up(ids: Ids, came: Ids, present: Ids) -> Ids:
    """Ids by position: the older ones, without those that came anew or are no longer present, then those that came."""
    stay = np.isin(ids, present) & ~np.isin(ids, came)
    return np.concatenate([np.where(stay, ids, GONE), came])


def _tell(efforts: tuple[Effort, ...], heard: Heard) -> None:
    first = efforts[0]
    heard(f"index: {first.recall:.1%} of the {first.k} nearest are found in {first.probes} lists")
