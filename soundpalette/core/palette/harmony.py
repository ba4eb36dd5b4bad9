"""Key in a set of sounds: which one most agree on, who clashes with it, and how far a clash is from fitting.

Keys are written as in `core.types.Traits`: "A minor", "C# major"; roots "C#3" or "C#". How two keys relate follows the
circle of fifths: equal, relative (A minor and C major) and neighbours (a fifth up or down in the same mode) fit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from soundpalette.core.music.notes import PITCH_CLASSES, Key
from soundpalette.core.types import Fact, Traits

SAME: Final = 1.0
RELATIVE: Final = 0.9
NEIGHBOUR: Final = 0.7
CLASH: Final = 0.0
ROOT_OUTSIDE: Final = 0.4
"""A single note outside the key: a sampler transposes it more easily than a loop."""
_SCALES: Final = {"major": frozenset({0, 2, 4, 5, 7, 9, 11}), "minor": frozenset({0, 2, 3, 5, 7, 8, 10})}
_ROOT: Final = re.compile(r"([A-G]#?)-?\d*")


@dataclass(frozen=True, slots=True)
class Consensus:
    """The key that most sounds agree on ("" where none has one), the positions of sounds that clash with it, and for
    every sound the transposition in semitones that makes it fit (0: it fits, or has neither key nor root)."""

    key: str
    clashing: tuple[int, ...]
    shifts: tuple[int, ...]


def compatible(a: str, b: str) -> bool:
    """Whether two keys go together by the circle of fifths: equal, relative, or neighbours in one mode."""
    return relation(a, b) > CLASH


@lru_cache(maxsize=1024)
def relation(a: str, b: str) -> float:
    """How well two keys go together: 1 equal, 0.9 relative, 0.7 neighbours, 0 a clash."""
    one, other = Key.parse(a), Key.parse(b)
    if one == other:
        return SAME
    if other == one.relative:
        return RELATIVE
    return NEIGHBOUR if other in one.compatible else CLASH


def in_key(root: str, key: str) -> bool:
    """Whether a root note belongs to a key's scale (minor: the natural one)."""
    parsed = Key.parse(key)
    return (_pitch_class(root) - parsed.pitch_class) % 12 in _SCALES[parsed.mode]


def fit(traits: Traits, key: str) -> float | None:
    """How well a sound's key, or else its root, goes with a key, 0 to 1; None for a sound without either."""
    if traits.key is not None:
        return relation(traits.key.value, key)
    if traits.root is not None:
        return SAME if in_key(traits.root.value, key) else ROOT_OUTSIDE
    return None


def fits(traits: Traits, key: str) -> bool:
    """Whether a sound goes with a key as it is; one without key and root does."""
    told = fit(traits, key)
    return told is None or told > ROOT_OUTSIDE


def told(traits: Traits) -> str:
    """A sound's key, else its root as "root C#3", else ""."""
    return traits.key.value if traits.key else f"root {traits.root.value}" if traits.root else ""


def consensus(sounds: Sequence[Traits], target: str = "") -> Consensus:
    """The key of the palette: `target` where one is given, else the one that the keys (by confidence) support most."""
    keys = [sound.key for sound in sounds if sound.key is not None]
    key = target or _most_supported(keys)
    if not key:
        return Consensus("", (), (0,) * len(sounds))
    clashing = tuple(i for i, sound in enumerate(sounds) if not fits(sound, key))
    return Consensus(key, clashing, tuple(_shift(sound, key) if i in clashing else 0 for i, sound in enumerate(sounds)))


def transposed(note: str, semitones: int) -> str:
    """A tonic or root without octave, `semitones` higher."""
    return PITCH_CLASSES[(_pitch_class(note) + semitones) % 12]


def _most_supported(keys: Sequence[Fact[str]]) -> str:
    def support(key: str) -> float:
        return round(sum(fact.confidence * relation(fact.value, key) for fact in keys), 6)

    return max(sorted({fact.value for fact in keys}), key=support, default="")


def _shift(sound: Traits, key: str) -> int:
    """The smallest transposition that fits, upwards where both ways are as far."""
    for semitones in (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6):
        if sound.key is not None:
            tonic, mode = sound.key.value.split()
            if compatible(f"{transposed(tonic, semitones)} {mode}", key):
                return semitones
        elif sound.root is not None and in_key(transposed(sound.root.value, semitones), key):
            return semitones
    return 0


def _pitch_class(note: str) -> int:
    match = _ROOT.fullmatch(note)
    if match is None:
        raise ValueError(f"{note!r} is no note such as C# or C#3")
    return PITCH_CLASSES.index(match[1])
