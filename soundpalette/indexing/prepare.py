"""The processor's part of indexing one file: hash, header, decoded windows, analysis. Runs ahead in worker threads."""

import hashlib
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soundpalette.core.audio import Limits, Probe, Recording, recording
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import KnownFile, Root, Window
from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.indexing.analyse import Analysed, analyse
from soundpalette.indexing.scan import FoundFile

LONG_SECONDS: Final = 30.0
"""Longer files are decoded while they are embedded rather than ahead, so that memory stays bounded."""
NO_HEADER: Final = Probe(0, 1, 0, "")
NOT_ANALYSED: Final = Analysed()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A file to look at: where it is, what the scan saw, what the catalogue remembers of it."""

    root: Root
    file: FoundFile
    known: KnownFile | None

    @property
    def path(self) -> Path:
        return Path(self.root.path, self.file.path)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job ready to be embedded. `windows` is None where the catalogue holds this content's vector already (or none is
    asked for), and empty where the file is long and is to be streamed. `reason` says why it cannot be indexed."""

    job: Job
    content_hash: str = ""
    header: Probe = NO_HEADER
    windows: tuple[Window, ...] | None = None
    analysed: Analysed = NOT_ANALYSED
    reason: str = ""


class Preparer:
    """Prepares jobs in worker threads, a bounded number ahead of whoever takes them; windows only to `encode`."""

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, limits: Limits, *, workers: int, ahead: int, encode: bool
    ) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._limits = limits
        self._workers = workers
        self._ahead = ahead
        self._encode = encode

    def all(self, jobs: Iterable[Job]) -> Iterator[Prepared]:
        """Every job prepared, in order."""
        if self._workers == 0:
            yield from map(self.one, jobs)
            return
        pool = ThreadPoolExecutor(self._workers, "prepare")
        waiting: deque[Future[Prepared]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(self.one, job))
                if len(waiting) > self._ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def one(self, job: Job) -> Prepared:
        """Hash and decode one file; whatever is wrong with it becomes its `reason`."""
        try:
            return self._prepare(job)
        except AudioError as error:
            return Prepared(job, _hash_if_known(job), reason=error.reason)
        except SoundPaletteError:  # of the catalogue: no fault of the file
            raise
        except Exception as error:  # one strange file must not end a run over thousands
            log.exception("%r could not be prepared", str(job.path))
            return Prepared(job, reason=f"could not be read ({type(error).__name__}); report this file to us")

    def _prepare(self, job: Job) -> Prepared:
        with recording(job.path, self._limits, shared=True) as recorded:  # windows and analysis share one decoding
            content_hash = hash_of(job.path)
            embedded = self._catalogue.has_vector(content_hash, self._encoder.space)
            windows = None if embedded or not self._encode else self._windows(recorded)
            analysed = analyse(self._catalogue, job.root, job.file.path, content_hash, recorded)
        # What cannot be decoded is a failure of the file; the encoder says so, where it is asked.
        reason = "" if embedded or self._encode else analysed.reason
        return Prepared(job, content_hash, recorded.header, windows, analysed, reason)

    def _windows(self, recorded: Recording) -> tuple[Window, ...]:
        return () if recorded.header.seconds > LONG_SECONDS else tuple(self._encoder.windows(recorded))


def _hash_if_known(job: Job) -> str:
    """What tells a file that turned bad from one that cannot be read at all, as on a drive that went away."""
    if job.known is None:
        return ""
    try:
        return hash_of(job.path)
    except AudioError:
        return ""


def hash_of(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex. Raises AudioError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioError(path, f"cannot be read ({error.strerror}); check that it exists and may be read") from error
