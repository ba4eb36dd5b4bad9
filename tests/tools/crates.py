"""A small library of loops and hits whose names tell tempo and key, written on the spot."""

from pathlib import Path
from typing import Final

import numpy as np

from tests.sounds import RATE, Audio, hat, kick, write

NOTES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def hertz(note: str, octave: int) -> float:
    """Equal temperament, A4 is 440 Hz."""
    return float(440 * 2 ** ((NOTES.index(note) - 9) / 12 + octave - 4))


def notes_loop(bpm: float, hz: list[float], overtones: int = 3) -> Audio:
    """Four beats, a note each eighth."""
    step = round(30 / bpm * RATE)
    time = np.arange(step) / RATE
    parts = [
        sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, overtones + 1)) * np.exp(-time * 6)
        for pitch in (hz * 8)[:8]
    ]
    loop = np.concatenate(parts)
    return np.asarray(0.5 * loop / np.abs(loop).max(), np.float32)


def hits_loop(bpm: float, hit: Audio) -> Audio:
    """Four beats, the hit on each."""
    beat = round(60 / bpm * RATE)
    loop = np.zeros(4 * beat, np.float32)
    for number in range(4):
        part = hit[: min(len(hit), beat)]
        loop[number * beat : number * beat + len(part)] += part
    return loop


def write_crate(root: Path) -> Path:
    """Kicks, hi-hats and drum loops; basses and leads in two keys and two tempos."""
    for number in range(3):
        write(root / "Drums" / f"kick {number}.wav", kick(0.25 + 0.1 * number))
        write(root / "Drums" / f"hi-hat {number}.wav", hat(0.05 + 0.04 * number, number))
    for bpm in (110, 126):
        write(root / "Loops" / f"drum loop {bpm}bpm.wav", hits_loop(bpm, kick(0.3)))
        for note, key in (("A", "Am"), ("D#", "D#m")):
            write(root / "Music" / f"bass {bpm}bpm {key}.wav", notes_loop(bpm, [hertz(note, 1), hertz(note, 2)]))
            write(root / "Music" / f"lead {bpm}bpm {key}.wav", notes_loop(bpm, [hertz(note, 4), hertz(note, 5)], 6))
    return root
