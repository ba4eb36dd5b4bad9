"""What a run would do and cost, before it starts: nothing is committed and no index is published.

Files are told by the same survey as a run's. Hours of sound come from the headers of a seeded draw of them, as seconds
a byte of each format. Time comes from doing the run's very work on some of the draw for a few seconds: so much a file
up to a minute long, and so much a second of sound for longer ones. Memory is measured in the same trial:

    sequential = this process's peak after one file alone
    parallel   = this process's peak after the trial + workers * the largest worker's peak

(of a configuration without workers, both are this process's).

What equal contents save is not known before they are hashed, so a library of many copies takes less.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from random import Random
from typing import Final

from soundpalette.core.audio import Limits, probe
from soundpalette.core.catalogue import Catalogue, new_root
from soundpalette.core.encoders.base import Encoder
from soundpalette.errors import AudioError
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.survey import Surveyor
from soundpalette.indexing.targets import targets_of
from soundpalette.indexing.work import Job, Task

DRAWN: Final = 400
"""Files whose headers are read."""
TRIAL_SECONDS: Final = 6.0
"""How long the run's work is tried, loading the encoder and starting workers aside."""
LONG_SECONDS: Final = 60.0
ROW_BYTES: Final = 2300
"""Of the catalogue for a sample without its vector, indexes included, where there are too few samples to measure it
(measured with bench/library_rows.py: 1,000,000 samples)."""
ENOUGH: Final = 1000
SAME_BATCH: Final = 0.05
"""Seconds between files that were done together at most."""
SEED: Final = 6


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak bytes by profile; 0 where this system does not tell."""

    sequential: int
    parallel: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would do: files, hours of sound to be read, seconds it takes, bytes of memory and on the disk.

    `tried` files were worked on to see how long they take; `unreadable` is the share of drawn files without a header.
    """

    new: int
    changed: int
    unchanged: int
    gone: int
    hours: float
    unreadable: float
    seconds: float
    tried: int
    memory: Memory
    catalogue_bytes: int
    index_bytes: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sounds:
    """Of all jobs, by what a draw tells: seconds of sound in short files and in long ones, short files, and which of
    the draw are short."""

    short_seconds: float
    long_seconds: float
    short_files: float
    drawn: Sequence[Job]
    unreadable: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Seconds until the first files were done, then a file and a second of sound; how many files that was."""

    start: float
    a_file: float
    a_second: float
    tried: int


class Estimator:
    """Estimates runs of one encoder. `surveyor` is that of the run, `parallel` its engine of `workers` processes."""

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, surveyor: Surveyor, limits: Limits, parallel: LocalEngine
    ) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._surveyor = surveyor
        self._limits = limits
        self._parallel = parallel

    def estimate(self, paths: Sequence[Path | str]) -> Estimate:
        """Of indexing `paths` (none: every known root). Raises ScanError, EncoderError."""
        warnings: list[str] = []
        targets = targets_of(paths, self._catalogue, enter=new_root)
        found = [self._surveyor.survey(target, warnings.append) for target in targets]
        surveys = [survey for survey in found if survey is not None]
        jobs = [job for survey in surveys for job in survey.jobs]
        sounds = self._sounds(jobs)
        alone = self._trial(replace(self._parallel, workers=0, batch_size=1, gpus=tuple), sounds.drawn[:1])
        sequential = peak_bytes()
        trial = self._trial(self._parallel, sounds.drawn[1:]) if len(sounds.drawn) > 1 else alone
        new = sum(job.known is None for job in jobs)
        unembedded = sum(job.known is None or not job.known.embedded for job in jobs)
        width = 4 * self._encoder.space.dimension
        return Estimate(
            new=new,
            changed=len(jobs) - new,
            unchanged=sum(survey.unchanged for survey in surveys),
            gone=sum(len(survey.gone) for survey in surveys),
            hours=(sounds.short_seconds + sounds.long_seconds) / 3600,
            unreadable=sounds.unreadable,
            seconds=trial.start + trial.a_file * sounds.short_files + trial.a_second * sounds.long_seconds,
            tried=trial.tried,
            memory=Memory(sequential, peak_bytes() + self._parallel.workers * peak_bytes(of_workers=True)),
            catalogue_bytes=new * self._row_bytes() + (unembedded * width if self._surveyor.embedded else 0),
            index_bytes=unembedded * (width + 8) if self._surveyor.embedded else 0,
            warnings=tuple(warnings),
        )

    def _row_bytes(self) -> int:
        total = self._catalogue.total()
        if total < ENOUGH:
            return ROW_BYTES
        width = 4 * self._encoder.space.dimension
        vectors = width * self._catalogue.count(self._encoder.space)
        return max(self._catalogue.bytes() - vectors, 0) // total

    def _sounds(self, jobs: Sequence[Job]) -> _Sounds:
        drawn = Random(SEED).sample(jobs, min(len(jobs), DRAWN))
        seconds = [self._seconds(job) for job in drawn]
        read = [(job, told) for job, told in zip(drawn, seconds, strict=True) if told]
        short = [(job, told) for job, told in read if told <= LONG_SECONDS]
        total = scaled(jobs, read)
        tried = short or sorted(read, key=lambda one: one[1])[:1]  # where all are long, the shortest
        share = sum(told for _, told in short) / max(sum(told for _, told in read), 1e-9)
        files = len(jobs) * len(short) / max(len(drawn), 1)
        unreadable = 1 - len(read) / len(drawn) if drawn else 0.0
        return _Sounds(total * share, total * (1 - share), files, [job for job, _ in tried], unreadable)

    def _seconds(self, job: Job) -> float:
        try:
            return probe(job.path, self._limits).seconds
        except AudioError:
            return 0.0

    def _trial(self, engine: LocalEngine, drawn: Sequence[Job]) -> Trial:
        """The run's work on as many of these as are begun within `TRIAL_SECONDS` of the first that is done."""
        started, first = time.monotonic(), 0.0
        ends: list[float] = []
        seconds = 0.0

        def tasks() -> Iterator[Task]:
            for number, job in enumerate(drawn):
                if first and time.monotonic() - first > TRIAL_SECONDS:
                    return
                yield Task(str(number), str(job.path), embed=self._surveyor.embedded, analyse=True)

        with closing(engine.work(tasks())) as work:
            for done in work:
                ends.append(time.monotonic())
                first = first or ends[0]
                seconds += done.header.seconds
        if not ends:
            return Trial(0.0, 0.0, 0.0, 0)
        return rated(ends, started, seconds)


def rated(ends: Sequence[float], started: float, seconds: float) -> Trial:
    """From when each file was done. Files come in batches: those that came with the first one tell how long starting
    takes, the others the pace; where all came at once, starting counts as work."""
    later = [end for end in ends if end - ends[0] > SAME_BATCH]
    if later:
        pace, start = (later[-1] - ends[0]) / len(later), ends[0] - started
    else:
        pace, start = (ends[-1] - started) / len(ends), 0.0
    return Trial(start, pace, pace * len(ends) / max(seconds, 1e-3), len(ends))


def scaled(jobs: Sequence[Job], read: Sequence[tuple[Job, float]]) -> float:
    """Seconds of all jobs' sound: bytes times what the drawn ones of their format (of any, where none was drawn) hold
    a byte."""
    told, size, every = (defaultdict[str, float](float) for _ in range(3))
    for job, seconds in read:
        told[_format(job)] += seconds
        size[_format(job)] += job.file.size
    for job in jobs:
        every[_format(job)] += job.file.size
    usual = sum(told.values()) / max(sum(size.values()), 1)
    return sum(total * (told[name] / size[name] if size[name] else usual) for name, total in every.items())


def _format(job: Job) -> str:
    return PurePosixPath(job.file.path).suffix.lower()


def peak_bytes(*, of_workers: bool = False) -> int:
    """The most memory that this process held so far, or the largest of its workers that have ended; 0 on Windows."""
    if sys.platform == "win32":
        return 0
    import resource

    told = resource.getrusage(resource.RUSAGE_CHILDREN if of_workers else resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else 1024 * told
