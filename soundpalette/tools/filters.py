"""Filters at the wire: what every search tool publishes of them, and a sentence for what cannot be one."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from soundpalette.core.music.notes import Key
from soundpalette.core.types import Filters, KeyMatch, Kind
from soundpalette.errors import RequestError
from soundpalette.tools.names import clean

MAX_BPM: Final = 999
MAX_SECONDS: Final = 86_400
MAX_WORD: Final = 64
MAX_FOLDER: Final = 1024
SHOWN: Final = 60


def _field(description: str, **bounds: float) -> Any:
    return Field(description=description, json_schema_extra={**bounds})


_BPM: Final = Annotated[float, _field("0: any", minimum=0, maximum=MAX_BPM)]
_SECONDS: Final = Annotated[float, _field("0: any", minimum=0, maximum=MAX_SECONDS)]
PUBLISHED: Final[dict[str, Any]] = {
    "min_bpm": _BPM,
    "max_bpm": _BPM,
    "half_double": Annotated[bool, _field("Also half or double")],
    "key": Annotated[str, _field("'A minor', 'F#m', '8A'")],
    "key_match": Annotated[KeyMatch, _field("compatible: by circle of fifths")],
    "role": Annotated[str, _field("What it does")],
    "genre": Annotated[str, _field("'techno'")],
    "kind": Annotated[Kind, _field("Loop or single")],
    "min_seconds": _SECONDS,
    "max_seconds": _SECONDS,
    "folder": Annotated[str, _field("As in hits' paths")],
    "tag": Annotated[str, _field("'warm'")],
}
"""The parameter that each field of `Filters` is to a client. Each word costs three times; `checked` says the rest."""


def checked(filters: Filters, roles: Sequence[str]) -> Filters:
    """The filters as they came. Raises RequestError for a range upside down, an unknown key, one of no `roles`, endless
    words."""
    _check_range("bpm", filters.min_bpm, filters.max_bpm, MAX_BPM)
    _check_range("seconds", filters.min_seconds, filters.max_seconds, MAX_SECONDS)
    for name in ("key", "genre", "tag", "folder"):
        _check_word(name, getattr(filters, name), MAX_FOLDER if name == "folder" else MAX_WORD)
    if filters.role not in ("", "any", *roles):
        raise RequestError(f"role is {_shown(filters.role)}; any or one of these is allowed: {', '.join(roles)}")
    if filters.key.strip():
        Key.parse(filters.key)
    return filters


def _check_range(unit: str, low: float, high: float, most: float) -> None:
    for name, value in ((f"min_{unit}", low), (f"max_{unit}", high)):
        if not math.isfinite(value) or not 0 <= value <= most:
            raise RequestError(f"{name} is {value:g}; 0 (any) to {most:,} are allowed")
    if high and low > high:
        raise RequestError(f"min_{unit} is {low:g} and max_{unit} {high:g}, which nothing can meet; swap them")


def _check_word(name: str, word: str, most: int) -> None:
    if len(word) > most:
        raise RequestError(f"{name} has {len(word):,} characters; up to {most:,} are allowed; say it shorter")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in word):
        raise RequestError(f"{name} is {_shown(word)}, which is no valid Unicode text; send valid Unicode")


def _shown(word: str) -> str:
    return repr(clean(word, SHOWN))
