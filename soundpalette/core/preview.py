"""A short preview of a sample: its beginning, mono, as Ogg Vorbis, small enough to travel in an answer."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, decode
from soundpalette.core.types import Waveform

RATE: Final = 32_000
SECONDS: Final = 8.0
FADE_SECONDS: Final = 0.25
MAX_BYTES: Final = 160_000
"""8 s of music take half of it; of chopped or clipped noise less than 8 s are shown."""
SHORTER: Final = 0.9
LEVEL: Final = 0.4
"""libsndfile's compression level of 0 (best) to 1 (smallest)."""
MIME: Final = "audio/ogg"


def preview(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The first 8 s of a file at 32 kHz, faded out where it is longer, at most 160,000 bytes. Raises AudioError."""
    audio = decode(path, RATE, limits, SECONDS + 1)
    frames = round(SECONDS * RATE)
    while len(data := _encoded(audio, frames)) > MAX_BYTES:
        frames = round(SHORTER * frames)
    return data


def _encoded(audio: Waveform, frames: int) -> bytes:
    shown = audio[:frames].copy()
    if len(audio) > frames:
        fade = round(FADE_SECONDS * RATE)
        shown[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    file = BytesIO()
    peak = float(np.abs(shown).max(initial=0))
    soundfile.write(file, shown / max(peak, 1.0), RATE, format="OGG", subtype="VORBIS", compression_level=LEVEL)
    return file.getvalue()
