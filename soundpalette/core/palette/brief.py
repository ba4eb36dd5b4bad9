"""A brief in words: the tempo and the key that it names, and what is left to search with."""

import re
from dataclasses import dataclass
from typing import Final

from soundpalette.core.music.lexicon import said_in
from soundpalette.core.music.notes import Key, mode_of, pitch_class
from soundpalette.core.palette.tempo import MAX_BPM, MIN_BPM
from soundpalette.errors import RequestError

_BPM: Final = re.compile(r"(?<![\w.])(\d{2,3}(?:\.\d{1,2})?)[ -]?bpm\b", re.IGNORECASE)
_LONG: Final = re.compile(r"\b([A-Ga-g])([#♯b♭]?)[ -]?(major|minor|maj|min)\b", re.IGNORECASE)
_SHORT: Final = re.compile(r"\b([A-G])([#♯b♭]?)(m)\b(?! I\b)")
_BEFORE: Final = re.compile(r"(?:\b(?:in|at|around|about|the|tempo|key)\s+(?:of\s+)?)+$", re.IGNORECASE)
"""What leads to a tempo or a key: "at around 120 BPM", "in the key of"."""
_GAPS: Final = re.compile(r"[\s,;]{2,}")


@dataclass(frozen=True, slots=True)
class Brief:
    """What a brief asks for: the words without tempo and key, `bpm` (None: not told), `key` such as "A minor" or ""."""

    words: str
    bpm: float | None
    key: str

    @property
    def genres(self) -> tuple[str, ...]:
        """Those that the words name, as samples have them: "melodic techno" is techno."""
        return said_in(self.words).genres


def parse(text: str, bpm: float = 0, key: str = "") -> Brief:
    """Read tempo and key out of a brief such as "dark minimal techno, 126 BPM, A minor".

    `bpm` and `key` given beside the text win over it; 0 and "" say nothing. Raises RequestError for a tempo beyond 20
    to 400 and for a key that is none.
    """
    tempo, tonality = _BPM.search(text), _found_key(text)
    told = bpm or (float(tempo[1]) if tempo else 0)
    if told and not MIN_BPM <= told <= MAX_BPM:
        raise RequestError(f"the tempo is {told:g} BPM; {MIN_BPM:g} to {MAX_BPM:g} are allowed (0: no tempo asked)")
    words = text
    for match in sorted(filter(None, (tempo, tonality)), key=lambda match: -match.start()):
        words = f"{_BEFORE.sub('', words[: match.start()])} {words[match.end() :]}"
    found = Key.parse(key) if key.strip() else _key(tonality) if tonality else ""
    return Brief(_tidy(words), told or None, str(found))


def _found_key(text: str) -> re.Match[str] | None:
    """The first key in a text. A small letter counts only where the key ends a phrase: "a minor change" is none."""
    for match in _LONG.finditer(text):
        if match[1].isupper() or re.match(r"\s*(?:[,;.]|$)", text[match.end() :]):
            return match
    return _SHORT.search(text)


def _key(match: re.Match[str]) -> Key:
    return Key(pitch_class(match[1], match[2].lower()), mode_of(match[3].lower()))


def _tidy(words: str) -> str:
    """Without the commas and spaces that a tempo or key left behind."""
    return _GAPS.sub(lambda gap: ", " if "," in gap[0] or ";" in gap[0] else " ", words).strip(" ,;.-")
