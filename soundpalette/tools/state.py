"""The state of the library for whoever looks at it: what is indexed, what is being indexed, what could not be."""

from pydantic import Field

from soundpalette.tools.schemas import Answer, RootStatus
from soundpalette.tools.workbench import Workbench


class LibraryState(Answer):
    """Counts, and how far the indexer is that is at work, if one is."""

    encoder: str
    samples: int
    indexed: int
    pending: int
    failed: int
    mapped: int = Field(description="Samples that have a place on the map")
    roots: list[RootStatus]
    running: bool
    done: int = Field(description="Files of this run")
    planned: int
    finished: str = Field(description="When the last whole run ended, UTC; empty: never")
    version: str = Field(description="Changes when an answer may change")


class FailureShown(Answer):
    """A file that could not be indexed, and why."""

    path: str
    reason: str


class Failures(Answer):
    """Some of them, by path."""

    total: int
    failures: list[FailureShown]


def library_state(bench: Workbench) -> LibraryState:
    """Loads no encoder. Raises SoundPaletteError for a damaged index."""
    raise NotImplementedError


def library_failures(bench: Workbench, offset: int, limit: int) -> Failures:
    """Raises RequestError beyond the bounds."""
    raise NotImplementedError
