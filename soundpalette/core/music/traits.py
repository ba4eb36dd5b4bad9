"""What is known of a sample, put together from its file, its name, its sound and the encoder's guess."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from soundpalette.core.music.clues import Clues
from soundpalette.core.music.sound import Pulse, Sound
from soundpalette.core.types import Fact, Guess, Traits

FILE_CONFIDENCE: Final = 0.95
NAME_CONFIDENCE: Final = 0.9
MOST_TAGS: Final = 8
DOUBTED_FILE: Final = 0.7
DOUBTED_NAME: Final = 0.4
"""Confidence in a tempo in doubt that the sound does not bear out."""
OVERRIDING: Final = 0.5
"""A sound surer than this of its own tempo overrides one in doubt; parts and likely one-shots never are."""
AGREEING: Final = 0.02
BAR: Final = 4
POWER_OFF: Final = 0.01
BARS_OFF: Final = 0.05
"""How far from whole bars a loop may last for a number in its name to be its tempo: a share, and beats."""
WHOLE_BEATS: Final = 0.03
"""How far from a whole number, as a share of it, the beats of a loop may lie that was not cut to the sample."""
NO_GUESS: Final = Guess()
T = TypeVar("T")


def merge(file: Clues, name: Clues, sound: Sound, guess: Guess = NO_GUESS) -> Traits:
    """Of each value what the file tells, else its name, else its sound, else the encoder.

    Beats belong to the tempo that was taken: where the file tells only one of the two, the length gives the other.
    """
    kind = _told(file.kind, name.kind) or sound.kind
    heard = _heard(sound, kind.value)
    bpm = _tempo(file, name, heard, _Length(sound.seconds, kind.value))
    return Traits(
        kind=kind,
        bpm=bpm,
        beats=_beats(file, name, heard, _Length(sound.seconds, kind.value), bpm),
        key=_first(_told(file.key, name.key), sound.key),
        root=_root(file, name, sound.root),
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


def _root(file: Clues, name: Clues, heard: Fact[str] | None) -> Fact[str] | None:
    """A name's octave follows its maker's custom, and half of them call middle C C3: the sound's own is taken."""
    told = _told(file.root, name.root)
    if told and told.source == "name" and heard and _letter(told.value) == _letter(heard.value):
        return replace(told, value=heard.value)
    return _first(told, heard)


def _letter(root: str) -> str:
    return root.rstrip("-0123456789")


# --- tempo


@dataclass(frozen=True, slots=True)
class _Length:
    """How long a sample lasts, and whether it is a "loop" or a "one-shot"."""

    seconds: float
    kind: str

    @property
    def is_loop(self) -> bool:
        return self.kind == "loop" and self.seconds > 0

    def is_in_bars(self, bpm: float) -> bool:
        """Whether it lasts whole bars at that tempo; a number of beats that is a power of two may be off by more."""
        exact = bpm * self.seconds / 60
        beats = round(exact)
        power = beats >= BAR and beats & (beats - 1) == 0
        return beats >= BAR and beats % BAR == 0 and abs(exact - beats) <= (POWER_OFF * beats if power else BARS_OFF)


def _heard(sound: Sound, kind: str) -> Pulse | None:
    """The sound's tempo; a one-shot has none, and what a name calls a loop may have one though it sounds like none."""
    if kind != "loop":
        return None
    return Pulse(sound.bpm, sound.beats) if sound.bpm else sound.if_loop


def _tempo(file: Clues, name: Clues, heard: Pulse | None, length: _Length) -> Fact[float] | None:
    bpm = heard.bpm if heard else None
    if file.bpm is None and file.beats and length.is_loop:
        return Fact(60 * file.beats / length.seconds, "file", FILE_CONFIDENCE)  # Apple Loops tell their beats alone
    if file.bpm is not None and not file.bpm_in_doubt:
        return Fact(file.bpm, "file", FILE_CONFIDENCE)
    if file.bpm is not None and length.is_loop:
        return Fact(file.bpm, "file", FILE_CONFIDENCE if _agree(file.bpm, bpm) else DOUBTED_FILE)
    if name.bpm is None:
        return bpm
    if not name.bpm_in_doubt or length.is_in_bars(name.bpm) or _agree(name.bpm, bpm):
        return Fact(name.bpm, "name", NAME_CONFIDENCE)
    return bpm if bpm and bpm.confidence > OVERRIDING else Fact(name.bpm, "name", DOUBTED_NAME)


def _agree(told: float, heard: Fact[float] | None) -> bool:
    """Whether the sound has the tempo that was told, or half or double that."""
    return heard is not None and any(abs(heard.value * octave / told - 1) <= AGREEING for octave in (0.5, 1, 2))


def _beats(file: Clues, name: Clues, heard: Pulse | None, length: _Length, bpm: Fact[float] | None) -> Fact[int] | None:
    told = _told(file.beats, name.beats)
    if told is not None or bpm is None:
        return told
    if bpm.source == "sound":
        return heard.beats if heard else None
    return _whole_beats(bpm, length.seconds) if length.is_loop else None


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
