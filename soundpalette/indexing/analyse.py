"""The musical part of indexing: what a content and a name tell, heard once a content and revision."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from soundpalette.core.audio import Recording
from soundpalette.core.music.analysis import REVISION, Content, read_content, unheard
from soundpalette.core.music.names import from_name
from soundpalette.core.types import Analysis, Guess, Traits, Vectors
from soundpalette.errors import AudioError
from soundpalette.indexing.work import Heard, Job

log = logging.getLogger(__name__)


class Guesser(Protocol):
    """Guesses role, genre and tags in an encoder's space."""

    @property
    def revision(self) -> str:
        """Changes with whatever the guesses depend on, such as the vocabulary."""
        ...

    def guess(self, vectors: Vectors) -> Sequence[Guess]:
        """A guess for each unit vector of [n, dimension]."""
        ...


def hear(recorded: Recording) -> Heard:
    """Analyse one file; a failure is logged, and told as `reason` where the file itself cannot be decoded."""
    path = recorded.path
    started = time.thread_time()
    content, reason = None, ""
    try:
        content = read_content(recorded)
    except AudioError as error:
        log.warning("%r is not analysed: it %s", str(path), error.reason)
        reason = error.reason
    except Exception:  # whatever the analysis cannot do must not keep the file from being found
        log.exception("%r could not be analysed", str(path))
    return Heard(content, time.thread_time() - started, reason)


def kept_content(analysis: Analysis | None) -> Heard | None:
    """What an earlier run heard by this revision; None where that was not tried, or cannot be read any more."""
    if analysis is None or analysis.revision != REVISION:
        return None
    with suppress(ValueError):
        return Heard(Content.from_json(analysis.told) if analysis.told else None)
    return None


def traits(job: Job, heard: Heard, guess: Guess) -> Traits:
    """What the name, the file and its sound tell; where the analysis failed, what name, folders and tags tell."""
    name = from_name(Path(job.root.path).name + "/" + job.file.path)
    return heard.content.traits(name, guess) if heard.content else unheard(job.path, name, guess)


def revision(guesser: Guesser | None) -> str:
    """What traits are put together by: a file whose traits are of another one is looked at again."""
    return f"{REVISION}-{guesser.revision}" if guesser else f"{REVISION}"


def current(guesser: Guesser | None) -> Callable[[str], bool]:
    """Tells of a revision whether traits of it need nothing that a run with this guesser could add; without a guesser,
    older guesses are good enough."""
    wanted = revision(guesser)
    return (lambda told: told == wanted) if guesser else (lambda told: told.partition("-")[0] == wanted)
