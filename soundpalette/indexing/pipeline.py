"""The indexer: scan, embed and analyse what is new or changed, commit batch by batch, forget what is gone, publish.

The commit is the checkpoint: after a kill at any moment the next run finds in the catalogue what was done and goes on.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from soundpalette.core.audio import Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Counts, Failure, FoundFile
from soundpalette.core.vector_index import Store
from soundpalette.errors import IndexingError, VectorIndexError
from soundpalette.indexing.analyse import Guesser, current
from soundpalette.indexing.contents import Contents, ensure_there
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.progress import Progress
from soundpalette.indexing.survey import Survey, Surveyor
from soundpalette.indexing.targets import targets_of
from soundpalette.indexing.work import Engine, Job

LOCK: Final = "indexer.lock"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works: files a batch, decoding processes (0: none), limits; `prune` believes in an empty root,
    `verify` hashes files that look unchanged, `analyse_only` leaves encoder and index alone."""

    batch_size: int = 32
    workers: int = 0
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
        engine: Engine | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._space = encoder.space
        self._store = store
        self._settings = settings
        self._guesser = None if settings.analyse_only else guesser
        self._engine = engine or LocalEngine(encoder, settings.limits, settings.workers, settings.batch_size)
        self._contents = Contents(catalogue, self._space, self._guesser, encode=not settings.analyse_only)
        self._tally = self._contents.tally
        self._warnings: list[str] = []

    def run(self, paths: Sequence[Path], progress: Progress) -> Report:
        """Index `paths` (none: every known root). Raises ScanError for a wrong path, or IndexingError."""
        started = time.monotonic()
        with self._locked():
            self._run(paths, progress)
        tally = self._tally
        return Report(
            Counts(**tally.outcomes),
            time.monotonic() - started,
            tally.analysed,
            tally.analysis_seconds,
            tuple(tally.failures),
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
        run = self._catalogue.start_run(self._space)
        surveyor, outcomes = self._surveyor, self._tally.outcomes
        found = [surveyor.survey(target, self._warnings.append) for target in targets]
        surveys = [survey for survey in found if survey is not None]
        outcomes["seen"] += sum(survey.seen for survey in surveys)
        outcomes["unchanged"] += sum(survey.unchanged for survey in surveys)
        progress.begin(sum(len(survey.jobs) for survey in surveys))
        self._index([job for survey in surveys for job in survey.jobs], progress)
        for survey in surveys:
            self._forget(survey)
        if outcomes["updated"] or outcomes["removed"] or outcomes["failed"]:
            self._catalogue.drop_unused()
        if not self._settings.analyse_only or self._holds_fields():
            self._publish(progress)
        self._catalogue.finish_run(run, Counts(**outcomes))

    @property
    def _surveyor(self) -> Surveyor:
        settings = self._settings
        return Surveyor(
            self._catalogue,
            self._space,
            embedded=not settings.analyse_only,
            is_current=current(self._guesser),
            prune=settings.prune,
            verify=settings.verify,
        )

    def _index(self, jobs: Sequence[Job], progress: Progress) -> None:
        engine, contents = self._engine, self._contents
        with closing(engine.identify(jobs)) as identified:
            tasks = (task for found in identified if (task := contents.decide(found)) is not None)
            with closing(engine.work(tasks)) as done:
                while batch := list(islice(done, self._settings.batch_size)):
                    progress.advance(contents.commit(batch))
        progress.advance(contents.commit([]))  # what could not be read last

    def _forget(self, survey: Survey) -> None:
        """Take out what is gone below the target, but nothing below a folder that could not be read."""
        root, aside, gone = survey.target.root, survey.aside, survey.gone
        refused = [
            self._tally.failure(Job(root, FoundFile(path, 0, 0), None), reason)
            for path, reason in (aside.refused | aside.unknown).items()
        ]
        self._catalogue.commit(self._space, [], refused)
        if gone and not self._settings.prune:
            ensure_there(Path(root.path))
        self._catalogue.remove(root.id, gone)
        failed = self._tally.failed.get(root.id, set())
        self._catalogue.forget_failures(self._space, root.id, survey.target.below, keep=failed)
        self._tally.outcomes["removed"] += len(gone)

    def _holds_fields(self) -> bool:
        """Whether an index is published that has to learn of traits, too."""
        try:
            manifest = self._store.manifest()
        except VectorIndexError as error:
            self._warnings.append(f"{error}; filters do not know yet what was analysed now")
            return False
        return manifest is not None and manifest.edition is not None

    def _publish(self, progress: Progress) -> None:
        """Publish the index anew unless the published one is whole and of this very state of the catalogue."""
        holdings = self._catalogue.holdings(self._space)
        try:
            manifest = self._store.verify() if self._settings.verify else self._store.check()
            if manifest is not None and manifest.is_of(holdings.state()):
                return
        except VectorIndexError:
            pass  # damaged: publishing anew is the mend that the error names
        self._store.publish(holdings, progress.hear)
