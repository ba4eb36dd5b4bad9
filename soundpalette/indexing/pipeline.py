"""The indexer: scan, embed and analyse what is new or changed, commit batch by batch, forget what is gone, publish.

The commit is the checkpoint: after a kill at any moment the next run finds in the catalogue what was done and goes on.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from filelock import FileLock, Timeout

from soundpalette.core.audio import EXTENSIONS, Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.music.traits import NO_GUESS
from soundpalette.core.types import Counts, Failure, Guess, KnownFile, NewFailure, NewSample
from soundpalette.core.vector_index import Store
from soundpalette.errors import AudioError, IndexingError, ScanError, VectorIndexError
from soundpalette.indexing.analyse import Guesser, is_current, revision
from soundpalette.indexing.embed import Embedded, embed_batch
from soundpalette.indexing.prepare import Job, Prepared, Preparer, hash_of
from soundpalette.indexing.progress import Progress
from soundpalette.indexing.scan import Found, FoundFile, ancestors, scan
from soundpalette.indexing.targets import Target, targets_of

LOCK: Final = "indexer.lock"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works: files a batch, decoding threads (0: none ahead), limits; `prune` believes in an empty root,
    `verify` hashes files that look unchanged, `analyse_only` leaves encoder and index alone."""

    batch_size: int = 32
    workers: int = 2
    limits: Limits = field(default_factory=Limits)
    prune: bool = False
    verify: bool = False
    analyse_only: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: counts, failures by path, sentences about roots that were left alone.

    `analysed` contents took `analysis_seconds` of processor time together.
    """

    counts: Counts
    seconds: float
    analysed: int
    analysis_seconds: float
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


class Indexer:
    """Brings a catalogue and the index of one encoder's space up to date with the folders."""

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: Encoder,
        store: Store,
        settings: Settings,
        guesser: Guesser | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._store = store
        self._settings = settings
        self._guesser = None if settings.analyse_only else guesser
        self._analysed = 0
        self._analysis_seconds = 0.0
        self._counts: Counter[str] = Counter()
        self._failures: list[Failure] = []
        self._failed: dict[str, set[str]] = {}
        self._warnings: list[str] = []

    def run(self, paths: Sequence[Path], progress: Progress) -> Report:
        """Index `paths` (none: every known root). Raises ScanError for a wrong path, or IndexingError."""
        started = time.monotonic()
        with self._locked():
            self._run(paths, progress)
        return Report(
            Counts(**self._counts),
            time.monotonic() - started,
            self._analysed,
            self._analysis_seconds,
            tuple(self._failures),
            tuple(self._warnings),
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._catalogue.path.with_name(LOCK))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexingError("another indexer is at work on this catalogue; wait until it has finished") from error
        except OSError as error:
            raise IndexingError(
                f"{lock.lock_file} cannot be locked ({error.strerror}); delete it or mend its rights"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _run(self, paths: Sequence[Path], progress: Progress) -> None:
        if not self._settings.analyse_only:
            self._store.stamp()  # an index that cannot be reached is told before hours of encoding
        targets = targets_of(paths, self._catalogue)
        run = self._catalogue.start_run(self._encoder.space)
        surveys = [survey for target in targets if (survey := self._survey(target)) is not None]
        progress.begin(sum(len(survey.jobs) for survey in surveys))
        self._index([job for survey in surveys for job in survey.jobs], progress)
        for survey in surveys:
            self._forget(survey)
        if self._counts["updated"] or self._counts["removed"] or self._counts["failed"]:
            self._catalogue.drop_unused()
        if not self._settings.analyse_only or self._holds_fields():
            self._publish()
        self._catalogue.finish_run(run, Counts(**self._counts))

    def _survey(self, target: Target) -> "_Survey | None":
        """Compare a folder with the catalogue; None (and a warning) where it is gone or suddenly empty."""
        others = [Path(root.path) for root in self._catalogue.roots()]
        known = self._catalogue.known_files(target.root.id, target.below, self._encoder.space)
        try:
            there = target.path.exists()
            found = scan(Path(target.root.path), target.below, others) if there else Found()
        except (ScanError, OSError) as error:
            self._warnings.append(f"{error}; what was indexed there was kept")
            return None
        empty = not found.files and not found.refused and not found.unknown
        if empty and known and not self._settings.prune:
            state = "is empty now" if there else "is not there"
            self._warnings.append(
                f"{target.path} {state} (an unplugged drive?): its {len(known)} samples were kept; "
                "plug it in, or forget them with `soundpalette index --prune`"
            )
            return None
        if empty and not known:
            kinds = " ".join(sorted(EXTENSIONS))
            self._warnings.append(f"{target.path} holds no audio files ({kinds}); nothing was indexed there")
        for folder in found.unreadable:
            self._warnings.append(f"{target.path / folder} cannot be read: what was indexed there was kept")
        jobs: list[Job] = []
        for file in found.files:
            job = Job(target.root, file, known.get(file.path))
            if self._unchanged(job):
                self._counts["unchanged"] += 1
            else:
                jobs.append(job)
        self._counts["seen"] += len(found.files) + len(found.refused) + len(found.unknown)
        return _Survey(target, found, jobs, known.keys())

    def _unchanged(self, job: Job) -> bool:
        known, file = job.known, job.file
        if known is None or (known.size, known.mtime_ns) != (file.size, file.mtime_ns):
            return False
        if not self._is_embedded(known) or not is_current(known.traits, self._guesser):
            return False
        if not self._settings.verify:
            return True
        try:
            return hash_of(job.path) == known.content_hash
        except AudioError:
            return False

    def _is_embedded(self, known: KnownFile) -> bool:
        """As far as this run is to see to it."""
        return known.embedded or self._settings.analyse_only

    def _index(self, jobs: Sequence[Job], progress: Progress) -> None:
        settings = self._settings
        preparer = Preparer(
            self._catalogue,
            self._encoder,
            settings.limits,
            workers=settings.workers,
            ahead=2 * settings.batch_size,
            encode=not settings.analyse_only,
        )
        prepared = preparer.all(jobs)
        while batch := list(islice(prepared, settings.batch_size)):
            self._commit(batch)
            progress.advance(len(batch))

    def _commit(self, batch: Sequence[Prepared]) -> None:
        for root in {item.job.root for item in batch if item.reason}:
            _ensure_there(Path(root.path))
        done = embed_batch(self._encoder, batch)
        guesses = self._guesses(batch, done)
        samples: list[NewSample] = []
        failures: list[NewFailure] = []
        outcomes: Counter[str] = Counter()
        for item in batch:
            reason = item.reason or done.reasons.get(item.content_hash, "")
            if reason:
                failures.append(self._failure(item.job, reason, item.content_hash))
                outcomes["failed"] += 1
            else:
                samples.append(self._new_sample(item, done, guesses.get(item.content_hash)))
                outcomes[self._outcome(item)] += 1
        self._catalogue.commit(self._encoder.space, samples, failures)
        self._counts += outcomes
        self._analysed += sum(item.analysed.new is not None for item in batch)
        self._analysis_seconds += sum(item.analysed.seconds for item in batch)

    def _guesses(self, batch: Sequence[Prepared], done: Embedded) -> dict[str, Guess]:
        """By content hash, what the encoder guesses, or (without a guesser) guessed in an earlier run."""
        space = self._encoder.space
        hashes = list(dict.fromkeys(item.content_hash for item in batch if item.analysed.content))
        if self._guesser is None:
            kept = {content: self._catalogue.guess(content, space) for content in hashes}
            return {content: guess for content, guess in kept.items() if guess is not None}
        found = {content: done.vectors.get(content) for content in hashes}
        vectors = {c: self._catalogue.content_vector(c, space) if v is None else v for c, v in found.items()}
        there = {content: vector for content, vector in vectors.items() if vector is not None}
        return dict(zip(there, self._guesser.guess(np.stack([*there.values()])), strict=True)) if there else {}

    def _new_sample(self, item: Prepared, done: Embedded, guess: Guess | None) -> NewSample:
        file, header, analysed = item.job.file, item.header, item.analysed
        return NewSample(
            root_id=item.job.root.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            content_hash=item.content_hash,
            seconds=header.seconds,
            rate=header.rate,
            channels=header.channels,
            vector=done.vectors.get(item.content_hash),
            analysis=analysed.new,
            guess=guess,
            traits=analysed.traits(guess or NO_GUESS),
            revision=revision(self._guesser),
        )

    def _outcome(self, item: Prepared) -> str:
        """Which count a file that succeeded belongs to."""
        known = item.job.known
        if known is None:
            return "added"
        if known.content_hash != item.content_hash:
            return "updated"
        return "unchanged" if self._is_embedded(known) else "added"

    def _failure(self, job: Job, reason: str, content_hash: str = "") -> NewFailure:
        self._failures.append(Failure(str(job.path), reason))
        self._failed.setdefault(job.root.id, set()).add(job.file.path)
        return NewFailure(job.root.id, job.file.path, reason, content_hash)

    def _forget(self, survey: "_Survey") -> None:
        """Take out what is gone below the target, but nothing below a folder that could not be read."""
        root = survey.target.root
        found = survey.found
        refused = [
            self._failure(Job(root, FoundFile(path, 0, 0), None), reason)
            for path, reason in (found.refused | found.unknown).items()
        ]
        self._catalogue.commit(self._encoder.space, [], refused)
        self._counts["failed"] += len(refused)
        present = {file.path for file in found.files} | found.unknown.keys()
        unreadable = set(found.unreadable)
        gone = [
            path
            for path in survey.known
            if path not in present and not (unreadable and unreadable.intersection(ancestors(path)))
        ]
        if gone and not self._settings.prune:
            _ensure_there(Path(root.path))
        self._catalogue.remove(root.id, gone)
        failed = self._failed.get(root.id, set())
        self._catalogue.forget_failures(self._encoder.space, root.id, survey.target.below, keep=failed)
        self._counts["removed"] += len(gone)

    def _holds_fields(self) -> bool:
        """Whether an index is published that has to learn of traits, too."""
        try:
            manifest = self._store.manifest()
        except VectorIndexError as error:
            self._warnings.append(f"{error}; filters do not know yet what was analysed now")
            return False
        return manifest is not None and manifest.edition is not None

    def _publish(self) -> None:
        """Publish the index anew unless the published one is whole and of this very state of the catalogue."""
        holdings = self._catalogue.holdings(self._encoder.space)
        try:
            manifest = self._store.verify() if self._settings.verify else self._store.check()
            if manifest is not None and manifest.is_of(holdings.state()):
                return
        except VectorIndexError:
            pass  # damaged: publishing anew is the mend that the error names
        self._store.publish(holdings)


@dataclass(frozen=True, slots=True)
class _Survey:
    target: Target
    found: Found
    jobs: list[Job]
    known: Iterable[str]


def _ensure_there(root: Path) -> None:
    """Raises IndexingError where a root holds nothing any more: then nothing that is missing below it was deleted."""
    try:
        if any(root.iterdir()):
            return
    except OSError:
        pass
    raise IndexingError(
        f"{root} went away during the run (an unplugged drive?): what was committed is kept; "
        "plug it in and run the same command again"
    )
