"""Search: a query becomes a unit vector, the vector finds ids, the catalogue says which samples they are."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import vector_index
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.company import fit
from soundpalette.core.duplicates import USUAL_DISTANCE, Music, music_of
from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.music.words import Vocabulary, load_vocabulary
from soundpalette.core.ranking import Candidates, Group, collapse, diversify, pull, steer_away
from soundpalette.core.strength import (
    MOST_SAMPLED,
    Bank,
    Calibration,
    Evidence,
    Strength,
    calibrate,
    make_bank,
    strength,
)
from soundpalette.core.types import (
    NO_FILTERS,
    NO_PREFERENCES,
    Filters,
    Ids,
    Preferences,
    Sample,
    Traits,
    Vector,
    Vectors,
)
from soundpalette.core.vector_index import Matches, VectorIndex
from soundpalette.errors import RequestError, VectorIndexError

OVER_FETCHED: Final = 5
LEAST_FETCHED: Final = 50
"""Candidates that are looked at for each hit, and at least: near-duplicates, variety and company take some away."""
MOST_FETCHED: Final = 5000
"""Beyond this, a search gives fewer hits rather than looking for more that are no near-duplicates."""
PULL: Final = 0.3
"""Share of an order that samples already chosen decide."""
NOTHING_FITS: Final = "nothing in the library matches well; these are the nearest"


Wanted = Callable[[Sample], bool]


def every(_: Sample) -> bool:
    """Leaves no sample out."""
    return True


@dataclass(frozen=True, slots=True)
class Hit:
    """A sample found, its cosine to the query (whatever is avoided), -1 to 1, and what is known of it as music (None:
    not analysed yet).

    `strength` says how good a match that is in this library; `similar` near-duplicates are not shown.
    """

    sample: Sample
    score: float
    traits: Traits | None
    strength: Strength
    similar: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits, best first; `pending` samples are in the catalogue and not yet in the published index.

    `note` says why there are no hits, where the filters are the cause, or that the best of them is weak.
    """

    hits: tuple[Hit, ...]
    pending: int
    note: str


@dataclass(frozen=True, slots=True)
class _Query:
    """A unit vector [dimension], how hits' vectors [n, dimension] are judged by it, the sample it comes from, and
    which samples are looked at beside the filters."""

    vector: Vector
    evidence: Callable[[Calibration, Vectors], Evidence]
    reference: Sample | Path | None = None
    wanted: Wanted = every


@dataclass(frozen=True, slots=True)
class _Found:
    """What is near a query, best first: samples and cosines to the vector that was looked for, vectors [n, dimension],
    and who stands for whom."""

    samples: list[Sample]
    marks: list[float]
    vectors: Vectors
    groups: list[Group]


class Searcher:
    """Queries over one catalogue in one encoder's space. Safe to use from several threads.

    The `vocabulary` (None: the package's) has the queries that tell how strong a match is.
    """

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, index_folder: Path, vocabulary: Vocabulary | None = None
    ) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.index_folder = index_folder
        self.vocabulary = vocabulary or load_vocabulary()
        self._lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._stamp: tuple[int, int] | None = None
        self._pending: dict[tuple[int, int], int] = {}
        self._calibrating = threading.Lock()
        self._calibrated: tuple[VectorIndex, Calibration] | None = None

    def warm_up(self) -> None:
        """Load what a text query needs: the text tower, and the index where there is one. Raises EncoderError."""
        self.encoder.load_text()
        with suppress(VectorIndexError):
            self.calibration(self.index())

    def by_text(
        self,
        query: str,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
        wanted: Wanted = every,
    ) -> Answer:
        """The `k` samples that fit the words best, of those that meet the filters and are `wanted`."""
        index = self.index()
        text = self.encoder.embed_text([query])[0]
        asked = _Query(text, lambda usual, hits: usual.of_text(text, hits), wanted=wanted)
        return self._answer(index, asked, k, filters, preferences)

    def by_audio(
        self,
        reference: Sample | Path,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """The `k` samples that sound most like `reference`, itself left out. Raises AudioError."""
        index = self.index()
        audio = self.vector_of(reference)
        asked = _Query(audio, lambda usual, hits: usual.of_audio(audio, hits), reference)
        return self._answer(index, asked, k, filters, preferences)

    def hybrid(
        self,
        query: str,
        reference: Sample | Path,
        alpha: float,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """The `k` samples nearest to alpha * text + (1 - alpha) * audio, both of unit length; `reference` left out."""
        index = self.index()
        text, audio = self.encoder.embed_text([query])[0], self.vector_of(reference)
        mixed = blend(text, audio, alpha)
        asked = _Query(mixed, lambda usual, hits: usual.of_both(text, audio, alpha, hits), reference)
        return self._answer(index, asked, k, filters, preferences)

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

    def calibration(self, index: VectorIndex) -> Calibration:
        """What is usual in this index, worked out once for each that is published."""
        with self._calibrating:
            if self._calibrated is None or self._calibrated[0] is not index:
                # Ids are hashes of paths: the first of them are a fair draw.
                self._calibrated = index, calibrate(self._bank, index.vectors(index.ids()[:MOST_SAMPLED]))
            return self._calibrated[1]

    def distance(self) -> float:
        """The library's mean of 1 - cosine between two sounds; a usual one where nothing is indexed."""
        try:
            return self.calibration(self.index()).distance
        except VectorIndexError:
            return USUAL_DISTANCE

    @cached_property
    def _bank(self) -> Bank:
        return make_bank(self.encoder.embed_text(self.vocabulary.background), self.encoder.cohort())

    def _answer(self, index: VectorIndex, asked: _Query, k: int, filters: Filters, preferences: Preferences) -> Answer:
        own = {asked.reference.id} if isinstance(asked.reference, Sample) else set()
        left_out = own | set(preferences.context)
        ids = None if filters == NO_FILTERS else self.catalogue.select(filters)
        vector = asked.vector
        if preferences.avoid:
            vector = steer_away(vector, self.encoder.embed_text([preferences.avoid])[0])
        found = self._nearest(index, vector, k, ids, left_out, asked.wanted)
        if not found.samples:
            if not self.catalogue.count(self.encoder.space):
                raise self._nothing_indexed()
            note = "" if ids is None else self._why_empty(filters, ids, left_out)
            return Answer((), self._pending_of(index.manifest.generation), note)
        evidence = asked.evidence(self.calibration(index), found.vectors)
        # What is avoided decides the order alone: a score is the cosine to what was asked for.
        scores = (found.vectors @ asked.vector).tolist() if preferences.avoid else found.marks
        hits, best = self._ranked(found, scores, evidence, k, preferences)
        return Answer(hits, self._pending_of(index.manifest.generation), NOTHING_FITS if best == "weak" else "")

    def _nearest(
        self, index: VectorIndex, vector: Vector, k: int, ids: Ids | None, left_out: set[str], wanted: Wanted
    ) -> _Found:
        """Enough of `ids` (None: of all) that are still there and wanted for `k` hits, near-duplicates together."""
        fetched = max(OVER_FETCHED * k, LEAST_FETCHED) + len(left_out)
        while True:
            matches = index.query(vector, fetched, ids)
            alive = [(one, mark) for one, mark in self._alive(matches) if one.id not in left_out and wanted(one)]
            exhausted = len(matches.ids) < fetched
            if len(alive) >= k or exhausted:
                found = self._collapsed(index, alive)
                if len(found.groups) >= k or exhausted or fetched >= MOST_FETCHED:
                    return found
            fetched *= 2  # some were deleted since the index was built, or are near-duplicates

    def _collapsed(self, index: VectorIndex, alive: list[tuple[Sample, float]]) -> _Found:
        samples = [sample for sample, _ in alive]
        vectors = index.vectors(np.array([int(sample.id, 16) for sample in samples], np.int64))
        if not samples:
            return _Found([], [], vectors, [])
        candidates = Candidates(
            vectors, [s.content_hash for s in samples], [s.seconds for s in samples], self._music(samples)
        )
        groups = collapse(candidates, self.calibration(index).distance)
        return _Found(samples, [mark for _, mark in alive], vectors, groups)

    def _music(self, samples: Sequence[Sample]) -> list[Music]:
        traits = self.catalogue.traits([sample.id for sample in samples])
        return [music_of(traits.get(sample.id)) for sample in samples]

    def _ranked(
        self, found: _Found, scores: Sequence[float], evidence: Evidence, k: int, preferences: Preferences
    ) -> tuple[tuple[Hit, ...], Strength]:
        """The `k` hits in their order, and how strong the best of all is."""
        kept = [group.position for group in found.groups]
        traits = self.catalogue.traits([found.samples[position].id for position in kept])
        known = [traits.get(found.samples[position].id) for position in kept]
        vectors, marks = found.vectors[kept], np.array([found.marks[position] for position in kept], np.float64)
        if preferences.context:
            marks = pull(marks, self._fit(vectors, known, preferences.context), PULL)
        order = diversify(marks, vectors, preferences.diversity, k)
        hits = tuple(
            Hit(
                found.samples[kept[row]],
                scores[kept[row]],
                known[row],
                strength(float(evidence[kept[row]])),
                found.groups[row].similar,
            )
            for row in order
        )
        return hits, strength(float(evidence.max()))

    def _fit(self, vectors: Vectors, known: Sequence[Traits | None], context: Sequence[str]) -> Evidence:
        samples = self.catalogue.samples(context)
        chosen = np.stack([self.vector_of(sample) for sample in samples.values()])
        return fit(vectors, known, chosen, list(self.catalogue.traits([*samples]).values()))

    def _why_empty(self, filters: Filters, ids: Ids, left_out: set[str]) -> str:
        if not len(ids):
            return self.catalogue.why_empty(filters)
        if {f"{value:012x}" for value in ids.tolist()} <= left_out:
            given = "the reference itself" if len(ids) == 1 else "those given"
            return f"no sample but {given} meets the filters; loosen one of them"
        return f"{len(ids)} samples meet the filters and none is in the index yet; run `soundpalette index`"

    def _pending_of(self, since: int) -> int:
        """Counted once for each state of catalogue and index: it reads every row."""
        state = (self.catalogue.stamp(), since)
        pending = self._pending.get(state)
        if pending is None:
            pending = self.catalogue.pending(self.encoder.space, since)
            self._pending = {state: pending}
        return pending

    def _alive(self, matches: Matches) -> list[tuple[Sample, float]]:
        ids = [f"{value:012x}" for value in matches.ids.tolist()]
        samples = self.catalogue.samples(ids)
        scored = zip(ids, matches.scores.tolist(), strict=True)
        return [(samples[i], score) for i, score in scored if i in samples]


def blend(text: Vector, audio: Vector, alpha: float) -> Vector:
    """alpha * text + (1 - alpha) * audio of two unit vectors [dimension], normalised again."""
    try:
        return unit(np.float32(alpha) * text + np.float32(1 - alpha) * audio)
    except ValueError:  # the two point in opposite directions and cancel out
        return text
