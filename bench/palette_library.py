"""A library for bench/palettes.py, rendered on the spot: one-shots, and loops at known tempo and key.

The names tell role, tempo and key, as vendors' names do; the encoder hears the sounds alone. Deterministic.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from soundpalette.core.music.notes import PITCH_CLASSES

Audio = npt.NDArray[np.float64]
RATE: Final = 44_100
TEMPOS: Final = (84, 88, 92, 100, 112, 120, 122, 124, 126, 128, 132, 140, 150, 170, 174)
ONE_SHOTS: Final = 12
LOOPS: Final = 40
_STEPS: Final = {"major": (0, 4, 7), "minor": (0, 3, 7)}


def render(folder: Path) -> Path:
    """Write every sample below `folder`."""
    rng = np.random.default_rng(4)
    for role, hit in HITS.items():
        for number in range(ONE_SHOTS):
            _write(folder / "One Shots" / f"{role} {number:02}.wav", hit(rng))
    for number in range(LOOPS):
        bpm = int(rng.choice(TEMPOS))
        _write(folder / "Drum Loops" / f"drum loop {number:02} {bpm}bpm.wav", _drum_loop(rng, bpm))
    for role, voice in VOICES.items():
        for number in range(LOOPS):
            bpm, tonic, mode = int(rng.choice(TEMPOS)), int(rng.integers(12)), str(rng.choice(["major", "minor"]))
            key = f"{PITCH_CLASSES[tonic]}{'m' if mode == 'minor' else 'maj'}"
            _write(folder / "Loops" / f"{role} {number:02} {bpm}bpm {key}.wav", _loop(rng, voice, bpm, tonic, mode))
    return folder


def _kick(rng: np.random.Generator) -> Audio:
    time = _time(rng.uniform(0.15, 0.6))
    sweep = rng.uniform(40, 60) + rng.uniform(60, 250) * np.exp(-time * rng.uniform(20, 60))
    return np.asarray(np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.exp(-time * rng.uniform(5, 20)))


def _snare(rng: np.random.Generator) -> Audio:
    time = _time(rng.uniform(0.12, 0.35))
    body = np.sin(2 * np.pi * rng.uniform(160, 240) * time) * np.exp(-time * 25)
    return np.asarray(body + rng.uniform(0.4, 1.0) * _noise(rng, time) * np.exp(-time * rng.uniform(12, 30)))


def _clap(rng: np.random.Generator) -> Audio:
    time = _time(rng.uniform(0.15, 0.4))
    bursts = sum(np.exp(-np.maximum(time - late, 0) * 120) * (time >= late) for late in (0, 0.011, 0.023))
    tail = np.exp(-time * rng.uniform(10, 30))
    return np.asarray(_band(_noise(rng, time), 800, rng.uniform(2500, 6000)) * (bursts + tail))


def _hat(rng: np.random.Generator) -> Audio:
    time = _time(rng.uniform(0.04, 0.4))
    return np.asarray(_band(_noise(rng, time), rng.uniform(5000, 8000), 18000) * np.exp(-time * rng.uniform(12, 90)))


def _percussion(rng: np.random.Generator) -> Audio:
    time = _time(rng.uniform(0.08, 0.3))
    hz = rng.uniform(250, 900) * (1 + 0.3 * np.exp(-time * 40))
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.exp(-time * rng.uniform(15, 40)))


HITS: Final[dict[str, Callable[[np.random.Generator], Audio]]] = {
    "kick": _kick,
    "snare": _snare,
    "clap": _clap,
    "hi-hat": _hat,
    "percussion": _percussion,
}


def _bass(hz: float, time: Audio, tone: float) -> Audio:
    return _tones([hz / 4], time, 2 + round(6 * tone)) * np.exp(-time * 3)


def _chord(hz: float, time: Audio, tone: float) -> Audio:
    return _tones([hz, hz * 1.5, hz * 2], time, 3 + round(9 * tone)) * np.exp(-time * 4)


def _pad(hz: float, time: Audio, tone: float) -> Audio:
    swell = np.minimum(time / 0.4, 1)
    return _tones([hz * 0.997, hz * 1.003, hz * 1.5], time, 2 + round(8 * tone)) * swell


def _lead(hz: float, time: Audio, tone: float) -> Audio:
    vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5 * time)
    return _overtones(2 * np.pi * np.cumsum(2 * hz * vibrato) / RATE, 3 + round(10 * tone))


def _pluck(hz: float, time: Audio, tone: float) -> Audio:
    return _tones([2 * hz], time, 4 + round(10 * tone)) * np.exp(-time * (6 + 10 * tone))


VOICES: Final[dict[str, Callable[[float, Audio, float], Audio]]] = {
    "bass": _bass,
    "chord": _chord,
    "pad": _pad,
    "lead": _lead,
    "pluck": _pluck,
}


def _loop(
    rng: np.random.Generator, voice: Callable[[float, Audio, float], Audio], bpm: int, tonic: int, mode: str
) -> Audio:
    """Two bars over the tonic's triad; a pad changes each bar, the others each half beat."""
    beats = 4.0 if voice is _pad else 0.5
    tone, parts = rng.uniform(), []
    for number in range(round(8 / beats)):
        step = _STEPS[mode][0 if number % 4 == 0 else int(rng.integers(3))]
        hz = 440 * 2 ** ((tonic + step - 9) / 12 - 1)
        part = voice(hz, _time(beats * 60 / bpm), tone)
        parts.append(part * min(1.0, 0.3 + float(rng.uniform())))
    return np.concatenate(parts)


def _drum_loop(rng: np.random.Generator, bpm: int) -> Audio:
    """Two bars: kick, snare, hats, all of one take."""
    beat = 60 / bpm
    loop = np.zeros(round(8 * beat * RATE))
    kick, snare, hat = _kick(rng), _snare(rng), 0.4 * _hat(rng)
    for number in range(16):
        hits = [hat, *([kick] if number in (0, 5, 8, 10) else []), *([snare] if number % 4 == 2 else [])]
        for hit in hits:
            start = round(number * beat / 2 * RATE)
            end = min(start + len(hit), len(loop))
            loop[start:end] += hit[: end - start]
    return loop


def _tones(hz: list[float], time: Audio, overtones: int) -> Audio:
    return np.asarray(sum(_overtones(2 * np.pi * one * time, overtones) for one in hz))


def _overtones(phase: Audio, count: int) -> Audio:
    """The sum of sin(n phase) / n for n from 1 to `count`: powers of a rotation, which cost far less than sines."""
    turn = np.exp(1j * phase)
    power, total = np.ones_like(turn), np.zeros_like(phase)
    for n in range(1, count + 1):
        power *= turn
        total += power.imag / n
    return total


def _time(seconds: float) -> Audio:
    return np.arange(round(seconds * RATE)) / RATE


def _noise(rng: np.random.Generator, time: Audio) -> Audio:
    return rng.standard_normal(len(time))


def _band(audio: Audio, low: float, high: float) -> Audio:
    spectrum = np.fft.rfft(audio)
    hz = np.fft.rfftfreq(len(audio), 1 / RATE)
    return np.fft.irfft(spectrum * ((hz >= low) & (hz <= high)), len(audio))


def _write(path: Path, audio: Audio) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.7 * audio / np.abs(audio).max(), RATE, subtype="PCM_16")
