"""The indexer: scan, embed and analyse what is new or changed, commit batch by batch, forget what is gone, publish.

The commit is the checkpoint: after a kill at any moment the next run finds in the catalogue what was done and goes on.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from soundpalette.core.audio import Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.indexer_lock import indexing
from soundpalette.core.types import Counts, Failure, FoundFile
from soundpalette.core.vector_index import Store
from soundpalette.errors import IndexingError, VectorIndexError
from soundpalette.indexing.analyse import Guesser, current
from soundpalette.indexing.contents import Contents, ensure_there
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.mapping import update_map
from soundpalette.indexing.progress import Progress
from soundpalette.indexing.survey import Survey, Surveyor
from soundpalette.indexing.targets import targets_of
from soundpalette.indexing.work import Engine, Identified, Job, Task


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works: files a batch, decoding processes (0: none), limits; `prune` believes in an empty root,
    `verify` hashes files that look unchanged, `analyse_only` leaves encoder and index alone, `sequential` works in
    stages and holds one tower in memory at a time, `gpus` tells which there are for an encoder's process each,
    `addresses` says that the engine reads roots that are addresses, too."""

    batch_size: int = 32
    workers: int = 0
    limits: Limits = field(default_factory=Limits)
    prune: bool = False
    verify: bool = False
    analyse_only: bool = False
    sequential: bool = False
    gpus: Callable[[], Sequence[str]] = tuple
    addresses: bool = False


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
        self._encoder = encoder
        self._space = encoder.space
        self._store = store
        self._settings = settings
        self._guesser = None if settings.analyse_only else guesser
        self._engine = engine or LocalEngine(
            encoder, settings.limits, settings.workers, settings.batch_size, settings.gpus
        )
        self._contents = Contents(
            catalogue,
            self._space,
            self._guesser,
            encode=not settings.analyse_only,
            features=encoder.features_revision,
        )
        self._tally = self._contents.tally
        self._warnings: list[str] = []

    def run(
        self, paths: Sequence[Path | str], progress: Progress, wanted: Callable[[Job], bool] | None = None
    ) -> Report:
        """Index `paths`, or addresses as text (none: every known root); where only some jobs are `wanted`, nothing is
        forgotten.

        Raises ScanError for a wrong path, or IndexingError.
        """
        started = time.monotonic()
        with indexing(self._catalogue.path.parent):
            self._run(paths, progress, wanted)
        tally = self._tally
        return Report(
            Counts(**tally.outcomes),
            time.monotonic() - started,
            tally.analysed,
            tally.analysis_seconds,
            tuple(tally.failures),
            tuple(self._warnings),
        )

    def _run(self, paths: Sequence[Path | str], progress: Progress, wanted: Callable[[Job], bool] | None) -> None:
        if not self._settings.analyse_only:
            self._store.stamp()  # an index that cannot be reached is told before hours of encoding
        targets = targets_of(paths, self._catalogue, addresses=self._settings.addresses)
        run = self._catalogue.start_run(self._space)
        self._contents.run = run
        surveyor, outcomes = self.surveyor, self._tally.outcomes
        found = [surveyor.survey(target, self._warnings.append) for target in targets]
        surveys = [survey for survey in found if survey is not None]
        outcomes["seen"] += sum(survey.seen for survey in surveys)
        outcomes["unchanged"] += sum(survey.unchanged for survey in surveys)
        jobs = [job for survey in surveys for job in survey.jobs if wanted is None or wanted(job)]
        self._catalogue.plan_run(run, len(jobs))
        progress.begin(len(jobs))
        self._index(jobs, progress)
        for survey in surveys if wanted is None else ():
            self._forget(survey)
        if outcomes["updated"] or outcomes["removed"] or outcomes["failed"]:
            self._catalogue.drop_unused()
        if not self._settings.analyse_only or self._holds_fields():
            self._publish(progress)
        if not self._settings.analyse_only:
            self._map(progress)
        self._catalogue.finish_run(run, Counts(**outcomes))

    @property
    def surveyor(self) -> Surveyor:
        """Tells what a run has to do."""
        settings = self._settings
        return Surveyor(
            self._catalogue,
            self._space,
            embedded=not settings.analyse_only,
            is_current=current(self._guesser),
            prune=settings.prune,
            verify=settings.verify,
            addresses=settings.addresses,
        )

    def _index(self, jobs: Sequence[Job], progress: Progress) -> None:
        with closing(self._engine.identify(jobs)) as identified:
            if jobs and self._settings.sequential:
                self._in_stages(identified, progress)
            else:
                self._work(identified, self._contents.decide, progress)

    def _in_stages(self, identified: Iterable[Identified], progress: Progress) -> None:
        """One tower in memory at a time: the text tower for the guesser's words, then features, then vectors."""
        if self._guesser is not None:
            self._guesser.load()
            self._encoder.release()
        if self._encoder.features_revision and not self._settings.analyse_only:
            found = list(identified)
            self._work(found, self._contents.decide_features, progress)
            self._encoder.release()
            identified = [one for one in found if not self._tally.has_failed(one.job)]
        self._work(identified, self._contents.decide, progress)
        self._encoder.release()

    def _work(
        self, identified: Iterable[Identified], decide: Callable[[Identified], Task | None], progress: Progress
    ) -> None:
        tasks = (task for found in identified if (task := decide(found)) is not None)
        with closing(self._engine.work(tasks)) as done:
            while batch := list(islice(done, self._settings.batch_size)):
                progress.advance(self._contents.commit(batch))
        progress.advance(self._contents.commit([]))  # what could not be read last

    def _forget(self, survey: Survey) -> None:
        """Take out what is gone below the target, but nothing below a folder that could not be read."""
        root, aside, gone = survey.target.root, survey.aside, survey.gone
        refused = [
            self._tally.failure(Job(root, FoundFile(path, 0, 0), None), reason)
            for path, reason in (aside.refused | aside.unknown).items()
        ]
        self._catalogue.commit(self._space, [], refused)
        if gone and not self._settings.prune:
            ensure_there(root.path)
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

    def _map(self, progress: Progress) -> None:
        """A map that could not be made is a warning: the index is whole without it."""
        try:
            update_map(self._catalogue, self._space, progress.hear)
        except IndexingError as error:
            self._warnings.append(
                f"the map was not brought up to date ({error}); run `soundpalette index` to try again"
            )
