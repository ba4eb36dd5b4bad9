"""What travels between the driver of a run, which alone knows the catalogue, and the engine that does the work.

The driver turns every file into a `Job`; the engine tells which content each has; the driver decides what is to be done
for that content, once (`Task`); the engine does it, on this machine or others, and gives it back (`Done`).
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from soundpalette.core.addresses import place_in
from soundpalette.core.audio import Probe
from soundpalette.core.music.analysis import Content
from soundpalette.core.types import Features, FoundFile, KnownFile, Root, Vector

NO_HEADER: Final = Probe(0, 1, 0, "")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to look at: where it is, what the scan saw, what the catalogue remembers of it."""

    root: Root
    file: FoundFile
    known: KnownFile | None

    @property
    def path(self) -> Path:
        return Path(self.root.path, self.file.path)

    @property
    def source(self) -> str:
        """Where the file is: an absolute path, or below a root that is an address, an address."""
        return place_in(self.root.path, self.file.path)


@dataclass(frozen=True, slots=True)
class Identified:
    """A job and the SHA-256 of its file's bytes in hex, or the reason why it cannot be read."""

    job: Job
    content_hash: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done for one content: read its header, and as asked embed it and analyse its sound.

    `source` is where a file that has it is (`Job.source`). `features` are given where an earlier run kept them: they
    are pooled, and no window is embedded. Without `pool` the features alone are wanted, and the vector comes later.
    """

    content_hash: str
    source: str
    embed: bool
    analyse: bool
    features: Features | None = None
    pool: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """What analysing a sound gave: None and a `reason` (which may be "") where it failed; `seconds` of processor."""

    content: Content | None = None
    seconds: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task: unit vector [dimension] where it was embedded, and features [windows, width] where they
    were made and are worth keeping; what was heard where it was analysed. `reason` says why this content cannot be
    indexed."""

    task: Task
    header: Probe = NO_HEADER
    vector: Vector | None = None
    features: Features | None = None
    heard: Heard | None = None
    reason: str = ""


class Engine(Protocol):
    """Does the work of a run. Nothing is asked of it before it is used, and both ways take no more of what they are
    given than they work on at once; closed before their end, they leave nothing behind."""

    def identify(self, jobs: Iterable[Job]) -> Generator[Identified, None, None]:
        """Every job with its content, in order."""
        ...

    def work(self, tasks: Iterable[Task]) -> Generator[Done, None, None]:
        """Every task done, in any order; whatever is wrong with a content becomes its `reason`."""
        ...
