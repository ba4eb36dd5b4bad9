"""A validation library's findings as sentences of ours."""

import re
from typing import Any, Final

from soundpalette.errors import CatalogueError, EncoderError, SoundPaletteError, VectorIndexError
from soundpalette.tools.names import clean

SHOWN: Final = 60
_OURS: Final[dict[type[SoundPaletteError], str]] = {
    CatalogueError: "the catalogue cannot be used; the server's log says why",
    VectorIndexError: "the index cannot be used; the server's log says why",
    EncoderError: "the encoder cannot be used; the server's log says why",
}
_NAMES_A_FOLDER: Final = re.compile(r"(?:^|[\s'\"(])(?:[/~]|[A-Za-z]:[\\/]|\\\\)")


def outward(error: SoundPaletteError) -> SoundPaletteError:
    """What of `error` is for whoever asks over a network: where the server keeps its own files is not."""
    for kind, sentence in _OURS.items():
        if isinstance(error, kind) and _NAMES_A_FOLDER.search(str(error)):
            return kind(sentence)
    return error


def fault(found: Any) -> str:
    """One of pydantic's errors (a mapping with loc, type, input, msg): what is wrong with which parameter."""
    name = ".".join(str(part) for part in found["loc"])
    if found["type"] == "missing":
        return f"{name} is missing; the input schema lists what is taken"
    return f"{name} is {clean(repr(found['input']), SHOWN)}: {found['msg'][0].lower()}{found['msg'][1:]}"
