"""The musical part of indexing one file: what its content and its name tell, read once a content and revision."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from soundpalette.core.audio import Recording
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.music.analysis import REVISION, Content, read_content, unheard
from soundpalette.core.music.clues import Clues
from soundpalette.core.music.names import from_name
from soundpalette.core.types import Analysis, Guess, Root, Traits, Vectors
from soundpalette.errors import AudioError

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


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the file at `path` and its name tell. `content` is None where the analysis failed; `new` is what the
    catalogue does not hold yet, `seconds` the processor's time that it cost; `reason` says where the file itself could
    not be decoded."""

    path: Path = Path()
    content: Content | None = None
    name: Clues = field(default_factory=Clues)
    new: Analysis | None = None
    seconds: float = 0.0
    reason: str = ""

    def traits(self, guess: Guess) -> Traits:
        """Where the analysis failed, what name, folders and tags tell."""
        return self.content.traits(self.name, guess) if self.content else unheard(self.path, self.name, guess)


def analyse(catalogue: Catalogue, root: Root, path: str, content_hash: str, recorded: Recording) -> Analysed:
    """Analyse what is `recorded` of the relative `path`, unless this revision did with its content; logs a failure."""
    name = from_name(Path(root.path).name + "/" + path)
    file = Path(root.path, path)
    kept = catalogue.analysis(content_hash)
    if kept is not None and kept.revision == REVISION:
        with suppress(ValueError):  # what cannot be read any more is analysed anew
            return Analysed(file, Content.from_json(kept.told) if kept.told else None, name)
    started = time.thread_time()
    content, reason = _read(recorded)
    told = content.to_json() if content else None
    return Analysed(file, content, name, Analysis(REVISION, told), time.thread_time() - started, reason)


def _read(recorded: Recording) -> tuple[Content | None, str]:
    path = recorded.path
    try:
        return read_content(recorded), ""
    except AudioError as error:
        log.warning("%r is not analysed: it %s", str(path), error.reason)
        return None, error.reason
    except Exception:  # whatever the analysis cannot do must not keep the file from being found
        log.exception("%r could not be analysed", str(path))
        return None, ""


def revision(guesser: Guesser | None) -> str:
    """What traits are put together by: a file whose traits are of another one is looked at again."""
    return f"{REVISION}-{guesser.revision}" if guesser else f"{REVISION}"


def is_current(traits: str, guesser: Guesser | None) -> bool:
    """Whether traits of the revision `traits` need nothing that this run could add; without a guesser, older guesses
    are good enough."""
    return traits == revision(guesser) if guesser else traits.partition("-")[0] == f"{REVISION}"
