"""What a file's content tells, its own chunks and its sound, and how the catalogue keeps it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording
from soundpalette.core.music.clues import Clues
from soundpalette.core.music.files import from_file
from soundpalette.core.music.names import from_name
from soundpalette.core.music.sound import UNHEARD, Sound, analyse_file
from soundpalette.core.music.traits import NO_GUESS, merge
from soundpalette.core.types import Guess, Traits
from soundpalette.errors import AudioError

REVISION: Final = 2
"""Raised with whatever is read otherwise of files, names or sounds: then the next run analyses anew."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes of a file tell, wherever it lies and whatever it is called."""

    file: Clues
    sound: Sound

    def traits(self, name: Clues, guess: Guess = NO_GUESS) -> Traits:
        """Together with what the name tells and the encoder guesses."""
        return merge(self.file, name, self.sound, guess)

    def to_json(self) -> str:
        return _CONTENT.dump_json(self).decode()

    @staticmethod
    def from_json(told: str) -> "Content":
        """Raises ValueError (pydantic's) for what another revision wrote."""
        return _CONTENT.validate_json(told)


def unheard(path: Path, name: Clues, guess: Guess = NO_GUESS) -> Traits:
    """What name, chunks and tags tell of a file whose sound could not be analysed; it measures as silence does."""
    try:
        file = from_file(path)
    except AudioError:
        file = Clues()
    return merge(file, name, UNHEARD, guess)


def read_content(source: Path | Recording, limits: Limits = DEFAULT_LIMITS) -> Content:
    """Read and analyse one file. Raises AudioError."""
    path = source.path if isinstance(source, Recording) else source
    return Content(from_file(path), analyse_file(source, limits))


def read_traits(path: Path, limits: Limits = DEFAULT_LIMITS) -> Traits:
    """What file, name and sound tell of any file; the encoder is not asked. Raises AudioError."""
    return read_content(path, limits).traits(from_name(path))


_CONTENT: Final = TypeAdapter(Content)
