"""The processor's part of indexing one file: hash, header, decoded windows, analysis. It knows no catalogue."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from soundpalette.core.audio import Limits, Probe, Recording, recording
from soundpalette.core.encoders.base import WINDOWS_AT_ONCE, Encoder
from soundpalette.core.types import Window
from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.indexing.analyse import hear
from soundpalette.indexing.work import NO_HEADER, Heard, Identified, Job, Task

LONG_SECONDS: Final = 30.0
"""Longer files are decoded while they are embedded rather than ahead, so that memory stays bounded."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A task ready to be embedded. `windows` is None where none are needed, and empty where the file is long and is to
    be streamed. `reason` says why it cannot be indexed."""

    task: Task
    header: Probe = NO_HEADER
    windows: tuple[Window, ...] | None = None
    heard: Heard | None = None
    reason: str = ""

    @property
    def seconds(self) -> float:
        """How much sound its windows hold."""
        return self.header.seconds if self.windows else 0.0


def identify(job: Job) -> Identified:
    """The content of one file."""
    try:
        return Identified(job, hash_of(job.path))
    except AudioError as error:
        return Identified(job, reason=error.reason)


def prepare(task: Task, encoder: Encoder, limits: Limits) -> Prepared:
    """Decode and analyse one file; whatever is wrong with it becomes its `reason`."""
    try:
        with recording(Path(task.source), limits, shared=True) as recorded:  # windows and analysis share one decoding
            windows = _windows(recorded, encoder) if task.embed and task.features is None else None
            return Prepared(task, recorded.header, windows, hear(recorded) if task.analyse else None)
    except AudioError as error:
        return Prepared(task, reason=error.reason)
    except SoundPaletteError:  # of the encoder: no fault of the file
        raise
    except Exception as error:  # one strange file must not end a run over thousands
        log.exception("%r could not be prepared", task.source)
        return Prepared(task, reason=f"could not be read ({type(error).__name__}); report this file to us")


def _windows(recorded: Recording, encoder: Encoder) -> tuple[Window, ...]:
    return () if recorded.header.seconds > LONG_SECONDS else tuple(encoder.windows(recorded))


def window_chunks(task: Task, encoder: Encoder) -> Iterator[tuple[Window, ...]]:
    """The windows of a long file, some at once, as they are decoded. Raises AudioError."""
    windows = encoder.windows(Path(task.source))
    while chunk := tuple(islice(windows, WINDOWS_AT_ONCE)):
        yield chunk


def hash_of(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex. Raises AudioError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioError(path, f"cannot be read ({error.strerror}); check that it exists and may be read") from error
