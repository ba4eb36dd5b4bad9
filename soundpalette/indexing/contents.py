"""What is to be done for each content of a run, once, and the commit of what was done: the checkpoint."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from soundpalette.core.addresses import is_address
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.music.analysis import REVISION
from soundpalette.core.music.traits import NO_GUESS
from soundpalette.core.runs_table import Advance
from soundpalette.core.types import Analysis, Failure, Guess, KeptFeatures, KnownFile, NewFailure, NewSample, Space
from soundpalette.errors import IndexingError, ScanError
from soundpalette.indexing.analyse import Guesser, kept_content, revision, traits
from soundpalette.indexing.remote import is_there
from soundpalette.indexing.work import Done, Heard, Identified, Job, Task


@dataclass(slots=True)
class Tally:
    """What a run did so far: files by outcome, contents analysed and the seconds that took, failures by path."""

    outcomes: Counter[str] = field(default_factory=Counter)
    analysed: int = 0
    analysis_seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    failed: dict[str, set[str]] = field(default_factory=dict)
    """By root id, relative paths."""

    def has_failed(self, job: Job) -> bool:
        return job.file.path in self.failed.get(job.root.id, ())

    def failure(self, job: Job, reason: str, content_hash: str = "") -> NewFailure:
        """Note a failure, which is to be committed."""
        self.failures.append(Failure(job.source, reason))
        self.failed.setdefault(job.root.id, set()).add(job.file.path)
        self.outcomes["failed"] += 1
        return NewFailure(job.root.id, job.file.path, reason, content_hash)


class Contents:
    """Decides by the catalogue, and commits to it, for one run in one space; `encode` says whether it embeds.

    `features` is the revision under which features are kept, "" where they are not.
    """

    def __init__(
        self, catalogue: Catalogue, space: Space, guesser: Guesser | None, *, encode: bool, features: str = ""
    ) -> None:
        self.tally = Tally()
        self.run = 0
        self._catalogue = catalogue
        self._space = space
        self._features = features
        self._guesser = guesser
        self._encode = encode
        self._waiting: dict[str, list[Job]] = {}
        self._unreadable: list[Identified] = []
        self._told: dict[str, int] = {}

    def decide(self, found: Identified) -> Task | None:
        """The task for this job's content; None where there is none (it cannot be read, or is at work for another)."""
        return None if self._joined(found) else self._task(found)

    def decide_features(self, found: Identified) -> Task | None:
        """For the first of two stages: the task to make features; None, too, where there are none to make."""
        task = None if found.reason else replace(self._task(found), pool=False)
        if task is not None and (not task.embed or task.features is not None):
            return None
        return None if self._joined(found) else task

    def _joined(self, found: Identified) -> bool:
        """Whether a job needs no task: it cannot be read, or its content has one that was not committed yet."""
        if found.reason:
            self._unreadable.append(found)
            return True
        jobs = self._waiting.setdefault(found.content_hash, [])
        jobs.append(found.job)
        return len(jobs) > 1

    def _task(self, found: Identified) -> Task:
        content = found.content_hash
        embed = self._encode and not self._catalogue.has_vector(content, self._space)
        kept = self._catalogue.features(content, self._features) if embed and self._features else None
        analyse = kept_content(self._catalogue.analysis(content)) is None
        return Task(content, found.job.source, embed, analyse, kept)

    def commit(self, batch: Sequence[Done]) -> int:
        """Commit all files of these contents, and those that could not be read; how many files that were, those left
        out that an earlier stage told."""
        unreadable, self._unreadable = self._unreadable, []
        jobs = {done.task.content_hash: self._waiting.pop(done.task.content_hash) for done in batch}
        reasons = {done.task.content_hash: self._reason(done) for done in batch}
        roots = {job.root for content, found in jobs.items() if reasons[content] for job in found}
        for root in roots | {found.job.root for found in unreadable}:
            ensure_there(root.path)
        failures = [self.tally.failure(found.job, found.reason) for found in unreadable]
        samples: list[NewSample] = []
        guesses = self._guesses([done for done in batch if not reasons[done.task.content_hash]])
        for done in batch:
            content = done.task.content_hash
            for job in jobs[content]:
                if reason := reasons[content]:
                    failures.append(self.tally.failure(job, reason, content))
                else:
                    samples.append(self._new_sample(job, done, guesses.get(content)))
                    self.tally.outcomes[self._outcome(job, content)] += done.task.pool
        files = len(samples) + len(failures) - self._told_before(batch, jobs)
        self._catalogue.commit(self._space, samples, failures, Advance(self.run, files))
        self.tally.analysed += sum(done.heard is not None for done in batch)
        self.tally.analysis_seconds += sum(done.heard.seconds for done in batch if done.heard)
        return files

    def _told_before(self, batch: Sequence[Done], jobs: Mapping[str, Sequence[Job]]) -> int:
        before = sum(self._told.pop(done.task.content_hash, 0) for done in batch)
        self._told |= {
            done.task.content_hash: len(jobs[done.task.content_hash]) for done in batch if not done.task.pool
        }
        return before

    def _reason(self, done: Done) -> str:
        """Where nothing is embedded, what cannot be decoded for its analysis is a failure of the file, too."""
        if done.reason or self._encode or done.heard is None:
            return done.reason
        return "" if self._catalogue.has_vector(done.task.content_hash, self._space) else done.heard.reason

    def _guesses(self, batch: Sequence[Done]) -> dict[str, Guess]:
        """By content hash, what the encoder guesses, or (without a guesser) guessed in an earlier run."""
        catalogue, space = self._catalogue, self._space
        hashes = [done.task.content_hash for done in batch]
        if self._guesser is None:
            kept = {content: catalogue.guess(content, space) for content in hashes}
            return {content: guess for content, guess in kept.items() if guess is not None}
        made = {done.task.content_hash: done.vector for done in batch}
        vectors = {c: catalogue.content_vector(c, space) if v is None else v for c, v in made.items()}
        there = {content: vector for content, vector in vectors.items() if vector is not None}
        return dict(zip(there, self._guesser.guess(np.stack([*there.values()])), strict=True)) if there else {}

    def _new_sample(self, job: Job, done: Done, guess: Guess | None) -> NewSample:
        file, header, content = job.file, done.header, done.task.content_hash
        heard = done.heard or kept_content(self._catalogue.analysis(content)) or Heard()
        return NewSample(
            root_id=job.root.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            content_hash=content,
            seconds=header.seconds,
            rate=header.rate,
            channels=header.channels,
            vector=done.vector,
            analysis=_analysis(done.heard) if done.heard else None,
            guess=guess,
            traits=traits(job, heard, guess or NO_GUESS),
            revision=revision(self._guesser if done.task.pool else None),
            features=None if done.features is None else KeptFeatures(self._features, done.features),
        )

    def _outcome(self, job: Job, content: str) -> str:
        """Which count a file that succeeded belongs to."""
        known = job.known
        if known is None:
            return "added"
        if known.content_hash != content:
            return "updated"
        return "unchanged" if self.is_embedded(known) else "added"

    def is_embedded(self, known: KnownFile) -> bool:
        """As far as this run is to see to it."""
        return known.embedded or not self._encode


def _analysis(heard: Heard) -> Analysis:
    return Analysis(REVISION, heard.content.to_json() if heard.content else None)


def ensure_there(root: str) -> None:
    """Raises IndexingError where a root holds nothing any more: then nothing that is missing below it was deleted."""
    try:
        if is_there(root) if is_address(root) else any(Path(root).iterdir()):
            return
    except (OSError, ScanError):
        pass
    raise IndexingError(
        f"{root} went away during the run (an unplugged drive?): what was committed is kept; "
        "plug it in and run the same command again"
    )
