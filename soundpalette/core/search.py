"""Search: a query becomes a unit vector, the vector finds ids, the catalogue says which samples they are."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soundpalette.core import vector_index
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.types import NO_FILTERS, Filters, Ids, Sample, Traits, Vector
from soundpalette.core.vector_index import Matches, VectorIndex
from soundpalette.errors import RequestError, VectorIndexError


@dataclass(frozen=True, slots=True)
class Hit:
    """A sample found, its cosine to the query, -1 to 1, and what is known of it as music (None: not analysed yet)."""

    sample: Sample
    score: float
    traits: Traits | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first; `pending` samples are in the catalogue and not yet in the published index.

    `note` says why there are no hits, where the filters are the cause.
    """

    hits: tuple[Hit, ...]
    pending: int
    note: str


class Searcher:
    """Queries over one catalogue in one encoder's space. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, index_folder: Path) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.index_folder = index_folder
        self._lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._stamp: tuple[int, int] | None = None
        self._pending: dict[tuple[int, int], int] = {}

    def warm_up(self) -> None:
        """Load what a text query needs: the text tower, and the index where there is one. Raises EncoderError."""
        self.encoder.load_text()
        with suppress(VectorIndexError):
            self.index()

    def by_text(self, query: str, k: int, filters: Filters = NO_FILTERS) -> Answer:
        """The `k` samples that fit the words best, of those that meet the filters."""
        index = self.index()
        return self._answer(index, self.encoder.embed_text([query])[0], k, filters)

    def by_audio(self, reference: Sample | Path, k: int, filters: Filters = NO_FILTERS) -> Answer:
        """The `k` samples that sound most like `reference`, itself left out. Raises AudioError."""
        index = self.index()
        return self._answer(index, self.vector_of(reference), k, filters, reference)

    def hybrid(
        self, query: str, reference: Sample | Path, alpha: float, k: int, filters: Filters = NO_FILTERS
    ) -> Answer:
        """The `k` samples nearest to alpha * text + (1 - alpha) * audio, both of unit length; `reference` left out."""
        index = self.index()
        text = self.encoder.embed_text([query])[0]
        return self._answer(index, blend(text, self.vector_of(reference), alpha), k, filters, reference)

    def vector_of(self, reference: Sample | Path) -> Vector:
        """The unit vector [dimension] of an indexed sample (it is stored) or of any audio file. Raises AudioError."""
        if isinstance(reference, Sample):
            stored = self.catalogue.vector(reference.id, self.encoder.space)
            if stored is None:
                raise RequestError(
                    f"sample {reference.id} is not embedded by the encoder {self.encoder.space.encoder} yet; "
                    "run `soundpalette index`"
                )
            return stored
        return np.asarray(self.encoder.embed_audio_files([reference])[0])

    def index(self) -> VectorIndex:
        """The published index, loaded again whenever a newer one was published. Raises VectorIndexError."""
        try:
            stat = (self.index_folder / vector_index.MANIFEST).stat()
        except OSError:
            raise self._nothing_indexed() from None
        with self._lock:
            # The inode tells two manifests apart that were written within one tick of the clock.
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if self._index is None or stamp != self._stamp:
                self._index = vector_index.load(self.index_folder, self.encoder.space)
                self._stamp = stamp
            if self._index is None:
                raise self._nothing_indexed()
            return self._index

    def _nothing_indexed(self) -> VectorIndexError:
        space = self.encoder.space
        others = [key for key in self.catalogue.spaces() if key != space.key]
        if others:
            return VectorIndexError(
                f"the library is indexed for {', '.join(others)}, not for the encoder in use ({space.key}); "
                f"run `soundpalette index --encoder {space.encoder}`"
            )
        return VectorIndexError("nothing is indexed yet; run `soundpalette index FOLDER` with a folder of audio files")

    def _answer(
        self, index: VectorIndex, vector: Vector, k: int, filters: Filters, without: Sample | Path | None = None
    ) -> Answer:
        left_out = without.id if isinstance(without, Sample) else None
        ids = None if filters == NO_FILTERS else self.catalogue.select(filters)
        found = self._nearest(index, vector, k, ids, left_out)
        if not found and not self.catalogue.count(self.encoder.space):
            raise self._nothing_indexed()
        traits = self.catalogue.traits([sample.id for sample, _ in found])
        hits = tuple(Hit(sample, score, traits.get(sample.id)) for sample, score in found)
        note = "" if found or ids is None else self._why_empty(filters, ids, left_out)
        return Answer(hits, self._pending_of(index.manifest.generation), note)

    def _nearest(
        self, index: VectorIndex, vector: Vector, k: int, ids: Ids | None, left_out: str | None
    ) -> list[tuple[Sample, float]]:
        """The `k` nearest of `ids` (None: of all) that are still there, with their cosines."""
        wanted = k + (left_out is not None)
        while True:
            matches = index.query(vector, wanted, ids)
            found = self._alive(matches, left_out)
            if len(found) >= k or len(matches.ids) < wanted:
                return found[:k]
            wanted *= 2  # some were deleted since the index was built

    def _why_empty(self, filters: Filters, ids: Ids, left_out: str | None) -> str:
        if not len(ids):
            return self.catalogue.why_empty(filters)
        if [f"{value:012x}" for value in ids.tolist()] == [left_out]:
            return "no sample but the reference itself meets the filters; loosen one of them"
        return f"{len(ids)} samples meet the filters and none is in the index yet; run `soundpalette index`"

    def _pending_of(self, since: int) -> int:
        """Counted once for each state of catalogue and index: it reads every row."""
        state = (self.catalogue.stamp(), since)
        pending = self._pending.get(state)
        if pending is None:
            pending = self.catalogue.pending(self.encoder.space, since)
            self._pending = {state: pending}
        return pending

    def _alive(self, matches: Matches, left_out: str | None) -> list[tuple[Sample, float]]:
        ids = [f"{value:012x}" for value in matches.ids.tolist()]
        samples = self.catalogue.samples(ids)
        scored = zip(ids, matches.scores.tolist(), strict=True)
        return [(samples[i], score) for i, score in scored if i in samples and i != left_out]


def blend(text: Vector, audio: Vector, alpha: float) -> Vector:
    """alpha * text + (1 - alpha) * audio of two unit vectors [dimension], normalised again."""
    try:
        return unit(np.float32(alpha) * text + np.float32(1 - alpha) * audio)
    except ValueError:  # the two point in opposite directions and cancel out
        return text
