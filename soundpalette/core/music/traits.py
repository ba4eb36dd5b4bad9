"""What is known of a sample, put together from its file, its name, its sound and the encoder's guess."""

from collections.abc import Iterable
from typing import Final, TypeVar

from soundpalette.core.music.clues import Clues
from soundpalette.core.music.sound import Sound
from soundpalette.core.types import Fact, Guess, Traits

FILE_CONFIDENCE: Final = 0.95
NAME_CONFIDENCE: Final = 0.9
MOST_TAGS: Final = 8
WHOLE_BEATS: Final = 0.03
"""How far from a whole number, as a share of it, the beats of a loop may lie that was not cut to the sample."""
NO_GUESS: Final = Guess()
T = TypeVar("T")


def merge(file: Clues, name: Clues, sound: Sound, guess: Guess = NO_GUESS) -> Traits:
    """Of each value what the file tells, else its name, else its sound, else the encoder.

    Beats belong to the tempo that was taken: where the file tells only one of the two, the length gives the other.
    """
    kind = _told(file.kind, name.kind) or sound.kind
    bpm = _tempo(file, name, sound, kind.value)
    return Traits(
        kind=kind,
        bpm=bpm,
        beats=_beats(file, name, sound, kind.value, bpm),
        key=_first(_told(file.key, name.key), sound.key),
        root=_first(_told(file.root, name.root), sound.root),
        role=_first(_told(file.role, name.role), guess.role),
        genre=_first(_told(file.genre, name.genre), guess.genre),
        tags=_distinct((*file.tags, *name.tags, *guess.tags)),
        loudness_lufs=sound.loudness_lufs,
        peak_db=sound.peak_db,
        brightness_hz=sound.brightness_hz,
        attack_seconds=sound.attack_seconds,
        decay_seconds=sound.decay_seconds,
        noisiness=sound.noisiness,
        width=sound.width,
        bands=sound.bands,
    )


def _told(file: T | None, name: T | None) -> Fact[T] | None:
    if file is not None:
        return Fact(file, "file", FILE_CONFIDENCE)
    return None if name is None else Fact(name, "name", NAME_CONFIDENCE)


def _first(told: Fact[T] | None, otherwise: Fact[T] | None) -> Fact[T] | None:
    return told if told is not None else otherwise


def _tempo(file: Clues, name: Clues, sound: Sound, kind: str) -> Fact[float] | None:
    counted = None
    if file.bpm is None and file.beats and kind == "loop" and sound.seconds > 0:
        counted = 60 * file.beats / sound.seconds  # Apple Loops tell their beats alone
    return _first(_told(counted or file.bpm, name.bpm), sound.bpm)


def _beats(file: Clues, name: Clues, sound: Sound, kind: str, bpm: Fact[float] | None) -> Fact[int] | None:
    told = _told(file.beats, name.beats)
    if told is not None or bpm is None:
        return told
    if bpm.source == "sound":
        return sound.beats
    return _whole_beats(bpm, sound.seconds) if kind == "loop" else None


def _whole_beats(bpm: Fact[float], seconds: float) -> Fact[int] | None:
    exact = bpm.value * seconds / 60
    beats = round(exact)
    return Fact(beats, bpm.source, bpm.confidence) if beats and abs(exact - beats) <= WHOLE_BEATS * beats else None


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """The first of those that differ in case alone, as many as a sample may have."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(tag.lower(), tag)
    return tuple(found.values())[:MOST_TAGS]
