"""What is known of the sounds that a tool is asked about.

INTERIM: until the catalogue stores traits, little is measured here and read from the name. At merging `traits_of`
becomes `catalogue.traits(ids)` for samples and `core.music` for files outside the library; nothing else calls what
stands below it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import music
from soundpalette.core.audio import Limits, decode
from soundpalette.core.palette.brief import canonical_key
from soundpalette.core.types import Fact, Sample, Traits
from soundpalette.tools.workbench import Workbench

_BPM: Final = re.compile(r"(\d{2,3})\s?bpm", re.IGNORECASE)
_KEY: Final = re.compile(r"(?:^|[ _-])([A-G][#b]?(?:m|maj|min))(?=[ _.-]|$)")
_ROLES: Final = (
    "kick", "snare", "clap", "hi-hat", "cymbal", "tom", "percussion", "drum loop", "bass", "lead", "pad", "chord",
    "pluck", "keys", "guitar", "strings", "brass", "wind", "vocal", "fx", "texture",
)  # fmt: skip


def traits_of(bench: Workbench, sounds: Sequence[Sample | Path]) -> list[Traits]:
    """What is known of each. Raises SoundPaletteError for a file that cannot be read."""
    shown = [sound.path if isinstance(sound, Sample) else sound.name for sound in sounds]
    return [_traits(bench.path_of(sound), name, bench.limits) for sound, name in zip(sounds, shown, strict=True)]


@lru_cache(maxsize=4096)
def _traits(path: Path, name: str, limits: Limits) -> Traits:
    audio = decode(path, music.measures.RATE, limits, music.measures.MEASURED_SECONDS)
    spectrum = np.abs(np.fft.rfft(audio)) ** 2
    hz = np.fft.rfftfreq(len(audio), 1 / music.measures.RATE)
    edges = (0, 100, 500, 4000, 1e9)
    power = [float(spectrum[(hz >= low) & (hz < high)].sum()) for low, high in pairwise(edges)]
    sub, low, mid, high = (part / (sum(power) or 1.0) for part in power)
    bpm, key = _BPM.search(name), _KEY.search(name)
    role = next((role for role in _ROLES if role in name.lower().replace("_", " ")), None)
    return Traits(
        kind=Fact("loop" if bpm else "one-shot", "name", 0.5),
        bpm=Fact(float(bpm[1]), "name", 0.9) if bpm else None,
        beats=None,
        key=Fact(canonical_key(key[1]), "name", 0.9) if key else None,
        root=None,
        role=Fact(role, "name", 0.9) if role else None,
        genre=None,
        tags=(),
        loudness_lufs=music.loudness_db(audio),
        peak_db=0.0,
        brightness_hz=music.brightness_hz(audio, music.measures.RATE),
        attack_seconds=0.0,
        decay_seconds=0.0,
        noisiness=0.0,
        width=0.0,
        bands=(sub, low, mid, high),
    )
