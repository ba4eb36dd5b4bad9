"""Instruments for rendered music: plain synthesis in numpy, each hit a little different, the same for a seed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.sounds import RATE, Audio

TABLE: Final = 2048


@dataclass(frozen=True)
class Timbre:
    """`slope`: harmonic n has the amplitude n^-slope; `odd`: only odd ones; `attack` and `decay` (to 1/e) in seconds;
    `mellow`: how much faster than the whole the upper harmonics die away; `voices` detuned against each other."""

    slope: float
    odd: bool = False
    attack: float = 0.004
    decay: float = 0.5
    mellow: float = 1.0
    voices: int = 1


TIMBRES: Final = {
    "saw": Timbre(1.0, decay=2.0, mellow=2.0),
    "square": Timbre(1.0, odd=True, decay=2.0, mellow=1.5),
    "sub": Timbre(3.5, decay=1.5),
    "pluck": Timbre(1.2, attack=0.002, decay=0.35, mellow=4.0),
    "keys": Timbre(1.8, attack=0.003, decay=1.2, mellow=3.0),
    "bell": Timbre(2.2, odd=True, attack=0.002, decay=1.5, mellow=2.0),
    "organ": Timbre(1.5, attack=0.015, decay=20.0),
    "pad": Timbre(1.4, attack=0.25, decay=30.0, voices=3),
    "strings": Timbre(1.1, attack=0.12, decay=20.0, voices=2),
}


def note(timbre: Timbre, midi: float, seconds: float, rng: np.random.Generator) -> Audio:
    """One note [frames] with a short release inside `seconds`."""
    frames = max(1, round(seconds * RATE))
    time = np.arange(frames) / RATE
    audio = np.zeros(frames)
    for voice in range(timbre.voices):
        hz = 440 * 2 ** ((midi - 69 + 0.08 * (voice - (timbre.voices - 1) / 2)) / 12)
        phase = (hz * time + rng.random()) % 1
        audio += _wave(timbre, 1, 3, hz, phase)
        audio += _wave(timbre, 4, 60, hz, phase) * np.exp(-time / timbre.decay * timbre.mellow)
    release = min(0.03, seconds / 4)
    envelope = np.exp(-time / timbre.decay) * np.minimum(1, time / min(timbre.attack, seconds / 2))
    envelope *= np.minimum(1, (seconds - time) / release)
    return np.asarray(0.2 * audio * envelope / timbre.voices, np.float32)


def chord(timbre: Timbre, notes: list[int], seconds: float, rng: np.random.Generator) -> Audio:
    """Notes together."""
    return np.asarray(np.sum([note(timbre, midi, seconds, rng) for midi in notes], axis=0), np.float32)


def kick(rng: np.random.Generator) -> Audio:
    """A sine that falls from 120-300 to 40-60 Hz, with a click."""
    time = _time(rng.uniform(0.15, 0.4))
    hz = rng.uniform(40, 60) + rng.uniform(80, 240) * np.exp(-time * rng.uniform(20, 50))
    body = np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-time * rng.uniform(8, 16))
    return (0.9 * body + 0.1 * _burst(time, 400, rng)).astype(np.float32)


def snare(rng: np.random.Generator) -> Audio:
    """Two short sines under noise."""
    time = _time(rng.uniform(0.12, 0.3))
    hz = rng.uniform(160, 240)
    body = np.sin(2 * np.pi * hz * time) + 0.5 * np.sin(2 * np.pi * 1.6 * hz * time)
    crack = _burst(time, rng.uniform(12, 30), rng)
    return (0.3 * body * np.exp(-time * 30) + 0.35 * crack).astype(np.float32)


def clap(rng: np.random.Generator) -> Audio:
    """Three bursts of noise within 25 ms and a tail."""
    time = _time(0.25)
    bursts = sum(np.where(time > start, np.exp(-(time - start) * 120), 0) for start in (0, 0.011, 0.022))
    return np.asarray(0.3 * rng.standard_normal(time.size) * (bursts + 0.4 * np.exp(-time * 18)), np.float32)


def hat(rng: np.random.Generator, is_open: bool = False) -> Audio:
    """Bright noise."""
    time = _time(0.35 if is_open else rng.uniform(0.03, 0.09))
    return (0.16 * np.diff(_burst(time, 9 if is_open else 60, rng), n=2, prepend=[0, 0])).astype(np.float32)


def tom(rng: np.random.Generator) -> Audio:
    """A sine that falls a little, for toms and congas."""
    time = _time(rng.uniform(0.15, 0.35))
    hz = rng.uniform(90, 330) * (1 + 0.25 * np.exp(-time * 25))
    return (0.6 * np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-time * rng.uniform(12, 25))).astype(np.float32)


def cymbal(rng: np.random.Generator) -> Audio:
    """Two to four seconds of bright noise that dies away."""
    time = _time(rng.uniform(2, 4))
    return np.asarray(0.2 * np.diff(_burst(time, rng.uniform(1, 3), rng), n=1, prepend=[0]), np.float32)


def riser(rng: np.random.Generator) -> Audio:
    """Four to eight seconds of noise that swells."""
    time = _time(rng.uniform(4, 8))
    return np.asarray(0.3 * rng.standard_normal(time.size) * (time / time[-1]) ** 2, np.float32)


def _wave(timbre: Timbre, first: int, last: int, hz: float, phase: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Harmonics `first` to `last` below half the rate, read from a table of one cycle."""
    number = np.arange(first, min(last, int(RATE / 2 / hz)) + 1)
    amplitude = np.where(timbre.odd & (number % 2 == 0), 0, number.astype(float) ** -timbre.slope)
    cycle = np.arange(TABLE + 1) / TABLE
    table = amplitude @ np.sin(2 * np.pi * np.outer(number, cycle)) if number.size else np.zeros(TABLE + 1)
    return np.asarray(np.interp(phase, cycle, table))


def _time(seconds: float) -> npt.NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def _burst(time: npt.NDArray[np.float64], decay: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    return np.asarray(rng.standard_normal(time.size) * np.exp(-time * decay))
