# ruff: noqa: E501  (a table)
"""Recorded sounds of Debian's Hydrogen kits whose licence allows it: Audiophob (CC0), GuitarStrums (CC-BY-3.0)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from training.dsp import RATE
from training.effects import with_effects
from training.places import fetched
from training.registry import Made

KITS = Path("/usr/share/hydrogen/data/drumkits")
AUDIOPHOB = {
    "tomh": ["tom", "high tom"], "hhat-paiste": ["open hi-hat", "hi-hat"], "hat-light": ["closed hi-hat", "hi-hat"], "connersaw8__crash": ["crash cymbal"],
    "8bit-snare": ["snare", "electronic snare", "bitcrushed"], "fxshake5": ["shaker"], "garage-city-snare": ["snare"], "zgump__tom": ["tom"], "noise-tom": ["tom", "electronic tom", "noisy"],
}  # fmt: skip


def clips(seed: int, share: float) -> Iterator[Made]:
    for number, path in enumerate(sorted(fetched(KITS / "Audiophob").glob("*.wav"))):
        words = next((w for part, w in AUDIOPHOB.items() if part in path.name), None)
        if words is not None:
            yield from _variants(path, words, [seed, number], max(1, int(12 * share)), 0.7)
    for number, path in enumerate(sorted(fetched(KITS / "belofilms_GuitarStrums").glob("*.flac"))):
        yield from _variants(path, _strum_words(path.stem), [seed, 1000 + number], 1, 0.4)


def _strum_words(name: str) -> list[str]:
    mode = ["minor chord"] if "min" in name.lower() else ["major chord"] if "major" in name.lower() else []
    return ["acoustic guitar", "guitar chord", "strummed", "chord", "acoustic", *mode]


def _variants(path: Path, words: list[str], seed: list[int], count: int, chance: float) -> Iterator[Made]:
    """`count` clips of a recording, stereo where no effect is laid over it; the first of several is the recording itself."""
    audio, rate = soundfile.read(path, always_2d=True)
    sound = np.asarray(soxr.resample(audio, rate, RATE), float)
    for k in range(count):
        rng = np.random.default_rng([*seed, k])
        yield with_effects(rng, sound, words, 0.0 if k == 0 and count > 1 else chance)
