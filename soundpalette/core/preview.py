"""Short previews of a sample, mono, as Ogg Vorbis, small enough to travel in an answer."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, recording
from soundpalette.core.music.sound import HEARD_SECONDS, mono
from soundpalette.core.stereo import Width
from soundpalette.core.types import Waveform

RATE: Final = 32_000
FADE_SECONDS: Final = 0.25
SHORTER: Final = 0.9
AUDIBLE: Final = 1e-3
"""-60 dB below the peak counts as silence before a sound, as for the compact encoder."""
BEFORE_SECONDS: Final = 0.01
"""Kept of that silence, so that no attack is cut."""
MIME: Final = "audio/ogg"


@dataclass(frozen=True, slots=True)
class Form:
    """How long and large a preview is at most, and libsndfile's compression level of 0 (best) to 1 (smallest)."""

    seconds: float
    max_bytes: int
    level: float


BEGINNING: Final = Form(8.0, 160_000, 0.4)
"""8 s of music take half of these bytes; of chopped or clipped noise less than 8 s are shown."""
EXCERPT: Final = Form(6.0, 60_000, 0.6)
"""What a chat may carry: of the demo crate all fit, white noise, too."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A part of a sample: its sound, mono float32 [frames] at 32 kHz, and the same as Ogg Vorbis.

    What goes beyond full scale is scaled down to it.
    """

    audio: Waveform
    data: bytes
    start_seconds: float = 0.0

    @property
    def seconds(self) -> float:
        return len(self.audio) / RATE


def preview(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The first 8 s of a file at 32 kHz, faded out where it is longer, at most 160,000 bytes. Raises AudioError."""
    return _fitted(_heard(path, limits, BEGINNING.seconds + 1), BEGINNING).data


def excerpt(path: Path, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """6 s from where the sound begins, sought in the first minute, at most 60,000 bytes. Raises AudioError."""
    audio = _heard(path, limits, HEARD_SECONDS)
    start = _beginning(audio)
    return _fitted(audio[start:], EXCERPT, start / RATE)


def _heard(path: Path, limits: Limits, seconds: float) -> Waveform:
    width = Width()
    with recording(path, limits) as file:
        channels = file.channels(RATE, seconds)
    width.add(channels)
    return mono(channels, width.value)


def _beginning(audio: Waveform) -> int:
    """The frame just before the first one that is no silence; 0 where all is."""
    level = np.abs(audio)
    first = int((level > AUDIBLE * level.max(initial=0)).argmax()) if level.size else 0
    return max(0, first - round(BEFORE_SECONDS * RATE))


def _fitted(audio: Waveform, form: Form, start_seconds: float = 0.0) -> Preview:
    frames = round(form.seconds * RATE)
    while True:
        shown = _shown(audio, frames)
        data = _encoded(shown, form.level)
        if len(data) <= form.max_bytes:
            return Preview(shown, data, start_seconds)
        frames = round(SHORTER * min(frames, len(audio)))


def _shown(audio: Waveform, frames: int) -> Waveform:
    shown = audio[:frames].copy()
    if len(audio) > frames:
        fade = round(FADE_SECONDS * RATE)
        shown[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    shown /= max(float(np.abs(shown).max(initial=0)), 1.0)
    return shown


def _encoded(audio: Waveform, level: float) -> bytes:
    file = BytesIO()
    soundfile.write(file, audio, RATE, format="OGG", subtype="VORBIS", compression_level=level)
    return file.getvalue()
