"""Pitch classes, notes and keys: how they are written, and which keys go together.

Octaves are counted as in scientific pitch notation: C4 is middle C, MIDI note 60, A4 is 440 Hz. Some makers call middle
C C3: names are read as they are written, and the octave that is heard is told in their place (traits.py).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from soundpalette.errors import RequestError

Mode = Literal["major", "minor"]

PITCH_CLASSES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
"""The twelve pitch classes from C on, with sharps only."""
_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
_NOTE: Final = re.compile(r"([A-Ga-g])(#|♯|b|♭)?(-?\d{1,2})")
_KEY: Final = re.compile(
    r"([A-Ga-g])(?:(#|♯|b|♭)|[ _-]?((?i:sharp|flat)))?[ _-]{0,2}(m|M|(?i:maj(?:or)?|min(?:or)?)\.?)"
)
_CAMELOT: Final = re.compile(r"0?([1-9]|1[0-2])([ABab])")
_MAX_TEXT: Final = 20
_MIDI_NOTES: Final = 128
_MINOR_THIRD: Final = 3
_FIFTH: Final = 7


@dataclass(frozen=True, slots=True)
class Key:
    """A key: `pitch_class` of its tonic (0 is C), `mode` major or minor. As text "A minor", with sharps only."""

    pitch_class: int
    mode: Mode

    def __str__(self) -> str:
        return f"{PITCH_CLASSES[self.pitch_class]} {self.mode}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """A key as people write it: "A minor", "F#min", "Bb major", "Am", "A_minor", Camelot "8A".

        Raises RequestError where it is none.
        """
        key = read_key(text)
        if key is None:
            raise RequestError(
                f"{text[:40]!r} is no key; a note from A to G (with # or b) and major or minor is allowed, or a "
                'Camelot code from 1A to 12B; write it as "A minor", "F#min", "Bb major" or "8A"'
            )
        return key

    @property
    def relative(self) -> "Key":
        """The key of the other mode with the same notes: C major and A minor."""
        if self.mode == "minor":
            return Key((self.pitch_class + _MINOR_THIRD) % 12, "major")
        return Key((self.pitch_class - _MINOR_THIRD) % 12, "minor")

    @property
    def camelot(self) -> str:
        """Its place on the Camelot wheel, the circle of fifths as DJs number it: A minor is 8A, C major 8B."""
        major = self if self.mode == "major" else self.relative
        hour = (major.pitch_class * _FIFTH + 7) % 12 + 1
        return f"{hour}{'B' if self.mode == 'major' else 'A'}"

    @property
    def compatible(self) -> tuple["Key", ...]:
        """The keys that mix with this one: itself, its relative, and its neighbours on the circle of fifths."""
        return (self, self.relative, self._fifths(1), self._fifths(-1))

    def _fifths(self, steps: int) -> "Key":
        return Key((self.pitch_class + steps * _FIFTH) % 12, self.mode)


def read_key(text: str) -> Key | None:
    """As `Key.parse`, but None where `text` is no key."""
    text = text.strip()
    if len(text) > _MAX_TEXT:
        return None
    if found := _CAMELOT.fullmatch(text):
        return _from_camelot(int(found[1]), found[2].upper())
    if found := _KEY.fullmatch(text):
        accidental = (found[2] or found[3] or "").lower()
        return Key(pitch_class(found[1], accidental), mode_of(found[4]))
    return None


def pitch_class(letter: str, accidental: str = "") -> int:
    """0 to 11 of a letter from A to G and "", "#", "b", "sharp" or "flat"; Cb is B."""
    return (_LETTERS[letter.upper()] + _ACCIDENTALS[accidental]) % 12


def mode_of(word: str) -> Mode:
    """The mode that "m", "M", "min", "Major" say: a lone m is minor, a lone M major."""
    return "major" if word == "M" or word.lower().startswith("maj") else "minor"


def read_note(text: str) -> int | None:
    """The MIDI number of a note with its octave ("C#3", "Bb-1"), or None where `text` is none from C-1 to G9."""
    found = _NOTE.fullmatch(text.strip()[:_MAX_TEXT])
    if not found:
        return None
    number = 12 * (int(found[3]) + 1) + _LETTERS[found[1].upper()] + _ACCIDENTALS[found[2] or ""]
    return number if 0 <= number < _MIDI_NOTES else None


def note_name(midi: int) -> str:
    """A MIDI number, 0 to 127, as a note with its octave: 60 is "C4"."""
    if not 0 <= midi < _MIDI_NOTES:
        raise ValueError(f"{midi} is no MIDI note; they go from 0 to {_MIDI_NOTES - 1}")
    return f"{PITCH_CLASSES[midi % 12]}{midi // 12 - 1}"


def _from_camelot(hour: int, letter: str) -> Key:
    major = Key((hour - 8) * _FIFTH % 12, "major")
    return major if letter == "B" else major.relative
