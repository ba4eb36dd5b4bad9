# ruff: noqa: E501  (tables and formulas read better in one row)
"""Recorded one-shots from Debian packages whose licence allows it: Hydrogen's Audiophob kit (CC0), many times altered."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from training.dsp import Audio
from training.effects import apply_some

KITS = Path("/usr/share/hydrogen/data/drumkits")
AUDIOPHOB = {
    "tomh": ["tom", "high tom"], "hhat-paiste": ["open hi-hat", "hi-hat"], "hat-light": ["closed hi-hat", "hi-hat"], "connersaw8__crash": ["crash cymbal"],
    "8bit-snare": ["snare", "electronic snare", "bitcrushed"], "fxshake5": ["shaker"], "garage-city-snare": ["snare"], "zgump__tom": ["tom"], "noise-tom": ["tom", "electronic tom", "noisy"],
}  # fmt: skip


def clips(seed: int, share: float) -> Iterator[tuple[Audio, list[str]]]:
    for number, path in enumerate(sorted((KITS / "Audiophob").glob("*.wav"))):
        words = next((w for part, w in AUDIOPHOB.items() if part in path.name), None)
        if words is None:
            continue
        audio, rate = soundfile.read(path, always_2d=True)
        mono = np.asarray(soxr.resample(audio.mean(axis=1), rate, 32000), float)
        for k in range(max(1, int(12 * share))):
            rng = np.random.default_rng([seed, number, k])
            changed, added = apply_some(rng, mono, 0.0 if k == 0 else 0.7)
            yield changed, [*words, *added]
