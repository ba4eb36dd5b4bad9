"""Search: a query becomes a unit vector, the vector finds ids, the catalogue says which samples they are."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from soundpalette.core import ids
from soundpalette.core.answers import Answer, Answers, Heard, Hit, Question, Reference, Selections, Wanted, every
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.duplicates import USUAL_DISTANCE, Music, music_of
from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.facets import FacetCounter
from soundpalette.core.music.words import Vocabulary, load_vocabulary
from soundpalette.core.palette.company import fit
from soundpalette.core.published import IndexReader, Published
from soundpalette.core.ranking import Candidates, Group, Marks, collapse, diversify, pull, steer_away
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
from soundpalette.core.vector_index import Matches, Passing, Store, VectorIndex
from soundpalette.errors import RequestError, VectorIndexError

OVER_FETCHED: Final = 5
LEAST_FETCHED: Final = 50
"""Candidates that are looked at for each hit, and at least: near-duplicates, variety and company take some away."""
MOST_FETCHED: Final = 5000
"""Beyond this, a search gives fewer hits rather than looking for more that are no near-duplicates."""
PULL: Final = 0.3
"""Share of an order that samples already chosen decide."""
NOTHING_FITS: Final = "nothing in the library matches well; these are the nearest"


@dataclass(frozen=True, slots=True)
class _Sought:
    """A unit vector [dimension], and how hits' vectors [n, dimension] are judged by it."""

    vector: Vector
    evidence: Callable[[Calibration, Vectors], Evidence]


@dataclass(frozen=True, slots=True)
class Standing:
    """Samples in the library, the generation of the published index (0: none is), samples that are not yet in it."""

    samples: int
    generation: int
    pending: int


class _Known:
    """What is known as music of the samples that a query found; each is read when it is first asked for."""

    def __init__(self, catalogue: Catalogue, samples: Sequence[Sample]) -> None:
        self._catalogue = catalogue
        self._ids = [sample.id for sample in samples]
        self._read: dict[str, Traits | None] = {}

    def of(self, positions: Sequence[int]) -> list[Traits | None]:
        """Of the samples at these positions; None for one that was not analysed yet."""
        wanted = [self._ids[at] for at in positions]
        new = [one for one in wanted if one not in self._read]
        self._read |= dict.fromkeys(new) | self._catalogue.traits(new)
        return [self._read[one] for one in wanted]

    def music(self, positions: Sequence[int]) -> list[Music]:
        return [music_of(traits) for traits in self.of(positions)]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is near a query, best first: samples and cosines to the vector that was looked for, vectors [n, dimension],
    what is known of each as music, and who stands for whom."""

    samples: list[Sample]
    marks: list[float]
    vectors: Vectors
    known: _Known
    groups: list[Group]


class Searcher:
    """Queries over one catalogue in one encoder's space. Safe to use from several threads.

    The `vocabulary` (None: the package's) has the queries that tell how strong a match is.
    """

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, store: Store, vocabulary: Vocabulary | None = None
    ) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.store = store
        self.vocabulary = vocabulary or load_vocabulary()
        self.answers = Answers()
        self._selections = Selections()
        self.facets = FacetCounter(catalogue, self._selected)
        self._reader = IndexReader(store, self._usual)
        self._pending: dict[tuple[int, int], int] = {}

    def warm_up(self) -> None:
        """Load what a text query needs: the text tower, and the index where there is one. Raises EncoderError."""
        self.encoder.load_text()
        with suppress(VectorIndexError):
            self.published()

    def by_text(
        self,
        query: str,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
        wanted: Wanted = every,
    ) -> Answer:
        """The `k` samples that fit the words best, of those that meet the filters and are `wanted`."""
        return self._answered(Question(query, None, 1.0, k, filters, preferences, wanted))

    def by_audio(
        self,
        reference: Reference,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """The `k` samples that sound most like `reference`, itself left out. Raises AudioError."""
        return self._answered(Question("", reference, 0.0, k, filters, preferences))

    def hybrid(
        self,
        query: str,
        reference: Reference,
        alpha: float,
        k: int,
        filters: Filters = NO_FILTERS,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """The `k` samples nearest to alpha * text + (1 - alpha) * audio, both of unit length; `reference` left out."""
        return self._answered(Question(query, reference, alpha, k, filters, preferences))

    def _answered(self, asked: Question) -> Answer:
        """By what was answered before, where neither catalogue nor index has changed since."""
        published = self._published()
        if not asked.repeatable:
            return self._answer(published, asked)
        state = (self.catalogue.version(), published.index.manifest)
        return self.answers.of(state, asked, lambda: self._answer(published, asked))

    def _sought(self, asked: Question) -> _Sought:
        reference, alpha = asked.reference, asked.alpha
        if reference is None:
            text = self._text(asked.query)
            return _Sought(text, lambda usual, hits: usual.of_text(text, hits))
        audio = self.vector_of(reference)
        if not asked.query:
            return _Sought(audio, lambda usual, hits: usual.of_audio(audio, hits))
        text = self._text(asked.query)
        return _Sought(blend(text, audio, alpha), lambda usual, hits: usual.of_both(text, audio, alpha, hits))

    def vector_of(self, reference: Reference) -> Vector:
        """The unit vector [dimension] of an indexed sample (it is stored) or of any audio file. Raises AudioError."""
        if isinstance(reference, Heard):
            return reference.vector
        if isinstance(reference, Sample):
            stored = self.catalogue.vector(reference.id, self.encoder.space)
            if stored is None:
                raise RequestError(
                    f"sample {reference.id} is not embedded by the encoder {self.encoder.space.encoder} yet; "
                    "run `soundpalette index`"
                )
            return stored
        return np.asarray(self.encoder.embed_audio_files([reference])[0])

    def published(self) -> Published | None:
        """The newest published index, None where there is none. Raises VectorIndexError where it cannot be used."""
        return self._reader.newest()

    def index(self) -> VectorIndex:
        """The newest published index. Raises VectorIndexError where there is none or it cannot be used."""
        return self._published().index

    def standing(self) -> Standing:
        """How much is indexed. Raises VectorIndexError."""
        published = self.published()
        generation = published.index.manifest.generation if published else 0
        return Standing(self.catalogue.total(), generation, self.pending(generation))

    def distance(self) -> float:
        """The library's mean of 1 - cosine between two sounds; a usual one where nothing is indexed."""
        with suppress(VectorIndexError):
            published = self.published()
            if published and published.usual:
                return published.usual.distance
        return USUAL_DISTANCE

    def _published(self) -> Published:
        published = self.published()
        if published is None:
            raise self._nothing_indexed()
        return published

    def _nothing_indexed(self) -> VectorIndexError:
        space = self.encoder.space
        others = [key for key in self.catalogue.spaces() if key != space.key]
        if others:
            return VectorIndexError(
                f"the library is indexed for {', '.join(others)}, not for the encoder in use ({space.key}); "
                f"run `soundpalette index --encoder {space.encoder}`"
            )
        return VectorIndexError("nothing is indexed yet; run `soundpalette index FOLDER` with a folder of audio files")

    def _usual(self, index: VectorIndex) -> Calibration:
        """What is usual in an index of at least one sample."""
        # Ids are hashes of paths: the first of them are a fair draw.
        return calibrate(self._bank, index.vectors(index.ids(MOST_SAMPLED)))

    def _text(self, query: str) -> Vector:
        return np.asarray(self.encoder.embed_text([query])[0])

    @cached_property
    def _bank(self) -> Bank:
        return make_bank(self.encoder.embed_text(self.vocabulary.background), self.encoder.cohort())

    def _answer(self, published: Published, asked: Question) -> Answer:
        filters, preferences, sought = asked.filters, asked.preferences, self._sought(asked)
        own = {asked.reference.id} if isinstance(asked.reference, Sample) else set()
        left_out = own | set(preferences.context)
        passing = None if filters == NO_FILTERS else self._passing(filters)
        vector = sought.vector
        if preferences.avoid:
            vector = steer_away(vector, self._text(preferences.avoid))
        found = self._nearest(published, vector, asked.k, passing, left_out, asked.wanted)
        pending = self.pending(published.index.manifest.generation)
        if not found.samples or published.usual is None:
            if not self.catalogue.count(self.encoder.space):
                raise self._nothing_indexed()
            return Answer((), pending, "" if passing is None else self._why_empty(passing, left_out))
        evidence = sought.evidence(published.usual, found.vectors)
        # What is avoided decides the order alone: a score is the cosine to what was asked for.
        scores = (found.vectors @ sought.vector).tolist() if preferences.avoid else found.marks
        hits, best = self._ranked(found, scores, evidence, asked.k, preferences)
        return Answer(hits, pending, NOTHING_FITS if best == "weak" else "")

    def _passing(self, filters: Filters) -> Passing:
        return Passing(filters, lambda: self._selected(filters), self.catalogue.roots())

    def _selected(self, filters: Filters) -> Ids:
        return self._selections.of(self.catalogue.version(), filters, lambda: self.catalogue.select(filters))

    def _nearest(
        self, published: Published, vector: Vector, k: int, passing: Passing | None, left_out: set[str], wanted: Wanted
    ) -> _Found:
        """Enough of `passing` (None: of all) that are still there and wanted for `k` hits, near-duplicates together."""
        fetched = max(OVER_FETCHED * k, LEAST_FETCHED) + len(left_out)
        while True:
            matches = published.index.query(vector, fetched, passing)
            alive = [(one, mark) for one, mark in self._alive(matches) if one.id not in left_out and wanted(one)]
            exhausted = len(matches.ids) < fetched
            if len(alive) >= k or exhausted:
                found = self._collapsed(published, alive)
                if len(found.groups) >= k or exhausted or fetched >= MOST_FETCHED:
                    return found
            fetched *= 2  # some were deleted since the index was built, or are near-duplicates

    def _collapsed(self, published: Published, alive: list[tuple[Sample, float]]) -> _Found:
        samples, marks = [sample for sample, _ in alive], [mark for _, mark in alive]
        vectors = published.index.vectors(ids.numbers("".join(sample.id for sample in samples)))
        known = _Known(self.catalogue, samples)
        if not samples or published.usual is None:
            return _Found(samples, marks, vectors, known, [])
        hashes, seconds = [sample.content_hash for sample in samples], [sample.seconds for sample in samples]
        candidates = Candidates(vectors, hashes, seconds, known.music)
        return _Found(samples, marks, vectors, known, collapse(candidates, published.usual.distance))

    def _ranked(
        self, found: _Found, scores: Sequence[float], evidence: Evidence, k: int, preferences: Preferences
    ) -> tuple[tuple[Hit, ...], Strength]:
        """The `k` hits in their order, and how strong the best of all is."""
        kept = [group.position for group in found.groups]
        vectors, marks = found.vectors[kept], np.array([found.marks[at] for at in kept], np.float64)
        if there := self.catalogue.samples(preferences.context):  # one may have been deleted since it was checked
            marks = pull(marks, self._fit(vectors, found.known.of(kept), [*there.values()]), PULL)
        ranked = [found.groups[row] for row in diversify(marks, vectors, preferences.diversity, k)]
        shown = [group.position for group in ranked]
        hits = tuple(
            Hit(found.samples[at], scores[at], traits, strength(float(evidence[at])), group.similar)
            for group, at, traits in zip(ranked, shown, found.known.of(shown), strict=True)
        )
        return hits, strength(float(evidence.max()))

    def _fit(self, vectors: Vectors, known: Sequence[Traits | None], context: Sequence[Sample]) -> Marks:
        chosen = np.stack([self.vector_of(sample) for sample in context])
        return fit(vectors, known, chosen, [*self.catalogue.traits([sample.id for sample in context]).values()])

    def _why_empty(self, passing: Passing, left_out: set[str]) -> str:
        there = passing.ids
        if not len(there):
            return self.catalogue.why_empty(passing.filters)
        if set(ids.words(there)) <= left_out:
            given = "the reference itself" if len(there) == 1 else "those given"
            return f"no sample but {given} meets the filters; loosen one of them"
        return f"{len(there)} samples meet the filters and none is in the index yet; run `soundpalette index`"

    def pending(self, since: int) -> int:
        """How many samples an index that was built at generation `since` lacks.

        Counted once for each state of catalogue and index: it reads every row."""
        state = (self.catalogue.stamp(), since)
        pending = self._pending.get(state)
        if pending is None:
            pending = self.catalogue.pending(self.encoder.space, since)
            self._pending = {state: pending}
        return pending

    def _alive(self, matches: Matches) -> list[tuple[Sample, float]]:
        found = ids.words(matches.ids)
        samples = self.catalogue.samples(found)
        scored = zip(found, matches.scores.tolist(), strict=True)
        return [(samples[i], score) for i, score in scored if i in samples]


def blend(text: Vector, audio: Vector, alpha: float) -> Vector:
    """alpha * text + (1 - alpha) * audio of two unit vectors [dimension], normalised again."""
    try:
        return unit(np.float32(alpha) * text + np.float32(1 - alpha) * audio)
    except ValueError:  # the two point in opposite directions and cancel out
        return text
