"""What a sound tells. STUB of part B's file (descriptors only), to be replaced by it at merging."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, decode
from soundpalette.core.music.measures import MEASURED_SECONDS, RATE, brightness_hz, loudness_db
from soundpalette.core.types import Fact


@dataclass(frozen=True, slots=True)
class Sound:
    """What is measured of a sound; the fields mean what they mean in `core.types.Traits`."""

    seconds: float
    loudness_lufs: float
    peak_db: float
    brightness_hz: float
    attack_seconds: float
    decay_seconds: float
    noisiness: float
    width: float
    bands: tuple[float, float, float, float]
    kind: Fact[str]
    bpm: Fact[float] | None = None
    beats: Fact[int] | None = None
    key: Fact[str] | None = None
    root: Fact[str] | None = None


def analyse_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> Sound:
    """Analyse one file. Raises AudioError."""
    audio = decode(path, RATE, limits, MEASURED_SECONDS)
    seconds = len(audio) / RATE
    peak = 20 * float(np.log10(max(float(np.abs(audio).max()), 1e-6)))
    kind = Fact("loop" if seconds > 1.5 else "one-shot", "sound", 0.5)
    return Sound(
        seconds, loudness_db(audio), peak, brightness_hz(audio, RATE), 0.0, seconds, 0.0, 0.0,
        (0.25, 0.25, 0.25, 0.25), kind,
    )  # fmt: skip
